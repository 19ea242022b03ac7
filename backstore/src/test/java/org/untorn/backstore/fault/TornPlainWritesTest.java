package org.untorn.backstore.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;

class TornPlainWritesTest {

  /** More blocks than a thread's stack has room for, if each cost a call. */
  private static final int BLOCKS = 50_000;

  /** Remembers the lengths of what it was asked to write, in bytes. */
  private static final class Recorder implements BlockStore {
    private final List<String> seen = new ArrayList<>();

    @Override
    public Geometry geometry() {
      return new Geometry(512, BLOCKS);
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      switch (operation) {
        case BlockOperation.Write write ->
            seen.add("plain " + write.lba() + " " + BlockOperation.length(write.data()));
        case BlockOperation.AtomicWrite write ->
            seen.add("atomic " + write.lba() + " " + BlockOperation.length(write.data()));
        case BlockOperation.Read _,
            BlockOperation.CompareAndWrite _,
            BlockOperation.Unmap _,
            BlockOperation.Status _,
            BlockOperation.Flush _ ->
            seen.add("other");
      }
      completion.completed(new BlockOutcome.Done());
    }
  }

  private final Recorder below = new Recorder();
  private final List<BlockOutcome> outcomes = new ArrayList<>();

  @Test
  void a_plain_write_is_carried_out_block_by_block() {
    submit(new BlockOperation.Write(4, data(3), Durability.APPENDED));

    assertThat(below.seen).containsExactly("plain 4 512", "plain 5 512", "plain 6 512");
    assertThat(outcomes).containsExactly(new BlockOutcome.Done());
  }

  @Test
  void an_atomic_write_stays_whole() {
    submit(new BlockOperation.AtomicWrite(4, data(3), Durability.APPENDED));

    assertThat(below.seen).containsExactly("atomic 4 1536");
  }

  @Test
  void the_longest_write_needs_no_deeper_stack_than_the_shortest() {
    submit(new BlockOperation.Write(0, data(BLOCKS), Durability.APPENDED));

    assertThat(below.seen).hasSize(BLOCKS);
    assertThat(outcomes).containsExactly(new BlockOutcome.Done());
  }

  private void submit(BlockOperation operation) {
    new TornPlainWrites(below).submit(operation, outcomes::add);
  }

  private static List<ByteBuffer> data(int blocks) {
    return List.of(ByteBuffer.allocate(blocks * 512));
  }
}

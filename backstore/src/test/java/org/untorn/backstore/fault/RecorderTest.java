package org.untorn.backstore.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.compareAndWrite;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.unmap;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeAtomic;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.BlockStoreContract;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;

class RecorderTest {

  private Optional<Pool> pool = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    pool = Optional.of(Pool.open(new MemoryMedium(), PoolOptions.DEFAULT));
    pool.orElseThrow().create("volume", new Geometry(512, 100));
  }

  @AfterEach
  void close() throws IOException {
    pool.orElseThrow().close();
  }

  private BlockStore tape(int blocks) throws IOException {
    pool.orElseThrow().create("tape", new Geometry(RecordedEvent.BLOCK, blocks));
    return pool.orElseThrow().open("tape");
  }

  private List<RecordedEvent> recorded() {
    BlockStore tape = pool.orElseThrow().open("tape");
    ByteBuffer all = ByteBuffer.wrap(read(tape, 0, (int) tape.geometry().blocks()));
    List<RecordedEvent> events = new ArrayList<>();
    int at = 0;
    for (var next = RecordedEvent.decode(all, at); next.isPresent(); ) {
      events.add(next.get().event());
      at += next.get().length();
      next = RecordedEvent.decode(all, at);
    }
    return events;
  }

  private static RecordedEvent change(
      int number, Fate.Kind kind, boolean stable, byte[] data, BlockExtent... extents) {
    return new RecordedEvent.Change(
        number, kind, stable, List.of(extents), List.of(ByteBuffer.wrap(data)));
  }

  @Test
  void everything_that_changes_a_volume_is_on_the_tape_in_its_order() throws IOException {
    Recorder recorder = new Recorder(pool.orElseThrow().open("volume"));
    write(recorder, 0, blocks(recorder, 1, 9));
    recorder.begin(() -> tape(60));
    byte[] two = blocks(recorder, 2, 7);
    write(recorder, 3, two);
    writeAtomic(recorder, 5, two);
    flush(recorder);
    writeStable(recorder, 7, two);
    compareAndWrite(recorder, 3, blocks(recorder, 2, 1), two);
    unmap(recorder, new BlockExtent(3, 1), new BlockExtent(9, 0), new BlockExtent(50, 50));
    recorder.end("that was all");
    write(recorder, 0, blocks(recorder, 1, 9));

    assertThat(recorded())
        .containsExactly(
            new RecordedEvent.Begun(new Geometry(512, 100)),
            change(1, Fate.Kind.WRITE, false, two, new BlockExtent(3, 2)),
            new RecordedEvent.Answer(1, true),
            change(2, Fate.Kind.ATOMIC_WRITE, false, two, new BlockExtent(5, 2)),
            new RecordedEvent.Answer(2, true),
            new RecordedEvent.Flush(3),
            new RecordedEvent.Answer(3, true),
            change(4, Fate.Kind.ATOMIC_WRITE, true, two, new BlockExtent(7, 2)),
            new RecordedEvent.Answer(4, true),
            change(5, Fate.Kind.COMPARE_AND_WRITE, false, two, new BlockExtent(3, 2)),
            new RecordedEvent.Answer(5, false),
            change(
                6,
                Fate.Kind.UNMAP,
                false,
                new byte[0],
                new BlockExtent(3, 1),
                new BlockExtent(50, 50)),
            new RecordedEvent.Answer(6, true),
            new RecordedEvent.Ended("that was all"));
    assertThat(recorder.status().commands()).isEqualTo(6);
    assertThat(recorder.status().ended()).contains("that was all");
  }

  @Test
  void a_tape_that_is_full_says_so_and_the_volume_goes_on() throws IOException {
    Recorder recorder = new Recorder(pool.orElseThrow().open("volume"));
    recorder.begin(() -> tape(10));
    for (int i = 0; i < 5; i++) {
      assertThat(write(recorder, i, blocks(recorder, 1, i + 1))).isEqualTo(BlockOutcome.DONE);
    }

    assertThat(recorded())
        .hasSize(6) // it began, two writes and their answers, it ended
        .endsWith(new RecordedEvent.Answer(2, true), new RecordedEvent.Ended("it is full"));
    assertThat(recorder.status().ended()).contains("it is full");
    assertThat(read(recorder, 4, 1)).containsOnly(5);
  }

  @Test
  void a_recording_begins_between_commands_and_not_within_one() throws Exception {
    List<BlockStore.Completion> held = new ArrayList<>();
    BlockStore volume = pool.orElseThrow().open("volume");
    BlockStore slow =
        new BlockStore() {
          @Override
          public Geometry geometry() {
            return volume.geometry();
          }

          @Override
          public void submit(BlockOperation operation, Completion completion) {
            held.add(completion);
          }
        };
    Recorder recorder = new Recorder(slow);
    var one = new BlockOperation.Write(0, List.of(ByteBuffer.allocate(512)), Durability.APPENDED);
    recorder.submit(one, _ -> {});
    CompletableFuture<Void> begun = new CompletableFuture<>();
    Thread beginning =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    recorder.begin(() -> tape(60));
                    begun.complete(null);
                  } catch (IOException problem) {
                    begun.completeExceptionally(problem);
                  }
                });
    while (beginning.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    recorder.submit(one, _ -> {});
    assertThat(held).hasSize(1);
    assertThat(begun).isNotDone();

    held.getFirst().completed(BlockOutcome.DONE);
    begun.get();
    assertThat(held).hasSize(2);
    assertThat(recorded())
        .containsExactly(
            new RecordedEvent.Begun(new Geometry(512, 100)),
            change(1, Fate.Kind.WRITE, false, new byte[512], new BlockExtent(0, 1)));
  }

  /** A recorder keeps the contract while it records, and when its tape is full. */
  @Nested
  class Roomy extends OverPool {
    Roomy() {
      super(100_000);
    }
  }

  @Nested
  class Full extends OverPool {
    Full() {
      super(3);
    }
  }

  abstract static class OverPool implements BlockStoreContract {

    private final int tapeBlocks;
    private Optional<Pool> pool = Optional.empty();
    private Optional<BlockStore> store = Optional.empty();

    OverPool(int tapeBlocks) {
      this.tapeBlocks = tapeBlocks;
    }

    @BeforeEach
    void openVolume() throws IOException {
      Pool opened = Pool.open(new MemoryMedium(), PoolOptions.DEFAULT.withSegmentBytes(64 << 10));
      pool = Optional.of(opened);
      opened.create("volume", new Geometry(512, 100));
      opened.create("tape", new Geometry(RecordedEvent.BLOCK, tapeBlocks));
      Recorder recorder = new Recorder(new TornWrites(opened.open("volume")));
      recorder.begin(() -> opened.open("tape"));
      store = Optional.of(recorder);
    }

    @AfterEach
    void closeVolume() throws IOException {
      pool.orElseThrow().close();
    }

    @Override
    public BlockStore store() {
      return store.orElseThrow();
    }
  }
}

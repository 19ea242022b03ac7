package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.unmap;
import static org.untorn.backstore.Operations.writeAtomic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.backstore.fault.FaultyMedium;

/** A host without space is a pool without space: nothing stops, and space heals it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostFullTest {

  private static final int SEGMENT = 64 << 10;
  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(SEGMENT);
  private static final int HOST = 20 * SEGMENT + SEGMENT / 2;

  private final SmallHost host = new SmallHost(new MemoryMedium(), HOST);
  private final FaultyMedium medium = new FaultyMedium(host);
  private final Pool pool = Pool.open(medium, OPTIONS);
  private final BlockStore store = open();

  HostFullTest() throws IOException {}

  private BlockStore open() throws IOException {
    pool.create("volume", new Geometry(512, 4 * HOST / 512));
    return pool.open("volume");
  }

  @AfterEach
  void close() throws IOException {
    pool.close();
  }

  @Test
  void a_full_host_refuses_data_goes_on_reading_and_is_healed_by_an_unmap() {
    int written = fill();
    assertThat(written * 512).as("bytes that fitted").isGreaterThan(HOST / 2);
    assertThat(read(store, 0, written)).containsOnly(7);
    assertThat(read(store, written, 16)).containsOnly(0);
    assertThat(flush(store)).isEqualTo(BlockOutcome.DONE);
    assertThat(unmap(store, new BlockExtent(0, written / 2))).isEqualTo(BlockOutcome.DONE);
    for (int lba = 0; lba < written / 4; lba += 16) {
      assertThat(writeAtomic(store, lba, blocks(store, 16, 8))).isEqualTo(BlockOutcome.DONE);
    }
    assertThat(read(store, 0, 16)).containsOnly(8);
    assertThat(read(store, written / 2, written / 2)).containsOnly(7);
  }

  @Test
  void space_on_the_host_heals_it_and_the_first_write_finds_it() {
    int written = fill();
    host.resize(2L * HOST);
    for (int lba = 0; lba < HOST / 2 / 512; lba += 16) {
      assertThat(writeAtomic(store, written + lba, blocks(store, 16, 9)))
          .isEqualTo(BlockOutcome.DONE);
    }
    assertThat(read(store, 0, written)).containsOnly(7);
  }

  @Test
  void a_full_host_keeps_some_space_for_others() throws IOException {
    fill();
    assertThat(host.used()).isLessThanOrEqualTo(HOST - SEGMENT / 4);
    assertThat(medium.files().stream().filter(SegmentLayout::isSegment))
        .allSatisfy(file -> assertThat(medium.length(file)).isEqualTo(SEGMENT));
  }

  @Test
  void what_was_acknowledged_before_the_host_was_full_is_there_after_a_restart()
      throws IOException {
    int written = fill();
    pool.close();
    try (Pool again = Pool.open(medium, OPTIONS)) {
      assertThat(read(again.open("volume"), 0, written)).containsOnly(7);
      assertThat(unmap(again.open("volume"), new BlockExtent(0, written)))
          .isEqualTo(BlockOutcome.DONE);
      assertThat(writeAtomic(again.open("volume"), 0, blocks(store, 16, 8)))
          .isEqualTo(BlockOutcome.DONE);
    }
  }

  @Test
  void what_was_in_a_file_before_it_became_a_spare_is_no_record() throws IOException {
    MemoryMedium old = new MemoryMedium();
    try (Pool first = Pool.open(old, OPTIONS)) {
      first.create("volume", new Geometry(512, 1000));
      writeAtomic(first.open("volume"), 0, blocks(store, 64, 1));
      first.delete("volume");
    }
    try (Pool second = Pool.open(old, OPTIONS)) {
      assertThat(second.list()).isEmpty();
      ByteBuffer left = ByteBuffer.allocate(512);
      old.read(SegmentLayout.fileName(1), 3 * 512, left, Purpose.DATA);
      assertThat(left.array()).as("what the first segment held").containsOnly(1);
      second.create("other", new Geometry(512, 1000));
    }
    try (Pool third = Pool.open(old, OPTIONS)) {
      assertThat(third.list()).hasSize(1);
    }
  }

  @Test
  void checkpoints_are_made_however_slowly_spares_are() throws Exception {
    Hooked slow = new Hooked(new MemoryMedium());
    CountDownLatch checkpointed = new CountDownLatch(1);
    CountDownLatch writing = new CountDownLatch(1);
    slow.hook(
        (io, file, purpose) -> {
          if (purpose == Purpose.MAP) {
            checkpointed.countDown();
          }
          // The spare that is made while the fifth segment is written, and is not there in time.
          if (purpose == Purpose.RESERVE && writing.getCount() == 0) {
            await(checkpointed);
          }
        });
    try (Pool other = Pool.open(slow, OPTIONS)) {
      other.create("volume", new Geometry(512, 4000));
      BlockStore volume = other.open("volume");
      for (int lba = 0; lba < 3 * SEGMENT / 512; lba += 16) {
        assertThat(writeAtomic(volume, lba, blocks(volume, 16, 7))).isEqualTo(BlockOutcome.DONE);
      }
      writing.countDown();
      for (int lba = 0; lba < 3 * SEGMENT / 512; lba += 16) {
        assertThat(writeAtomic(volume, lba, blocks(volume, 16, 8))).isEqualTo(BlockOutcome.DONE);
      }
      assertThat(checkpointed.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes sevens until there is no more space, and says how many blocks fitted. */
  private int fill() {
    int written = 0;
    BlockOutcome outcome = BlockOutcome.DONE;
    while (outcome instanceof BlockOutcome.Done) {
      outcome = writeAtomic(store, written, blocks(store, 16, 7));
      written += outcome instanceof BlockOutcome.Done ? 16 : 0;
    }
    assertThat(outcome).isEqualTo(new BlockOutcome.OutOfSpace());
    return written;
  }
}

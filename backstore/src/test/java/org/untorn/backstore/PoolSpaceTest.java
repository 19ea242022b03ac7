package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.unmap;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeAtomic;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A pool stays within its capacity, finds what space there is, and says so when there is none. */
class PoolSpaceTest {

  private static final int SEGMENT = 64 << 10;
  private static final int CAPACITY = 16 * SEGMENT;
  private static final PoolOptions OPTIONS =
      PoolOptions.DEFAULT.withSegmentBytes(SEGMENT).withCapacityBytes(CAPACITY);

  /** Half of the capacity. */
  private static final Geometry HALF = new Geometry(512, CAPACITY / 2 / 512);

  private final MemoryMedium medium = new MemoryMedium();

  @Test
  void overwriting_for_ever_needs_no_more_than_the_capacity() throws IOException {
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", HALF);
      BlockStore store = pool.open("volume");
      Random random = new Random(1);
      for (int i = 0; i < 20_000; i++) {
        long lba = random.nextInt((int) HALF.blocks() - 8);
        assertThat(write(store, lba, blocks(store, 8, i))).isEqualTo(BlockOutcome.DONE);
      }
      assertThat(segmentBytes()).isLessThanOrEqualTo(CAPACITY);
    }
  }

  @Test
  void a_reader_is_not_disturbed_while_segments_are_cleaned_and_used_again() throws Exception {
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", HALF);
      BlockStore store = pool.open("volume");
      for (int lba = 0; lba < HALF.blocks(); lba += 64) {
        write(store, lba, blocks(store, 64, 1));
      }
      CountDownLatch done = new CountDownLatch(1);
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                Random random = new Random(2);
                for (int i = 0; i < 20_000; i++) {
                  int lba = random.nextInt((int) HALF.blocks() / 8) * 8;
                  writeAtomic(store, lba, blocks(store, 8, i));
                }
                done.countDown();
              });
      Random random = new Random(3);
      while (!done.await(0, TimeUnit.SECONDS)) {
        int lba = random.nextInt((int) HALF.blocks() / 8) * 8;
        byte[] found = read(store, lba, 8);
        assertThat(found).containsOnly(found[0]);
      }
      writer.join();
    }
  }

  @Test
  void a_full_pool_goes_on_when_it_may_take_more_and_says_how_much_it_takes() throws IOException {
    Geometry larger = new Geometry(512, 2 * CAPACITY / 512);
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", larger);
      BlockStore store = pool.open("volume");
      assertSpace(pool, CAPACITY, SEGMENT);
      int lba = 0;
      while (writeAtomic(store, lba, blocks(store, 16, 7)) instanceof BlockOutcome.Done) {
        lba += 16;
      }
      assertSpace(pool, CAPACITY, CAPACITY - 2 * SEGMENT);
      pool.capacity(OPTIONS.withCapacityBytes(2 * CAPACITY));
      assertThat(writeAtomic(store, lba, blocks(store, 16, 8))).isEqualTo(BlockOutcome.DONE);
      assertSpace(pool, 2 * CAPACITY, CAPACITY - SEGMENT);
      assertThat(read(store, 0, lba)).containsOnly(7);
    }
  }

  private static void assertSpace(Pool pool, long capacity, long taken) {
    assertThat(pool.space().capacity()).isEqualTo(capacity);
    assertThat(pool.space().taken()).isEqualTo(taken);
    assertThat(pool.space().used()).isBetween(0L, taken);
  }

  @Test
  void what_is_used_is_what_cleaning_would_not_give_back_and_who_listens_hears_of_it()
      throws IOException {
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", new Geometry(512, 2 * CAPACITY / 512));
      BlockStore store = pool.open("volume");
      AtomicLong heard = new AtomicLong();
      pool.onSpaceChanged(heard::incrementAndGet);
      for (int i = 0; i < 2 * SEGMENT / 512; i += 16) {
        assertThat(writeAtomic(store, 0, blocks(store, 16, i))).isEqualTo(BlockOutcome.DONE);
      }
      pool.checkpoint();
      assertThat(heard).hasPositiveValue();
      assertThat(pool.space().used()).isEqualTo(16 * 512);
      assertThat(pool.space().taken()).isGreaterThanOrEqualTo(SEGMENT);
    }
  }

  @Test
  void an_opened_pool_knows_at_once_what_is_alive() throws IOException {
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", new Geometry(512, 2 * CAPACITY / 512));
      BlockStore store = pool.open("volume");
      for (int i = 0; i < 2 * SEGMENT / 512; i += 16) {
        assertThat(writeAtomic(store, 0, blocks(store, 16, i))).isEqualTo(BlockOutcome.DONE);
      }
    }
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      assertThat(pool.space().used()).isEqualTo(16 * 512);
      assertThat(pool.space().taken()).isGreaterThanOrEqualTo(SEGMENT);
    }
  }

  @Test
  void a_pool_that_was_not_closed_tells_nobody_of_its_space_before_it_knows_what_is_alive()
      throws IOException {
    Pool killed = Pool.open(medium, OPTIONS);
    killed.create("volume", new Geometry(512, 2 * CAPACITY / 512));
    for (int i = 0; i < 2 * SEGMENT / 512; i += 16) {
      assertThat(writeAtomic(killed.open("volume"), 0, blocks(killed.open("volume"), 16, i)))
          .isEqualTo(BlockOutcome.DONE);
    }
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      assertThat(pool.space().used()).isGreaterThan(16 * 512);
      List<Long> heard = new CopyOnWriteArrayList<>();
      pool.onSpaceChanged(() -> heard.add(pool.space().used()));
      writeAtomic(pool.open("volume"), 0, blocks(pool.open("volume"), 16, 1));
      pool.checkpoint();
      assertThat(heard).isNotEmpty().first().isEqualTo(16L * 512);
    }
  }

  @Test
  void a_full_pool_refuses_data_goes_on_reading_and_is_healed_by_an_unmap() throws IOException {
    Geometry larger = new Geometry(512, 2 * CAPACITY / 512);
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", larger);
      BlockStore store = pool.open("volume");
      int written = 0;
      BlockOutcome outcome = BlockOutcome.DONE;
      while (outcome instanceof BlockOutcome.Done) {
        outcome = writeAtomic(store, written, blocks(store, 16, 7));
        written += outcome instanceof BlockOutcome.Done ? 16 : 0;
      }
      assertThat(outcome).isEqualTo(new BlockOutcome.OutOfSpace());
      assertThat(written * 512).as("bytes that fitted").isGreaterThan(CAPACITY / 2);
      assertThat(read(store, 0, written)).containsOnly(7);
      assertThat(read(store, written, 16)).containsOnly(0);
      assertThat(unmap(store, new BlockExtent(0, written / 2))).isEqualTo(BlockOutcome.DONE);
      for (int lba = 0; lba < written / 4; lba += 16) {
        assertThat(writeAtomic(store, lba, blocks(store, 16, 8))).isEqualTo(BlockOutcome.DONE);
      }
      assertThat(read(store, 0, 16)).containsOnly(8);
      assertThat(read(store, written / 2, written / 2)).containsOnly(7);
      assertThat(segmentBytes()).isLessThanOrEqualTo(CAPACITY);
    }
  }

  @Test
  void a_snapshot_keeps_its_blocks_and_its_deletion_gives_them_back() throws IOException {
    Geometry third = new Geometry(512, CAPACITY / 3 / 512);
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", third);
      BlockStore store = pool.open("volume");
      for (int round = 1; round < 12; round++) {
        for (int lba = 0; lba + 16 <= third.blocks(); lba += 16) {
          assertThat(writeAtomic(store, lba, blocks(store, 16, round)))
              .isEqualTo(BlockOutcome.DONE);
        }
        if (round > 1) {
          BlockStore snapshot = pool.open("snapshot");
          assertThat(read(snapshot, 0, 640)).containsOnly(round - 1);
          pool.delete("snapshot");
        }
        pool.snapshot("volume", "snapshot");
      }
    }
  }

  @Test
  void everyone_who_waits_for_space_hears_of_it_exactly_once() throws Exception {
    Geometry larger = new Geometry(512, 4 * CAPACITY / 512);
    int writes = 3_000;
    AtomicInteger done = new AtomicInteger();
    AtomicInteger full = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(writes);
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", larger);
      BlockStore store = pool.open("volume");
      for (int i = 0; i < writes; i++) {
        BlockOperation write =
            new BlockOperation.AtomicWrite(
                i * 2L, Operations.buffers(blocks(store, 2, i)), Durability.APPENDED);
        store.submit(
            write,
            outcome -> {
              (outcome instanceof BlockOutcome.Done ? done : full).incrementAndGet();
              all.countDown();
            });
      }
      assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(done.get() + full.get()).isEqualTo(writes);
    assertThat(full.get()).isPositive();
    assertThat(done.get() * 2 * 512).isGreaterThan(CAPACITY / 3);
  }

  @Test
  void a_start_replays_only_what_lies_behind_the_checkpoint() throws IOException {
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", HALF);
      write(pool.open("volume"), 0, blocks(pool.open("volume"), 64, 5));
    }
    CountingReads counted = new CountingReads(medium);
    int behind = SEGMENT - 64 * 512;
    try (Pool pool = Pool.open(counted, OPTIONS)) {
      assertThat(counted.bytesOf(Purpose.DATA)).isLessThan(behind + 6 * 512);
      assertThat(read(pool.open("volume"), 0, 64)).containsOnly(5);
    }
  }

  private long segmentBytes() {
    return medium.files().stream().filter(SegmentLayout::isSegment).mapToLong(medium::length).sum();
  }
}

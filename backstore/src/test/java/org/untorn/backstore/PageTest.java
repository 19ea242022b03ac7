package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.buffers;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.backstore.fault.FaultyMedium.Io;

/** No write to a segment covers a page in part that was not written before. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PageTest {

  private static final int PAGE = SegmentLayout.PAGE_BYTES;
  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(1 << 20);

  private final MemoryMedium below = new MemoryMedium();
  private final Hooked medium = new Hooked(below);
  private final Pool pool = Pool.open(medium, OPTIONS);
  private final BlockStore store = open();

  PageTest() throws IOException {}

  private BlockStore open() throws IOException {
    pool.create("volume", new Geometry(512, 1000));
    return pool.open("volume");
  }

  @Test
  void a_record_overwrites_what_its_last_page_held_before() throws IOException {
    String file = SegmentLayout.fileName(1);
    ByteBuffer old = ByteBuffer.allocate(1 << 16);
    while (old.hasRemaining()) {
      old.put((byte) 0x55);
    }
    Random random = new Random(5);
    for (int i = 0; i < 50; i++) {
      int end = endOfLog(file);
      below.write(file, end + SegmentLayout.restOfPage(end), List.of(old.flip()), Purpose.DATA);
      old.limit(old.capacity());
      write(store, 0, blocks(store, 1 + random.nextInt(30), i));
      int newEnd = endOfLog(file);
      byte[] rest = new byte[SegmentLayout.restOfPage(newEnd)];
      below.read(file, newEnd, ByteBuffer.wrap(rest), Purpose.DATA);
      assertThat(rest).as("behind the record, in its last page").doesNotContain(0x55);
    }
    pool.close();
  }

  @Test
  void records_that_are_placed_while_others_are_written_do_not_share_a_page_and_are_recovered()
      throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    List<CompletableFuture<BlockOutcome>> all = new ArrayList<>();
    CountDownLatch hold = new CountDownLatch(1);
    medium.hook(
        (io, file, purpose) -> {
          if (io == Io.WRITE && Thread.currentThread().getName().equals("slow")) {
            first.countDown();
            await(hold);
          }
        });
    CompletableFuture<BlockOutcome> slow = new CompletableFuture<>();
    Thread thread = Thread.ofPlatform().name("slow").start(() -> submit(0, 1, slow));
    first.await();
    for (int i = 1; i < 20; i++) {
      CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
      submit(10L * i, 1 + i, done);
      all.add(done);
    }
    assertThat(all).noneMatch(CompletableFuture::isDone);
    hold.countDown();
    thread.join();
    assertThat(slow.join()).isEqualTo(BlockOutcome.DONE);
    for (CompletableFuture<BlockOutcome> done : all) {
      assertThat(done.join()).isEqualTo(BlockOutcome.DONE);
    }
    try (Pool again = Pool.open(below, OPTIONS)) {
      BlockStore found = again.open("volume");
      for (int i = 0; i < 20; i++) {
        assertThat(read(found, 10L * i, 1)).containsOnly(1 + i);
      }
    }
  }

  private void submit(long lba, int tag, CompletableFuture<BlockOutcome> done) {
    store.submit(
        new BlockOperation.Write(lba, buffers(blocks(store, 3, tag)), Durability.APPENDED),
        done::complete);
  }

  /** In bytes; the log lies in the first segment only. */
  private int endOfLog(String file) throws IOException {
    SegmentScan scan =
        new SegmentScan(below, Superblock.newest(below).orElseThrow().pool(), 1 << 20);
    SegmentScan.Found segment = scan.open(file).orElseThrow();
    int unit = SegmentLayout.FIRST_UNIT;
    long sequence = segment.firstSequence();
    Optional<SegmentScan.Whole> record = scan.record(segment, unit, sequence);
    while (record.isPresent()) {
      RecordHeader header = record.get().header();
      unit = header.unit() + (int) (header.totalBytes() / Location.UNIT_BYTES);
      sequence++;
      record = scan.record(segment, unit, sequence);
    }
    assertThat(unit * Location.UNIT_BYTES).isLessThan((1 << 20) - PAGE);
    return unit * Location.UNIT_BYTES;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

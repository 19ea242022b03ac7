package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.buffers;
import static org.untorn.backstore.Operations.read;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.backstore.fault.FaultyMedium.Io;

/**
 * What is appended and not yet on stable storage is bounded, without anybody asking for it. A sync
 * of the log ends when a test lets it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnsyncedTest {

  private static final int BOUND = 64 << 10;
  private static final int RECORD = 512 + 16 * 512;

  private final Hooked medium = new Hooked(new MemoryMedium());
  private final Pool pool =
      Pool.open(medium, PoolOptions.DEFAULT.withSegmentBytes(1 << 20).withUnsyncedBytes(BOUND));
  private final BlockStore store = open();
  private final Semaphore mayEnd = new Semaphore(0);
  private final Semaphore begun = new Semaphore(0);
  private volatile boolean syncFails;

  UnsyncedTest() throws IOException {}

  private BlockStore open() throws IOException {
    pool.create("volume", new Geometry(512, 1000));
    return pool.open("volume");
  }

  @AfterEach
  void close() throws IOException {
    mayEnd.release(1000);
    pool.close();
  }

  @Test
  void a_sync_begins_by_itself_and_writes_wait_for_it_when_the_bound_is_reached() throws Exception {
    List<CompletableFuture<BlockOutcome>> writes = writeUntilOneWaits();
    assertThat(writes.size()).isBetween(BOUND / RECORD, BOUND / RECORD + 2);
    assertThat(begun.tryAcquire()).as("a sync that nobody asked for").isTrue();
    mayEnd.release(1000);
    assertThat(writes.getLast().join()).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store, 0, 16)).containsOnly(writes.size());
  }

  @Test
  void who_waits_for_a_sync_that_fails_hears_so() throws Exception {
    List<CompletableFuture<BlockOutcome>> writes = writeUntilOneWaits();
    syncFails = true;
    mayEnd.release(1000);
    assertThat(writes.getLast().join()).isInstanceOf(BlockOutcome.Stopped.class);
  }

  @Test
  void one_record_beyond_the_bound_is_synced_by_itself_too() throws Exception {
    for (int i = 0; i < 3; i++) {
      CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
      BlockOperation write =
          new BlockOperation.AtomicWrite(
              0, buffers(blocks(store, 2 * BOUND / 512, i)), Durability.APPENDED);
      store.submit(write, done::complete);
      assertThat(done.join()).isEqualTo(BlockOutcome.DONE);
    }
  }

  @Test
  void what_reaches_the_bound_during_a_sync_begins_another_one() throws Exception {
    holdSyncs();
    for (int bytes = 0; bytes < BOUND / 4; bytes += RECORD) {
      submit(16, 1).join();
    }
    begun.acquire();
    submit(2 * BOUND / 512, 2).join();
    CompletableFuture<BlockOutcome> waiting = submit(16, 3);
    assertThat(waiting.isDone()).isFalse();
    mayEnd.release(1000);
    assertThat(waiting.join()).isEqualTo(BlockOutcome.DONE);
  }

  private CompletableFuture<BlockOutcome> submit(int blocks, int value) {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    store.submit(
        new BlockOperation.AtomicWrite(
            0, buffers(blocks(store, blocks, value)), Durability.APPENDED),
        done::complete);
    return done;
  }

  /** Nobody asks for a sync; the last of these writes waits for one. */
  private List<CompletableFuture<BlockOutcome>> writeUntilOneWaits() throws InterruptedException {
    holdSyncs();
    List<CompletableFuture<BlockOutcome>> writes = new ArrayList<>();
    do {
      CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
      BlockOperation write =
          new BlockOperation.Write(
              0, buffers(blocks(store, 16, writes.size() + 1)), Durability.APPENDED);
      store.submit(write, done::complete);
      writes.add(done);
    } while (writes.getLast().isDone());
    begun.acquire();
    begun.release();
    return writes;
  }

  private void holdSyncs() {
    medium.hook(
        (io, file, purpose) -> {
          if (io == Io.SYNC && purpose == Purpose.COMMIT) {
            endWhenAllowed(file);
          }
        });
  }

  private void endWhenAllowed(String file) throws IOException {
    begun.release();
    mayEnd.acquireUninterruptibly();
    if (syncFails) {
      throw new IOException("sync of " + file + ": planted failure");
    }
  }
}

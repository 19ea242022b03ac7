package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;

/**
 * One go through an {@link Erasure}: block after block in pieces that hold others up only shortly,
 * one at a time. For one thread; any other may ask how far it is, and abandon it.
 */
final class ErasureRun {

  /** What one operation writes, in bytes. */
  private static final int WRITTEN_AT_ONCE = 1 << 20;

  /** What one operation gives back, in blocks. */
  private static final long UNMAPPED_AT_ONCE = 1 << 20;

  /** With a rate, pieces are so small that one takes no longer than this part of a second. */
  private static final int PIECES_PER_SECOND = 10;

  private static final BlockOutcome ABANDONED = new BlockOutcome.Stopped("it was begun again");

  private final Erasure erasure;
  private final BlockStore store;
  private final MediumGate gate;
  private final LongSupplier nanoTime;
  private final long rate;
  private volatile long done;
  private volatile boolean abandoned;

  /**
   * @param rate bytes a second; 0: as many as the store takes
   */
  ErasureRun(Erasure erasure, BlockStore store, MediumGate gate, LongSupplier nanoTime, long rate) {
    this.erasure = erasure;
    this.store = store;
    this.gate = gate;
    this.nanoTime = nanoTime;
    this.rate = rate;
  }

  /** How much of it is done. */
  ProgressIndication progress() {
    return ProgressIndication.of(done, erasure.rounds() * store.geometry().blocks());
  }

  /** Has it end at the next piece. */
  void abandon() {
    abandoned = true;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** All of it, durably; what kept it from that, if something did. */
  BlockOutcome carryOut() {
    long began = nanoTime.getAsLong();
    while (!gate.isQuiet()) {
      pause(TimeUnit.MILLISECONDS.toNanos(1));
    }
    long erased = 0;
    for (int pass = 0; pass < erasure.rounds(); pass++) {
      Geometry geometry = store.geometry();
      long lba = 0;
      while (lba < geometry.blocks() && !abandoned) {
        long count = Math.min(pieceBlocks(geometry), geometry.blocks() - lba);
        BlockOutcome outcome = outcome(piece(pass, lba, (int) count, geometry));
        boolean shrunk =
            outcome instanceof BlockOutcome.OutOfRange && !geometry.equals(store.geometry());
        if (!(outcome instanceof BlockOutcome.Done) && !shrunk) {
          return outcome;
        }
        if (!shrunk) {
          lba += count;
          erased += count;
          done = erased;
          keepRate(began, erased * geometry.blockLength());
        }
        geometry = store.geometry();
      }
    }
    return abandoned ? ABANDONED : outcome(new BlockOperation.Flush());
  }

  private long pieceBlocks(Geometry geometry) {
    int blockLength = geometry.blockLength();
    long most = erasure.passes() == 0 ? UNMAPPED_AT_ONCE : WRITTEN_AT_ONCE / blockLength;
    return rate == 0 ? most : Math.clamp(rate / PIECES_PER_SECOND / blockLength, 1, most);
  }

  private BlockOperation piece(int pass, long lba, int count, Geometry geometry) {
    if (erasure.passes() == 0) {
      return new BlockOperation.Unmap(List.of(new BlockExtent(lba, count)), Durability.APPENDED);
    }
    ByteBuffer block = erasure.block(pass, geometry);
    return new BlockOperation.Write(lba, Collections.nCopies(count, block), Durability.APPENDED);
  }

  private BlockOutcome outcome(BlockOperation operation) {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(operation, outcome::complete);
    return outcome.join();
  }

  private void keepRate(long began, long bytes) {
    if (rate > 0) {
      long due = (long) ((double) bytes / rate * TimeUnit.SECONDS.toNanos(1));
      pause(due - (nanoTime.getAsLong() - began));
    }
  }

  private void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException nobodyDoes) {
      abandoned = true;
    }
  }
}

package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;

/**
 * Copies blocks from one store to another, or inside one, a chunk at a time. It waits for the
 * stores: it is for a thread that nobody else waits for.
 */
final class BlockCopy {

  /** So much is read, then written, at once: whole blocks of every length there is. */
  static final int CHUNK_BYTES = 1 << 20;

  private BlockCopy() {}

  /** Where a copy begins. */
  record Place(BlockStore store, long lba) {

    private int blockLength() {
      return store.geometry().blockLength();
    }

    private long lbaAt(long offset) {
      return lba + offset / blockLength();
    }
  }

  /** One side did not do what it was asked. */
  record Failed(boolean destination, BlockOutcome outcome) {

    /** What it would have answered with. */
    SenseData sense() {
      return Failures.of(outcome).orElseThrow();
    }
  }

  /**
   * Copies bytes that are whole blocks of both sides. Where the two overlap the result is what the
   * source held before.
   *
   * @param operation notes what is copied, and ends this if it is aborted
   * @return what went wrong; empty if all is copied or the operation was aborted
   */
  static Optional<Failed> copy(
      CopyOperation operation, Place from, Place to, long bytes, Durability durability) {
    boolean backwards = from.store().equals(to.store()) && to.lba() > from.lba();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(bytes, CHUNK_BYTES));
    long done = 0;
    while (done < bytes && !operation.aborted()) {
      int length = (int) Math.min(bytes - done, CHUNK_BYTES);
      long offset = backwards ? bytes - done - length : done;
      ByteBuffer chunk = buffer.slice(0, length);
      BlockOutcome read = await(from.store(), new BlockOperation.Read(from.lbaAt(offset), chunk));
      if (!(read instanceof BlockOutcome.Done)) {
        return Optional.of(new Failed(false, read));
      }
      BlockOutcome written =
          await(to.store(), new BlockOperation.Write(to.lbaAt(offset), List.of(chunk), durability));
      if (!(written instanceof BlockOutcome.Done)) {
        return Optional.of(new Failed(true, written));
      }
      operation.copied(length);
      done += length;
    }
    return Optional.empty();
  }

  /** Has an operation carried out, and waits for it. */
  static BlockOutcome await(BlockStore store, BlockOperation operation) {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(operation, outcome::complete);
    return outcome.join();
  }
}

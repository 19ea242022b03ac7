package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Operations as the tests speak of them: submitted, and waited for. */
public final class Operations {

  private static final int PATIENCE_SECONDS = Integer.getInteger("untorn.patience", 60);

  private Operations() {}

  /** Submits an operation and waits for its outcome. */
  public static BlockOutcome run(BlockStore store, BlockOperation operation) {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    store.submit(operation, done::complete);
    try {
      return done.isDone() ? done.join() : done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(operation + " does not end; threads:\n" + threads(), e);
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(operation + " was not waited for", e);
    }
  }

  /** What all threads are doing, for whoever has to find out why one waits for ever. */
  private static String threads() {
    StringBuilder all = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, frames) -> {
              all.append(thread.getName()).append('\n');
              for (StackTraceElement frame : frames) {
                all.append("  ").append(frame).append('\n');
              }
            });
    return all.toString();
  }

  public static BlockOutcome write(BlockStore store, long lba, byte[] data) {
    return run(store, new BlockOperation.Write(lba, buffers(data), Durability.APPENDED));
  }

  public static BlockOutcome writeAtomic(BlockStore store, long lba, byte[] data) {
    return run(store, new BlockOperation.AtomicWrite(lba, buffers(data), Durability.APPENDED));
  }

  public static BlockOutcome writeStable(BlockStore store, long lba, byte[] data) {
    return run(store, new BlockOperation.AtomicWrite(lba, buffers(data), Durability.STABLE));
  }

  public static BlockOutcome compareAndWrite(
      BlockStore store, long lba, byte[] expected, byte[] data) {
    return run(
        store,
        new BlockOperation.CompareAndWrite(
            lba, ByteBuffer.wrap(expected), buffers(data), Durability.APPENDED));
  }

  public static BlockOutcome unmap(BlockStore store, BlockExtent... extents) {
    return run(store, new BlockOperation.Unmap(List.of(extents), Durability.APPENDED));
  }

  public static BlockOutcome flush(BlockStore store) {
    return run(store, new BlockOperation.Flush());
  }

  /** Reads {@code count} blocks, which must succeed. */
  public static byte[] read(BlockStore store, long lba, int count) {
    ByteBuffer into = ByteBuffer.allocate(count * store.geometry().blockLength());
    BlockOutcome outcome = run(store, new BlockOperation.Read(lba, into));
    if (!(outcome instanceof BlockOutcome.Done)) {
      throw new AssertionError("reading " + count + " blocks from " + lba + ": " + outcome);
    }
    return into.array();
  }

  public static List<BlockOutcome.Mapping.Run> status(BlockStore store, long lba, long count) {
    BlockOutcome outcome = run(store, new BlockOperation.Status(lba, count, Integer.MAX_VALUE));
    return ((BlockOutcome.Mapping) outcome).runs();
  }

  /** Blocks of a store that are filled with {@code tag}. */
  public static byte[] blocks(BlockStore store, int count, int tag) {
    byte[] data = new byte[count * store.geometry().blockLength()];
    Arrays.fill(data, (byte) tag);
    return data;
  }

  /** The data in buffers that are cut where no block ends. */
  public static List<ByteBuffer> buffers(byte[] data) {
    int cut = data.length / 3;
    return List.of(ByteBuffer.wrap(data, 0, cut), ByteBuffer.wrap(data, cut, data.length - cut));
  }
}

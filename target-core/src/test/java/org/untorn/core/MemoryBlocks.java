package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.PointInTime;

/**
 * A block store that is a plain array. It keeps a journal of what it was asked, fails what a test
 * wants to fail, and holds completions back if a test wants to release them itself. For one thread.
 */
final class MemoryBlocks implements BlockStore {

  private Geometry geometry;
  private Optional<Runnable> whenMeasured = Optional.empty();
  private final byte[] bytes;
  private final List<BlockOperation> journal = new ArrayList<>();
  private final Queue<Runnable> held = new ArrayDeque<>();
  private Function<BlockOperation, Optional<BlockOutcome>> failures = operation -> Optional.empty();
  private final BitSet mapped = new BitSet();
  private boolean holding;
  private int keeping;

  MemoryBlocks(int blockLength, long blocks) {
    this(new Geometry(blockLength, blocks));
  }

  MemoryBlocks(Geometry geometry) {
    this.geometry = geometry;
    bytes = new byte[Math.toIntExact(geometry.blocks() * geometry.blockLength())];
  }

  /** Lets chosen operations end in a failure, having done nothing. */
  void failing(Function<BlockOperation, Optional<BlockOutcome>> chosen) {
    failures = chosen;
  }

  /** From now on nothing completes before {@link #release}. */
  void hold() {
    holding = true;
  }

  /** Completes the first operation that was held back. */
  void releaseOne() {
    held.remove().run();
  }

  /** Completes what was held back, in order. */
  void release() {
    holding = false;
    while (!held.isEmpty()) {
      held.remove().run();
    }
  }

  /** Everything that was submitted, in order. */
  List<BlockOperation> journal() {
    return journal;
  }

  byte[] contents() {
    return bytes.clone();
  }

  /** What it holds now, as it stays. */
  PointInTime keep() {
    MemoryBlocks kept = new MemoryBlocks(geometry.blockLength(), geometry.blocks());
    System.arraycopy(bytes, 0, kept.bytes, 0, bytes.length);
    kept.failures = failures;
    keeping++;
    return new PointInTime(kept, () -> keeping--);
  }

  /** How many of those have not been closed. */
  int keeping() {
    return keeping;
  }

  /** Makes the volume smaller. */
  void shrink(long blocks) {
    geometry = geometry.withBlocks(blocks);
  }

  /** Does something the next time that the geometry is asked for, once. */
  void whenMeasured(Runnable action) {
    whenMeasured = Optional.of(action);
  }

  @Override
  public Geometry geometry() {
    Optional<Runnable> action = whenMeasured;
    whenMeasured = Optional.empty();
    action.ifPresent(Runnable::run);
    return geometry;
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    journal.add(operation);
    if (operation instanceof BlockOperation.Read read
        && !geometry.contains(read.lba(), read.into().remaining() / geometry.blockLength())) {
      throw new IllegalArgumentException("a read at block " + read.lba());
    }
    BlockOutcome outcome = failures.apply(operation).orElseGet(() -> carryOut(operation));
    if (holding) {
      held.add(() -> completion.completed(outcome));
    } else {
      completion.completed(outcome);
    }
  }

  private BlockOutcome carryOut(BlockOperation operation) {
    switch (operation) {
      case BlockOperation.Read read ->
          read.into().duplicate().put(bytes, offset(read.lba()), read.into().remaining());
      case BlockOperation.Write write -> put(write.lba(), write.data());
      case BlockOperation.AtomicWrite write -> put(write.lba(), write.data());
      case BlockOperation.Unmap unmap -> {
        for (BlockExtent extent : unmap.extents()) {
          java.util.Arrays.fill(
              bytes, offset(extent.lba()), offset(extent.lba() + extent.count()), (byte) 0);
          mapped.clear((int) extent.lba(), (int) (extent.lba() + extent.count()));
        }
      }
      case BlockOperation.Flush _ -> {}
      case BlockOperation.Status status -> {
        return mapping(status);
      }
      case BlockOperation.CompareAndWrite compare -> {
        ByteBuffer found =
            ByteBuffer.wrap(bytes, offset(compare.lba()), compare.expected().remaining());
        int difference = compare.expected().mismatch(found);
        if (difference >= 0) {
          return new BlockOutcome.Miscompare(difference);
        }
        put(compare.lba(), compare.data());
      }
    }
    return BlockOutcome.DONE;
  }

  private void put(long lba, List<ByteBuffer> data) {
    long length = BlockOperation.length(data);
    if (length % geometry.blockLength() != 0
        || !geometry.contains(lba, length / geometry.blockLength())) {
      throw new IllegalArgumentException(length + " bytes at block " + lba);
    }
    mapped.set((int) lba, (int) (lba + length / geometry.blockLength()));
    int at = offset(lba);
    for (ByteBuffer buffer : data) {
      int count = buffer.remaining();
      buffer.duplicate().get(bytes, at, count);
      at += count;
    }
  }

  private BlockOutcome mapping(BlockOperation.Status status) {
    List<BlockOutcome.Mapping.Run> runs = new ArrayList<>();
    int end = (int) (status.lba() + status.count());
    for (int at = (int) status.lba(); at < end && runs.size() < status.maximumRuns(); ) {
      boolean isMapped = mapped.get(at);
      int change = isMapped ? mapped.nextClearBit(at) : mapped.nextSetBit(at);
      int next = change < 0 ? end : Math.min(change, end);
      runs.add(new BlockOutcome.Mapping.Run(at, next - at, isMapped));
      at = next;
    }
    return new BlockOutcome.Mapping(runs);
  }

  private int offset(long lba) {
    return Math.toIntExact(lba * geometry.blockLength());
  }
}

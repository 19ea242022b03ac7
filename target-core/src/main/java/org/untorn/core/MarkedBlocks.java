package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/**
 * The blocks that WRITE LONG marked as bad: whatever reads one of them fails, until it is written
 * or given back (SBC-4, pseudo unrecovered errors). It lasts as long as the unit is served.
 */
final class MarkedBlocks implements BlockStore {

  /** How many blocks may be marked. */
  static final int CAPACITY = 65_536;

  private final BlockStore below;
  private final ConcurrentSkipListSet<Long> marked = new ConcurrentSkipListSet<>();

  /** How many, or a few more: nothing marked costs a look at this alone. */
  private final AtomicInteger count = new AtomicInteger();

  MarkedBlocks(BlockStore below) {
    this.below = below;
  }

  /** Marks the blocks; false if there are too many, and then none is. */
  boolean mark(long lba, long blocks) {
    if (count.addAndGet((int) blocks) > CAPACITY) {
      count.addAndGet((int) -blocks);
      return false;
    }
    for (long block = lba; block < lba + blocks; block++) {
      if (!marked.add(block)) {
        count.decrementAndGet();
      }
    }
    return true;
  }

  /** No block is marked any more. */
  void clear() {
    unmark(0, Long.MAX_VALUE);
  }

  private void unmark(long lba, long blocks) {
    for (Long block : marked.subSet(lba, lba + blocks)) {
      if (marked.remove(block)) {
        count.decrementAndGet();
      }
    }
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    if (count.get() == 0) {
      below.submit(operation, completion);
      return;
    }
    switch (operation) {
      case BlockOperation.Read(long lba, ByteBuffer into) ->
          read(operation, lba, into.remaining(), completion);
      case BlockOperation.CompareAndWrite compare ->
          read(operation, compare.lba(), compare.expected().remaining(), completion);
      case BlockOperation.Write(long lba, List<ByteBuffer> data, var _) ->
          below.submit(operation, written(lba, blocks(BlockOperation.length(data)), completion));
      case BlockOperation.AtomicWrite(long lba, List<ByteBuffer> data, var _) ->
          below.submit(operation, written(lba, blocks(BlockOperation.length(data)), completion));
      case BlockOperation.Unmap(List<BlockExtent> extents, var _) ->
          below.submit(
              operation,
              outcome -> {
                if (outcome instanceof BlockOutcome.Done) {
                  extents.forEach(extent -> unmark(extent.lba(), extent.count()));
                }
                completion.completed(outcome);
              });
      case BlockOperation.Status _, BlockOperation.Flush _ -> below.submit(operation, completion);
    }
  }

  private Completion written(long lba, long blocks, Completion completion) {
    return outcome -> {
      if (outcome instanceof BlockOutcome.Done) {
        unmark(lba, blocks);
      }
      completion.completed(outcome);
    };
  }

  private void read(BlockOperation operation, long lba, int bytes, Completion completion) {
    OptionalLong bad = firstMarked(lba, blocks(bytes));
    if (bad.isPresent()) {
      completion.completed(new BlockOutcome.MarkedBad(bad.getAsLong()));
    } else {
      below.submit(operation, completion);
    }
  }

  private OptionalLong firstMarked(long lba, long blocks) {
    return marked.subSet(lba, lba + blocks).stream().mapToLong(Long::longValue).findFirst();
  }

  private long blocks(long bytes) {
    return bytes / geometry().blockLength();
  }
}

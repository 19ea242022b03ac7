package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;

/**
 * A filter that tears: it carries a write, atomic or not, out block by block, one after the other,
 * so that readers and power cuts see halves. All other operations pass.
 */
public final class TornWrites implements BlockStore {

  private final BlockStore below;

  public TornWrites(BlockStore below) {
    this.below = below;
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    switch (operation) {
      case BlockOperation.Write write ->
          tear(write.lba(), write.data(), write.durability(), operation, completion);
      case BlockOperation.AtomicWrite write ->
          tear(write.lba(), write.data(), write.durability(), operation, completion);
      case BlockOperation.Read read -> below.submit(read, completion);
      case BlockOperation.CompareAndWrite compare -> below.submit(compare, completion);
      case BlockOperation.Unmap unmap -> below.submit(unmap, completion);
      case BlockOperation.Status status -> below.submit(status, completion);
      case BlockOperation.Flush flush -> below.submit(flush, completion);
    }
  }

  private void tear(
      long lba,
      List<ByteBuffer> data,
      Durability durability,
      BlockOperation whole,
      Completion completion) {
    int blockLength = geometry().blockLength();
    long length = BlockOperation.length(data);
    boolean passes =
        length <= blockLength
            || length % blockLength != 0
            || !geometry().contains(lba, length / blockLength);
    if (passes) {
      below.submit(whole, completion);
      return;
    }
    ByteBuffer joined = ByteBuffer.allocate((int) length);
    data.forEach(buffer -> joined.put(buffer.duplicate()));
    List<BlockOperation> blocks = new ArrayList<>();
    for (int at = 0; at < length; at += blockLength) {
      List<ByteBuffer> block = List.of(joined.slice(at, blockLength));
      blocks.add(new BlockOperation.Write(lba + at / blockLength, block, durability));
    }
    submitFrom(blocks, 0, completion);
  }

  /** Goes through the blocks in a loop, not by recursion: a write may have thousands. */
  private void submitFrom(List<BlockOperation> blocks, int first, Completion completion) {
    for (int next = first; next < blocks.size(); next++) {
      int following = next + 1;
      Step step =
          new Step(
              outcome -> {
                if (goesOn(outcome, following, blocks)) {
                  submitFrom(blocks, following, completion);
                } else {
                  completion.completed(outcome);
                }
              });
      below.submit(blocks.get(next), step);
      Optional<BlockOutcome> outcome = step.outcomeOrLater();
      if (outcome.isEmpty()) {
        return;
      }
      if (!goesOn(outcome.get(), following, blocks)) {
        completion.completed(outcome.get());
        return;
      }
    }
  }

  private static boolean goesOn(BlockOutcome outcome, int next, List<BlockOperation> blocks) {
    return outcome instanceof BlockOutcome.Done && next < blocks.size();
  }

  /**
   * One block's write: its outcome goes to whoever comes second, the submitter who asks for it or
   * the store that brings it.
   */
  private static final class Step implements Completion {
    private final Completion later;
    private volatile Optional<BlockOutcome> outcome = Optional.empty();
    private final AtomicBoolean oneCame = new AtomicBoolean();

    Step(Completion later) {
      this.later = later;
    }

    @Override
    public void completed(BlockOutcome brought) {
      outcome = Optional.of(brought);
      if (oneCame.getAndSet(true)) {
        later.completed(brought);
      }
    }

    /** The outcome if it is there; if not, {@code later} will hear it. */
    Optional<BlockOutcome> outcomeOrLater() {
      return oneCame.getAndSet(true) ? outcome : Optional.empty();
    }
  }
}

package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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

  private void submitFrom(List<BlockOperation> blocks, int next, Completion completion) {
    below.submit(
        blocks.get(next),
        outcome -> {
          if (outcome instanceof BlockOutcome.Done && next + 1 < blocks.size()) {
            submitFrom(blocks, next + 1, completion);
          } else {
            completion.completed(outcome);
          }
        });
  }
}

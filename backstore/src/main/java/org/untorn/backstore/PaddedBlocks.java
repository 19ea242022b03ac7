package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The blocks of a volume with protection information, which are no whole units, over the same
 * blocks filled up with zeros.
 *
 * <pre>
 *   operations       [ data 512 | 8 ][ data 512 | 8 ]             Geometry.blockLength
 *   stored           [ data 512 | 8 | zeros 504 ][ data ...       Geometry.storedLength
 * </pre>
 *
 * <p>Invariants: each operation is one of the same kind, with the same LBAs, below; so it is as
 * atomic as that is. A block's data and its 8 bytes are neighbours in one record, which recovery
 * takes whole or not at all.
 */
final class PaddedBlocks implements BlockStore {

  private final VolumeStore below;
  private final int length;
  private final int stored;

  PaddedBlocks(VolumeStore below) {
    this.below = below;
    this.length = below.geometry().blockLength();
    this.stored = below.geometry().storedLength();
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    switch (operation) {
      case BlockOperation.Read(long lba, ByteBuffer into) -> read(lba, into, completion);
      case BlockOperation.Write(long lba, List<ByteBuffer> data, Durability durability) ->
          below.submit(new BlockOperation.Write(lba, padded(data), durability), completion);
      case BlockOperation.AtomicWrite(long lba, List<ByteBuffer> data, Durability durability) ->
          below.submit(new BlockOperation.AtomicWrite(lba, padded(data), durability), completion);
      case BlockOperation.CompareAndWrite(
              long lba,
              ByteBuffer expected,
              List<ByteBuffer> data,
              Durability durability) ->
          below.submit(
              new BlockOperation.CompareAndWrite(
                  lba, padded(List.of(expected)).getFirst(), padded(data), durability),
              outcome -> completion.completed(unpadded(outcome)));
      case BlockOperation.Unmap _, BlockOperation.Status _, BlockOperation.Flush _ ->
          below.submit(operation, completion);
    }
  }

  private void read(long lba, ByteBuffer into, Completion completion) {
    int blocks = blocks(into.remaining());
    ByteBuffer wide = ByteBuffer.allocate(blocks * stored);
    below.submit(
        new BlockOperation.Read(lba, wide),
        outcome -> {
          if (outcome instanceof BlockOutcome.Done) {
            for (int i = 0; i < blocks; i++) {
              into.put(into.position() + i * length, wide, i * stored, length);
            }
          }
          completion.completed(outcome);
        });
  }

  /** The blocks in one buffer, filled up. */
  private List<ByteBuffer> padded(List<ByteBuffer> data) {
    int blocks = blocks(BlockOperation.length(data));
    ByteBuffer wide = ByteBuffer.allocate(blocks * stored);
    int block = 0;
    int within = 0;
    for (ByteBuffer buffer : data) {
      for (int at = 0; at < buffer.remaining(); ) {
        int part = Math.min(length - within, buffer.remaining() - at);
        wide.put(block * stored + within, buffer, buffer.position() + at, part);
        at += part;
        within += part;
        if (within == length) {
          within = 0;
          block++;
        }
      }
    }
    return List.of(wide);
  }

  /** What fills a block up is equal, so what differs lies in the block. */
  private BlockOutcome unpadded(BlockOutcome outcome) {
    return outcome instanceof BlockOutcome.Miscompare(long offset)
        ? new BlockOutcome.Miscompare(offset / stored * length + offset % stored)
        : outcome;
  }

  private int blocks(long bytes) {
    if (bytes % length != 0) {
      throw new IllegalArgumentException(bytes + " bytes are no blocks of " + length);
    }
    return Math.toIntExact(bytes / length);
  }
}

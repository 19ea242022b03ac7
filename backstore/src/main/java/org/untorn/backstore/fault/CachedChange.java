package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.util.List;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.BlockStore.Completion;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;

/**
 * A change on its way through a {@link VolatileCache}.
 *
 * @param extents what it changes
 * @param data what it writes there; none if it unmaps
 * @param below what the volume below is asked for: the same, but not to be durable yet
 */
record CachedChange(
    Fate.Kind kind,
    List<BlockExtent> extents,
    List<ByteBuffer> data,
    Durability durability,
    BlockOperation below,
    Completion completion) {

  static CachedChange of(BlockOperation.Write write, Geometry geometry, Completion completion) {
    return new CachedChange(
        Fate.Kind.WRITE,
        extent(write.lba(), write.data(), geometry),
        write.data(),
        write.durability(),
        new BlockOperation.Write(write.lba(), write.data(), Durability.APPENDED),
        completion);
  }

  static CachedChange of(
      BlockOperation.AtomicWrite write, Geometry geometry, Completion completion) {
    return new CachedChange(
        Fate.Kind.ATOMIC_WRITE,
        extent(write.lba(), write.data(), geometry),
        write.data(),
        write.durability(),
        new BlockOperation.AtomicWrite(write.lba(), write.data(), Durability.APPENDED),
        completion);
  }

  static CachedChange of(
      BlockOperation.CompareAndWrite write, Geometry geometry, Completion completion) {
    return new CachedChange(
        Fate.Kind.COMPARE_AND_WRITE,
        extent(write.lba(), write.data(), geometry),
        write.data(),
        write.durability(),
        new BlockOperation.CompareAndWrite(
            write.lba(), write.expected(), write.data(), Durability.APPENDED),
        completion);
  }

  static CachedChange of(BlockOperation.Unmap unmap, Completion completion) {
    return new CachedChange(
        Fate.Kind.UNMAP,
        unmap.extents().stream().filter(extent -> extent.count() > 0).toList(),
        List.of(),
        unmap.durability(),
        new BlockOperation.Unmap(unmap.extents(), Durability.APPENDED),
        completion);
  }

  private static List<BlockExtent> extent(long lba, List<ByteBuffer> data, Geometry geometry) {
    return List.of(new BlockExtent(lba, BlockOperation.length(data) / geometry.blockLength()));
  }

  /** Carries it out; one that is longer than the volume takes comes to nothing. */
  void carryOut(BlockStore volume, Completion then) {
    try {
      volume.submit(below, then);
    } catch (IllegalArgumentException tooLong) {
      then.completed(new BlockOutcome.WriteFailed(String.valueOf(tooLong.getMessage())));
    }
  }

  /** How many blocks it changes. */
  long blocks() {
    return extents.stream().mapToLong(BlockExtent::count).sum();
  }

  /** Whether it writes a part of a block. */
  boolean isRagged(Geometry geometry) {
    return BlockOperation.length(data) % geometry.blockLength() != 0;
  }

  /** Whether all of it lies in the volume. */
  boolean isInside(Geometry geometry) {
    return extents.stream().allMatch(extent -> geometry.contains(extent.lba(), extent.count()));
  }
}

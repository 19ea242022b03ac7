package org.untorn.backstore;

/**
 * One version of a volume, whole and immutable: the only kind of version there is.
 *
 * @param geometry the shape at that moment
 * @param map where its blocks are
 */
record Root(Geometry geometry, BlockMap map) {

  static Root empty(Geometry geometry) {
    return new Root(geometry, BlockMap.EMPTY);
  }

  /** Stores what lies inside the volume; a resize may have run ahead of a write. */
  Root with(long lba, long location, int[] checksums) {
    long count = Math.min(checksums.length, geometry.blocks() - lba);
    if (count <= 0) {
      return this;
    }
    Written written =
        new Written(lba, location, geometry.blockLength(), checksums, Math.toIntExact(count));
    return new Root(geometry, map.with(written));
  }

  Root without(long lba, long count) {
    return new Root(geometry, map.without(lba, count));
  }

  /** What lies past a new end is unmapped, so that it reads as zeros if the volume grows again. */
  Root resized(long blocks) {
    Geometry shape = new Geometry(geometry.blockLength(), blocks);
    return new Root(shape, map.without(blocks, Math.max(0, geometry.blocks() - blocks)));
  }
}

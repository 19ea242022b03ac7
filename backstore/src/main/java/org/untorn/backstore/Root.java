package org.untorn.backstore;

/**
 * One version of a volume, whole and immutable: the only kind of version there is.
 *
 * <p>A root refers to nodes that are not on the heap. Whoever keeps one holds a reference to its
 * top, by {@link BlockMaps#share}, and gives it back; a reader that keeps none finds its way only
 * between {@link Readers#enter} and {@link Readers#exit}.
 *
 * @param geometry the shape at that moment
 * @param top the map's top node, or {@link MapNodes#NONE}
 * @param height how many levels of inner nodes there are
 * @param mappedUnits how many units of 512 bytes are mapped
 */
record Root(Geometry geometry, int top, int height, long mappedUnits) {

  static Root empty(Geometry geometry) {
    return new Root(geometry, MapNodes.NONE, 0, 0);
  }

  int blockUnits() {
    return geometry.storedLength() / Location.UNIT_BYTES;
  }

  /** How many blocks are mapped. */
  long mappedBlocks() {
    return mappedUnits / blockUnits();
  }
}

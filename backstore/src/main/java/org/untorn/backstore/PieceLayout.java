package org.untorn.backstore;

/**
 * How the blocks of one write are cut into pieces that get a checksum each: whole granules where
 * there are some, else blocks.
 *
 * <pre>
 *   granules        |               |               |               |
 *   a write                   [ b b | granule       | granule       | b b b ]
 * </pre>
 *
 * Blocks that no granule is made of, such as those of 4096 bytes and 8 more, are cut into units
 * there.
 *
 * @param start the first unit of the volume that is written; a unit is 512 bytes
 * @param units how many are, whole blocks
 * @param blockUnits the units of a block, or of what it is cut into
 * @param strideUnits the units of a block
 */
record PieceLayout(long start, int units, int blockUnits, int strideUnits) {

  /** The layout of blocks of a {@link Geometry#storedLength}. */
  static PieceLayout of(long lba, int blocks, int storedLength) {
    int stride = storedLength / Location.UNIT_BYTES;
    return new PieceLayout(lba * stride, blocks * stride, unitsOfPiece(storedLength), stride);
  }

  private static int unitsOfPiece(int storedLength) {
    return Kind.GRANULE_BYTES % storedLength == 0 ? storedLength / Location.UNIT_BYTES : 1;
  }

  /** The units in front of the first granule's beginning. */
  int headUnits() {
    int past = (int) (start % Kind.GRANULE_UNITS);
    return past == 0 ? 0 : Math.min(units, Kind.GRANULE_UNITS - past);
  }

  int granules() {
    return (units - headUnits()) / Kind.GRANULE_UNITS;
  }

  int pieces() {
    int inBlocks = units - granules() * Kind.GRANULE_UNITS;
    return granules() + inBlocks / blockUnits;
  }

  /** The length of a piece in units. */
  int pieceUnits(int piece) {
    int head = headUnits() / blockUnits;
    return piece >= head && piece < head + granules() ? Kind.GRANULE_UNITS : blockUnits;
  }

  /** The most pieces that so many blocks can have. */
  static int mostPieces(int blocks, int storedLength) {
    int pieceUnits = unitsOfPiece(storedLength);
    int inPieces = blocks * (storedLength / Location.UNIT_BYTES / pieceUnits);
    int perGranule = Kind.GRANULE_UNITS / pieceUnits;
    return inPieces < 2 * perGranule
        ? inPieces
        : (inPieces - perGranule) / perGranule + 2 * (perGranule - 1) + 1;
  }
}

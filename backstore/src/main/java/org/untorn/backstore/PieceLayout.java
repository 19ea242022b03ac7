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
 * @param start the first unit of the volume that is written; a unit is 512 bytes
 * @param units how many are, whole blocks
 * @param blockUnits the units of a block
 */
record PieceLayout(long start, int units, int blockUnits) {

  static PieceLayout of(long lba, int blocks, int blockLength) {
    int blockUnits = blockLength / Location.UNIT_BYTES;
    return new PieceLayout(lba * blockUnits, blocks * blockUnits, blockUnits);
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
  static int mostPieces(int blocks, int blockLength) {
    int perGranule = Kind.GRANULE_BYTES / blockLength;
    return blocks < 2 * perGranule
        ? blocks
        : (blocks - perGranule) / perGranule + 2 * (perGranule - 1) + 1;
  }
}

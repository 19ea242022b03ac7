package org.untorn.backstore;

/**
 * Blocks that were stored one behind the other, by one record. The checksums are shared, and must
 * not be changed.
 */
final class Written {

  /** An entry does not cross a multiple of so many units, so that no entry is long. */
  static final int ENTRY_UNITS = 1024;

  /** No blocks at all. */
  static final Written NOTHING =
      new Written(PieceLayout.of(0, 0, Location.UNIT_BYTES), Location.NONE, new int[0]);

  private final PieceLayout layout;
  private final long location;
  private final int[] checksums;

  /**
   * Blocks that are stored.
   *
   * @param layout where they lie in the volume, and what has a checksum
   * @param location where the first of them is stored
   * @param checksums one for each piece
   */
  Written(PieceLayout layout, long location, int[] checksums) {
    this.layout = layout;
    this.location = location;
    this.checksums = checksums;
  }

  boolean isNothing() {
    return layout.units() == 0;
  }

  PieceLayout layout() {
    return layout;
  }

  long location() {
    return location;
  }

  int[] checksums() {
    return checksums;
  }

  long start() {
    return layout.start();
  }

  long end() {
    return layout.start() + layout.units();
  }

  /** Whether one entry stands for all of it, of whole granules. */
  boolean isOneRun() {
    return layout.headUnits() == 0
        && layout.units() % Kind.GRANULE_UNITS == 0
        && start() / ENTRY_UNITS == (end() - 1) / ENTRY_UNITS;
  }

  /** Adds an entry for each run of pieces. */
  void addTo(LeafImage entries) {
    int head = layout.headUnits();
    int blockKind = Kind.ofBlocks(layout.blockUnits());
    int sum = 0;
    if (head > 0) {
      int blocks = head / layout.blockUnits();
      entries.add(start(), location, blockKind, checksums, 0, blocks);
      sum = blocks;
    }
    int offset = head;
    int granulesEnd = head + layout.granules() * Kind.GRANULE_UNITS;
    while (offset < granulesEnd) {
      int room = ENTRY_UNITS - (int) ((start() + offset) % ENTRY_UNITS);
      int units = Math.min(room, granulesEnd - offset);
      int granules = units / Kind.GRANULE_UNITS;
      entries.add(start() + offset, location + offset, Kind.GRANULES, checksums, sum, granules);
      sum += granules;
      offset += units;
    }
    if (offset < layout.units()) {
      int blocks = (layout.units() - offset) / layout.blockUnits();
      entries.add(start() + offset, location + offset, blockKind, checksums, sum, blocks);
    }
  }
}

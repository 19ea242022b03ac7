package org.untorn.backstore;

/**
 * The shape of a volume.
 *
 * <pre>
 *   protection 0        [ data: blockLength               ]
 *   protection 1 to 3   [ data: dataLength | 8 bytes more ]      blockLength = dataLength + 8
 * </pre>
 *
 * The 8 bytes are a part of their block in every operation: they are read, written and lost with
 * it. What they mean is the business of those who use the volume; the store keeps which kind they
 * are, and nothing else.
 *
 * @param blockLength bytes per block as operations move it: a power of two, 512 to 4096, and 8 more
 *     where there is protection information
 * @param blocks the capacity in blocks, at least 0
 * @param protection the type of the protection information that each block carries, 1 to 3; 0: none
 */
public record Geometry(int blockLength, long blocks, int protection) {

  /** The bytes of protection information that a block may carry. */
  public static final int PROTECTION_BYTES = 8;

  private static final int PROTECTION_SHIFT = 24;

  public Geometry {
    if (protection < 0 || protection > 3) {
      throw new IllegalArgumentException("protection information of type " + protection);
    }
    int data = blockLength - (protection == 0 ? 0 : PROTECTION_BYTES);
    if (data < 512 || data > 4096 || Integer.bitCount(data) != 1) {
      throw new IllegalArgumentException(
          "a block of " + data + " bytes: 512, 1024, 2048 or 4096 are supported");
    }
    if (blocks < 0 || blocks > Long.MAX_VALUE / (2L * blockLength)) {
      throw new IllegalArgumentException("a volume of " + blocks + " blocks");
    }
  }

  /** A volume whose blocks are data alone. */
  public Geometry(int blockLength, long blocks) {
    this(blockLength, blocks, 0);
  }

  /** A volume whose blocks are so many bytes of data, and protection information of a type. */
  public static Geometry ofData(int dataLength, long blocks, int protection) {
    return new Geometry(dataLength + (protection == 0 ? 0 : PROTECTION_BYTES), blocks, protection);
  }

  /** Reads {@link #code}. */
  static Geometry of(int code, long blocks) {
    int blockLength = code & ((1 << PROTECTION_SHIFT) - 1);
    return new Geometry(blockLength, blocks, code >>> PROTECTION_SHIFT);
  }

  /** The block length and, in the most significant byte, the type of protection information. */
  int code() {
    return protection << PROTECTION_SHIFT | blockLength;
  }

  /** The same with another capacity. */
  public Geometry withBlocks(long other) {
    return new Geometry(blockLength, other, protection);
  }

  /** Bytes of data per block. */
  public int dataLength() {
    return protection == 0 ? blockLength : blockLength - PROTECTION_BYTES;
  }

  /** What a block takes in the pool: whole units, of which the last may be filled with zeros. */
  public int storedLength() {
    return blockLength + (-blockLength & (Location.UNIT_BYTES - 1));
  }

  /** The capacity in bytes of data. */
  public long bytes() {
    return blocks * dataLength();
  }

  /** What all blocks take in the pool. */
  public long storedBytes() {
    return blocks * storedLength();
  }

  /**
   * Whether {@code count} blocks from {@code lba} lie inside the volume; both are unsigned, an
   * empty range may start at its end.
   */
  public boolean contains(long lba, long count) {
    return lba >= 0 && count >= 0 && count <= blocks && lba <= blocks - count;
  }
}

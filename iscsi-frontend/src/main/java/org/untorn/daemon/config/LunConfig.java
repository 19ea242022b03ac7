package org.untorn.daemon.config;

import java.util.Optional;
import org.untorn.vpd.AtomicLimits;

/**
 * One logical unit, everything settled and checked ({@link LunSettings#settle}).
 *
 * @param number the LUN, 0 to 16383
 * @param volume the pool's volume that holds its blocks
 * @param size the capacity of a volume that has to be made, a whole number of blocks; one that is
 *     there keeps its own; none make a disk without capacity
 * @param blockSize bytes per logical block: 512 or 4096
 * @param physicalBlockSize bytes per physical block, which is what the disk says of itself: 512 or
 *     4096, not below {@code blockSize}
 * @param atomic what WRITE ATOMIC is limited to
 * @param protection the type of the protection information that a volume which has to be made gets
 *     with its blocks, 1 to 3, 0 for none; one that is there has its own, and must have this one if
 *     it is said
 * @param medium what the medium is like
 */
public record LunConfig(
    int number,
    String volume,
    Optional<Size> size,
    int blockSize,
    int physicalBlockSize,
    AtomicLimits atomic,
    Optional<Integer> protection,
    MediumConfig medium) {

  /** A logical unit of which no protection information is said, with the usual medium. */
  public LunConfig(
      int number,
      String volume,
      Optional<Size> size,
      int blockSize,
      int physicalBlockSize,
      AtomicLimits atomic) {
    this(
        number,
        volume,
        size,
        blockSize,
        physicalBlockSize,
        atomic,
        Optional.empty(),
        MediumConfig.FIXED);
  }

  public static final Size DEFAULT_SIZE = new Size(1L << 30);
  public static final int DEFAULT_BLOCK_SIZE = 512;
  public static final int DEFAULT_PHYSICAL_BLOCK_SIZE = 4096;

  /** The capacity of a volume that has to be made. */
  public Size initialSize() {
    return size.orElse(DEFAULT_SIZE);
  }

  /** The same in logical blocks. */
  public long initialBlocks() {
    return initialSize().bytes() / blockSize;
  }
}

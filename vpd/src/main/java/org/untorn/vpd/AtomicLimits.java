package org.untorn.vpd;

import java.util.ArrayList;
import java.util.List;

/**
 * The five limits of WRITE ATOMIC, as the Block Limits VPD page reports them (SBC-4 6.6.4). All are
 * in logical blocks, 0 to 2^32 - 1. The device checks commands against the same instance that the
 * page encodes.
 *
 * <p>All five 0 is {@link #NONE}: WRITE ATOMIC is not supported. The names elsewhere:
 *
 * <pre>
 *  bytes   SBC-4                                                 scsi_debug              LIO (configfs)
 *  44-47   MAXIMUM ATOMIC TRANSFER LENGTH                        atomic_wr_max_length    atomic_max_len
 *  48-51   ATOMIC ALIGNMENT                                      atomic_wr_align         atomic_alignment
 *  52-55   ATOMIC TRANSFER LENGTH GRANULARITY                    atomic_wr_gran          atomic_granularity
 *  56-59   MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY   ..._max_length_bndry    atomic_max_with_boundary
 *  60-63   MAXIMUM ATOMIC BOUNDARY SIZE                          atomic_wr_max_bndry     atomic_max_boundary
 * </pre>
 *
 * @param maximumTransferLength the longest write in one atomic operation (ATOMIC BOUNDARY 0)
 * @param alignment the LBA must be a multiple; 0 and 1: any LBA
 * @param granularity the length (and a boundary) must be a multiple; 0 and 1: any length
 * @param maximumTransferLengthWithBoundary the longest write whose ATOMIC BOUNDARY is not 0
 * @param maximumBoundarySize the largest ATOMIC BOUNDARY; 0: only 0 is taken
 */
public record AtomicLimits(
    long maximumTransferLength,
    long alignment,
    long granularity,
    long maximumTransferLengthWithBoundary,
    long maximumBoundarySize) {

  private static final Field MAXIMUM_TRANSFER_LENGTH =
      Field.bytes("MAXIMUM ATOMIC TRANSFER LENGTH", 44, 4);
  private static final Field ALIGNMENT = Field.bytes("ATOMIC ALIGNMENT", 48, 4);
  private static final Field GRANULARITY = Field.bytes("ATOMIC TRANSFER LENGTH GRANULARITY", 52, 4);
  private static final Field MAXIMUM_TRANSFER_LENGTH_WITH_BOUNDARY =
      Field.bytes("MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY", 56, 4);
  private static final Field MAXIMUM_BOUNDARY_SIZE =
      Field.bytes("MAXIMUM ATOMIC BOUNDARY SIZE", 60, 4);

  /** WRITE ATOMIC is not supported. */
  public static final AtomicLimits NONE = new AtomicLimits(0, 0, 0, 0, 0);

  public AtomicLimits {
    MAXIMUM_TRANSFER_LENGTH.check(maximumTransferLength);
    ALIGNMENT.check(alignment);
    GRANULARITY.check(granularity);
    MAXIMUM_TRANSFER_LENGTH_WITH_BOUNDARY.check(maximumTransferLengthWithBoundary);
    MAXIMUM_BOUNDARY_SIZE.check(maximumBoundarySize);
  }

  /** Whether WRITE ATOMIC is supported at all. */
  public boolean supported() {
    return maximumTransferLength != 0 || maximumTransferLengthWithBoundary != 0;
  }

  /**
   * What SBC-4 6.6.4 forbids in these limits, a sentence each; empty if a device may report them.
   *
   * @param deviceMaximum the device's MAXIMUM TRANSFER LENGTH in blocks; 0: not reported
   */
  public List<String> violations(long deviceMaximum) {
    List<String> found = new ArrayList<>();
    notAboveDevice(MAXIMUM_TRANSFER_LENGTH, maximumTransferLength, deviceMaximum, found);
    notAboveDevice(
        MAXIMUM_TRANSFER_LENGTH_WITH_BOUNDARY,
        maximumTransferLengthWithBoundary,
        deviceMaximum,
        found);
    wholeGranules(MAXIMUM_TRANSFER_LENGTH, maximumTransferLength, found);
    wholeGranules(MAXIMUM_TRANSFER_LENGTH_WITH_BOUNDARY, maximumTransferLengthWithBoundary, found);
    wholeGranules(MAXIMUM_BOUNDARY_SIZE, maximumBoundarySize, found);
    if ((maximumBoundarySize == 0) != (maximumTransferLengthWithBoundary == 0)) {
      found.add(
          "%s (%d) and %s (%d) must both be 0 or neither"
              .formatted(
                  MAXIMUM_TRANSFER_LENGTH_WITH_BOUNDARY.name(),
                  maximumTransferLengthWithBoundary,
                  MAXIMUM_BOUNDARY_SIZE.name(),
                  maximumBoundarySize));
    }
    if (!supported() && (alignment != 0 || granularity != 0)) {
      found.add(
          "%s (%d) and %s (%d) must be 0 where both maximum lengths are: no atomic write is"
                  .formatted(ALIGNMENT.name(), alignment, GRANULARITY.name(), granularity)
              + " supported then");
    }
    return found;
  }

  private static void notAboveDevice(
      Field field, long value, long deviceMaximum, List<String> found) {
    if (deviceMaximum != 0 && value > deviceMaximum) {
      found.add(
          "%s (%d) must not be above MAXIMUM TRANSFER LENGTH (%d)"
              .formatted(field.name(), value, deviceMaximum));
    }
  }

  private void wholeGranules(Field field, long value, List<String> found) {
    if (granularity != 0 && value % granularity != 0) {
      found.add(
          "%s (%d) must be a multiple of %s (%d)"
              .formatted(field.name(), value, GRANULARITY.name(), granularity));
    }
  }

  void encodeInto(byte[] blockLimitsPage) {
    MAXIMUM_TRANSFER_LENGTH.put(blockLimitsPage, maximumTransferLength);
    ALIGNMENT.put(blockLimitsPage, alignment);
    GRANULARITY.put(blockLimitsPage, granularity);
    MAXIMUM_TRANSFER_LENGTH_WITH_BOUNDARY.put(blockLimitsPage, maximumTransferLengthWithBoundary);
    MAXIMUM_BOUNDARY_SIZE.put(blockLimitsPage, maximumBoundarySize);
  }

  static AtomicLimits decode(byte[] blockLimitsPage) {
    return new AtomicLimits(
        MAXIMUM_TRANSFER_LENGTH.get(blockLimitsPage),
        ALIGNMENT.get(blockLimitsPage),
        GRANULARITY.get(blockLimitsPage),
        MAXIMUM_TRANSFER_LENGTH_WITH_BOUNDARY.get(blockLimitsPage),
        MAXIMUM_BOUNDARY_SIZE.get(blockLimitsPage));
  }
}

package org.untorn.vpd;

/**
 * What Linux (6.11 and later, sd and the block layer) makes of a device's {@link AtomicLimits}: the
 * numbers in /sys/block/X/queue, or the reason why it silently leaves atomic writes off.
 */
public sealed interface LinuxAtomicLimits {

  /**
   * Linux offers atomic writes.
   *
   * @param unitMinBytes atomic_write_unit_min_bytes: the shortest RWF_ATOMIC write
   * @param unitMaxBytes atomic_write_unit_max_bytes: the longest RWF_ATOMIC write
   * @param maxBytes atomic_write_max_bytes: the longest merged atomic request
   */
  record Offered(long unitMinBytes, long unitMaxBytes, long maxBytes)
      implements LinuxAtomicLimits {}

  /** Linux offers none, and says nothing. */
  record Dropped(String why) implements LinuxAtomicLimits {}

  /**
   * The initiator's side.
   *
   * @param maxHardwareBytes queue/max_hw_sectors_kb in bytes: the longest request it sends
   * @param maxSegments queue/max_segments
   * @param pageSize bytes of a memory page
   */
  record Host(long maxHardwareBytes, int maxSegments, int pageSize) {

    /** Linux on x86-64 with open-iscsi: 65535 sectors of 512 bytes, 4096 segments. */
    public static final Host OPEN_ISCSI = new Host(65535L * 512, 4096, 4096);

    private static final int BIO_MAX_VECS = 256;

    /** The longest write that always fits one bio, rounded down to a power of two. */
    private long unitLimit(int logicalBlockLength) {
      int segments = Math.min(BIO_MAX_VECS, maxSegments);
      long guaranteed =
          (long) Math.min(segments, 2) * logicalBlockLength
              + (long) Math.max(segments - 2, 0) * pageSize;
      return Long.highestOneBit(Math.min(maxHardwareBytes, guaranteed));
    }
  }

  /**
   * Follows Linux step by step. It counts bytes in 32 bits, so absurdly large limits wrap around
   * and end up dropped.
   *
   * @param logicalBlockLength bytes
   * @param physicalBlockLength bytes, a multiple of {@code logicalBlockLength}
   */
  static LinuxAtomicLimits of(
      AtomicLimits limits, int logicalBlockLength, int physicalBlockLength, Host host) {
    if (!limits.supported()) {
      return new Dropped("both maximum atomic transfer lengths are 0");
    }
    long granularity = limits.granularity();
    long unitMin =
        Long.highestOneBit(
            granularity != 0 ? granularity : physicalBlockLength / logicalBlockLength);
    // Boundaries are used only by a device that has nothing else.
    boolean useBoundary = limits.maximumTransferLength() == 0;
    long max =
        useBoundary ? limits.maximumTransferLengthWithBoundary() : limits.maximumTransferLength();
    long unitMax =
        Long.highestOneBit(
            useBoundary ? limits.maximumBoundarySize() : limits.maximumTransferLength());
    if (misfits(unitMin, granularity) || misfits(unitMax, granularity)) {
      return new Dropped(
          "the granularity (%d) does not divide the shortest (%d) and longest (%d) unit, which are powers of two"
              .formatted(granularity, unitMin, unitMax));
    }
    if (misfits(unitMin, limits.alignment()) || misfits(unitMax, limits.alignment())) {
      return new Dropped(
          "the alignment (%d) does not divide the shortest (%d) and longest (%d) unit, which are powers of two"
              .formatted(limits.alignment(), unitMin, unitMax));
    }
    return blockLayer(
        asUnsignedInt(unitMin * logicalBlockLength),
        asUnsignedInt(unitMax * logicalBlockLength),
        asUnsignedInt(max * logicalBlockLength),
        host.unitLimit(logicalBlockLength),
        host.maxHardwareBytes());
  }

  private static LinuxAtomicLimits blockLayer(
      long unitMin, long unitMax, long max, long unitLimit, long maxHardwareBytes) {
    if (unitMin == 0 || unitMax == 0 || max == 0) {
      return new Dropped("a limit is 0 when counted in bytes of 32 bits");
    }
    if (unitMin > unitMax) {
      return new Dropped(
          "the shortest unit (%d bytes) is above the longest (%d)".formatted(unitMin, unitMax));
    }
    if (unitMax > max) {
      return new Dropped(
          "the longest unit (%d bytes) is above the maximum (%d)".formatted(unitMax, max));
    }
    return new Offered(
        Math.min(unitMin, unitLimit),
        Math.min(unitMax, unitLimit),
        Math.min(max, maxHardwareBytes));
  }

  private static boolean misfits(long unit, long divisor) {
    return divisor > 1 && unit > 1 && unit % divisor != 0;
  }

  private static long asUnsignedInt(long value) {
    return value & 0xffff_ffffL;
  }
}

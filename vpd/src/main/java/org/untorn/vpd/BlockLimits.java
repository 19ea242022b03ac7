package org.untorn.vpd;

import java.util.OptionalLong;

/**
 * VPD page B0h, Block Limits (SBC-4 6.6.4), always of page length 003Ch. All lengths are in logical
 * blocks; 0 in a maximum says "not reported" unless noted.
 *
 * <pre>
 *     4   [WSNZ in bit 0]              5   MAXIMUM COMPARE AND WRITE LENGTH
 *   6-7   OPTIMAL TRANSFER LENGTH GRANULARITY
 *  8-11   MAXIMUM TRANSFER LENGTH      12-15   OPTIMAL TRANSFER LENGTH
 * 16-19   MAXIMUM PREFETCH LENGTH      20-23   MAXIMUM UNMAP LBA COUNT
 * 24-27   MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT
 * 28-31   OPTIMAL UNMAP GRANULARITY    32-35   [UGAVALID in bit 7] UNMAP GRANULARITY ALIGNMENT
 * 36-43   MAXIMUM WRITE SAME LENGTH    44-63   the {@link AtomicLimits}
 * </pre>
 *
 * @param wsnz WSNZ: WRITE SAME with NUMBER OF LOGICAL BLOCKS 0 is refused
 * @param maximumCompareAndWriteLength 0 to 255; 0: COMPARE AND WRITE is not supported
 * @param optimalTransferLengthGranularity 0 to 65535
 * @param maximumTransferLength what a read or write may move at once
 * @param optimalTransferLength what a read or write best moves at once
 * @param maximumPrefetchLength what PRE-FETCH and XOR commands may name
 * @param maximumUnmapLbaCount blocks an UNMAP may give back; FFFFFFFFh is without limit, 0: UNMAP
 *     is not supported
 * @param maximumUnmapBlockDescriptorCount descriptors in an UNMAP; FFFFFFFFh is without limit
 * @param optimalUnmapGranularity blocks that are best unmapped together
 * @param unmapGranularityAlignment the first LBA of that grid, 0 to 2^31 - 1, if it is reported
 * @param maximumWriteSameLength what WRITE SAME may name, 64 bits
 * @param atomic the limits of WRITE ATOMIC: the instance that the command checks
 */
public record BlockLimits(
    boolean wsnz,
    int maximumCompareAndWriteLength,
    int optimalTransferLengthGranularity,
    long maximumTransferLength,
    long optimalTransferLength,
    long maximumPrefetchLength,
    long maximumUnmapLbaCount,
    long maximumUnmapBlockDescriptorCount,
    long optimalUnmapGranularity,
    OptionalLong unmapGranularityAlignment,
    long maximumWriteSameLength,
    AtomicLimits atomic)
    implements VpdPage {

  public static final int PAGE_CODE = 0xb0;

  /** In MAXIMUM UNMAP LBA COUNT and MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT: there is no limit. */
  public static final long UNLIMITED = 0xffff_ffffL;

  private static final int LENGTH = 64;

  private static final Field WSNZ = Field.bit("WSNZ", 4, 0);
  private static final Field MAXIMUM_COMPARE_AND_WRITE_LENGTH =
      Field.bytes("MAXIMUM COMPARE AND WRITE LENGTH", 5, 1);
  private static final Field OPTIMAL_TRANSFER_LENGTH_GRANULARITY =
      Field.bytes("OPTIMAL TRANSFER LENGTH GRANULARITY", 6, 2);
  private static final Field MAXIMUM_TRANSFER_LENGTH = Field.bytes("MAXIMUM TRANSFER LENGTH", 8, 4);
  private static final Field OPTIMAL_TRANSFER_LENGTH =
      Field.bytes("OPTIMAL TRANSFER LENGTH", 12, 4);
  private static final Field MAXIMUM_PREFETCH_LENGTH =
      Field.bytes("MAXIMUM PREFETCH LENGTH", 16, 4);
  private static final Field MAXIMUM_UNMAP_LBA_COUNT =
      Field.bytes("MAXIMUM UNMAP LBA COUNT", 20, 4);
  private static final Field MAXIMUM_UNMAP_BLOCK_DESCRIPTOR_COUNT =
      Field.bytes("MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT", 24, 4);
  private static final Field OPTIMAL_UNMAP_GRANULARITY =
      Field.bytes("OPTIMAL UNMAP GRANULARITY", 28, 4);
  private static final Field UGAVALID = Field.bit("UGAVALID", 32, 7);
  private static final Field UNMAP_GRANULARITY_ALIGNMENT =
      new Field("UNMAP GRANULARITY ALIGNMENT", 32, 6, 31);
  private static final Field MAXIMUM_WRITE_SAME_LENGTH =
      Field.bytes("MAXIMUM WRITE SAME LENGTH", 36, 8);

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, LENGTH);
    WSNZ.put(page, wsnz ? 1 : 0);
    MAXIMUM_COMPARE_AND_WRITE_LENGTH.put(page, maximumCompareAndWriteLength);
    OPTIMAL_TRANSFER_LENGTH_GRANULARITY.put(page, optimalTransferLengthGranularity);
    MAXIMUM_TRANSFER_LENGTH.put(page, maximumTransferLength);
    OPTIMAL_TRANSFER_LENGTH.put(page, optimalTransferLength);
    MAXIMUM_PREFETCH_LENGTH.put(page, maximumPrefetchLength);
    MAXIMUM_UNMAP_LBA_COUNT.put(page, maximumUnmapLbaCount);
    MAXIMUM_UNMAP_BLOCK_DESCRIPTOR_COUNT.put(page, maximumUnmapBlockDescriptorCount);
    OPTIMAL_UNMAP_GRANULARITY.put(page, optimalUnmapGranularity);
    UGAVALID.put(page, unmapGranularityAlignment.isPresent() ? 1 : 0);
    UNMAP_GRANULARITY_ALIGNMENT.put(page, unmapGranularityAlignment.orElse(0));
    MAXIMUM_WRITE_SAME_LENGTH.put(page, maximumWriteSameLength);
    atomic.encodeInto(page);
    return page;
  }

  static BlockLimits decode(byte[] returned) {
    byte[] page = VpdHeader.requireLength(returned, LENGTH);
    return new BlockLimits(
        WSNZ.isSet(page),
        MAXIMUM_COMPARE_AND_WRITE_LENGTH.getInt(page),
        OPTIMAL_TRANSFER_LENGTH_GRANULARITY.getInt(page),
        MAXIMUM_TRANSFER_LENGTH.get(page),
        OPTIMAL_TRANSFER_LENGTH.get(page),
        MAXIMUM_PREFETCH_LENGTH.get(page),
        MAXIMUM_UNMAP_LBA_COUNT.get(page),
        MAXIMUM_UNMAP_BLOCK_DESCRIPTOR_COUNT.get(page),
        OPTIMAL_UNMAP_GRANULARITY.get(page),
        UGAVALID.isSet(page)
            ? OptionalLong.of(UNMAP_GRANULARITY_ALIGNMENT.get(page))
            : OptionalLong.empty(),
        MAXIMUM_WRITE_SAME_LENGTH.get(page),
        AtomicLimits.decode(page));
  }
}

package org.untorn.vpd;

/**
 * VPD page B7h, Block Limits Extension (SBC-4 6.6.5). Lengths are in logical blocks; 0 in a maximum
 * of WRITE SCATTERED says "not reported".
 *
 * <pre>
 *   6-7   MAXIMUM NUMBER OF STREAMS      8-9   OPTIMAL STREAM WRITE SIZE
 * 10-13   STREAM GRANULARITY SIZE
 * 16-19   MAXIMUM SCATTERED LBA RANGE TRANSFER LENGTH
 * 22-23   MAXIMUM SCATTERED LBA RANGE DESCRIPTOR COUNT
 * 24-27   MAXIMUM SCATTERED TRANSFER LENGTH
 * </pre>
 *
 * @param maximumNumberOfStreams 0 to 65535; 0: there is no stream control
 * @param optimalStreamWriteSize the alignment and size of the best write to a stream, 0 to 65535
 * @param streamGranularitySize in units of {@code optimalStreamWriteSize}
 * @param maximumScatteredLbaRangeTransferLength what one range of a WRITE SCATTERED may hold
 * @param maximumScatteredLbaRangeDescriptorCount how many ranges it may have, 0 to 65535
 * @param maximumScatteredTransferLength what its BUFFER TRANSFER LENGTH may be
 */
public record BlockLimitsExtension(
    int maximumNumberOfStreams,
    int optimalStreamWriteSize,
    long streamGranularitySize,
    long maximumScatteredLbaRangeTransferLength,
    int maximumScatteredLbaRangeDescriptorCount,
    long maximumScatteredTransferLength)
    implements VpdPage {

  public static final int PAGE_CODE = 0xb7;

  private static final int LENGTH = 32;

  private static final Field MAXIMUM_NUMBER_OF_STREAMS =
      Field.bytes("MAXIMUM NUMBER OF STREAMS", 6, 2);
  private static final Field OPTIMAL_STREAM_WRITE_SIZE =
      Field.bytes("OPTIMAL STREAM WRITE SIZE", 8, 2);
  private static final Field STREAM_GRANULARITY_SIZE =
      Field.bytes("STREAM GRANULARITY SIZE", 10, 4);
  private static final Field MAXIMUM_SCATTERED_LBA_RANGE_TRANSFER_LENGTH =
      Field.bytes("MAXIMUM SCATTERED LBA RANGE TRANSFER LENGTH", 16, 4);
  private static final Field MAXIMUM_SCATTERED_LBA_RANGE_DESCRIPTOR_COUNT =
      Field.bytes("MAXIMUM SCATTERED LBA RANGE DESCRIPTOR COUNT", 22, 2);
  private static final Field MAXIMUM_SCATTERED_TRANSFER_LENGTH =
      Field.bytes("MAXIMUM SCATTERED TRANSFER LENGTH", 24, 4);

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, LENGTH);
    MAXIMUM_NUMBER_OF_STREAMS.put(page, maximumNumberOfStreams);
    OPTIMAL_STREAM_WRITE_SIZE.put(page, optimalStreamWriteSize);
    STREAM_GRANULARITY_SIZE.put(page, streamGranularitySize);
    MAXIMUM_SCATTERED_LBA_RANGE_TRANSFER_LENGTH.put(page, maximumScatteredLbaRangeTransferLength);
    MAXIMUM_SCATTERED_LBA_RANGE_DESCRIPTOR_COUNT.put(page, maximumScatteredLbaRangeDescriptorCount);
    MAXIMUM_SCATTERED_TRANSFER_LENGTH.put(page, maximumScatteredTransferLength);
    return page;
  }

  static BlockLimitsExtension decode(byte[] returned) {
    byte[] page = VpdHeader.requireLength(returned, LENGTH);
    return new BlockLimitsExtension(
        MAXIMUM_NUMBER_OF_STREAMS.getInt(page),
        OPTIMAL_STREAM_WRITE_SIZE.getInt(page),
        STREAM_GRANULARITY_SIZE.get(page),
        MAXIMUM_SCATTERED_LBA_RANGE_TRANSFER_LENGTH.get(page),
        MAXIMUM_SCATTERED_LBA_RANGE_DESCRIPTOR_COUNT.getInt(page),
        MAXIMUM_SCATTERED_TRANSFER_LENGTH.get(page));
  }
}

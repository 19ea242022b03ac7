package org.untorn.core;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.CopyDescriptor;
import org.untorn.vpd.ThirdPartyCopy;

/**
 * How much third-party copy commands may ask for: what VPD page 8Fh and RECEIVE COPY OPERATING
 * PARAMETERS tell, and what the commands check.
 */
final class CopyLimits {

  /** Block device to block device (SPC-5 6.4): the one kind of segment there is. */
  static final int BLOCK_TO_BLOCK = 0x02;

  /**
   * Identification descriptor CSCD descriptor: the one way to name a copy source or destination.
   */
  static final int IDENTIFICATION = 0xE4;

  /** The CSCD descriptor ID of the logical unit that the command was sent to. */
  static final int THIS_LOGICAL_UNIT = 0xFFFF;

  static final int MAXIMUM_CSCD_DESCRIPTORS = 16;
  static final int MAXIMUM_SEGMENT_DESCRIPTORS = 64;

  /** Bytes of both lists together. */
  static final int MAXIMUM_DESCRIPTOR_LIST_LENGTH =
      MAXIMUM_CSCD_DESCRIPTORS * CopyList.CSCD_DESCRIPTOR
          + MAXIMUM_SEGMENT_DESCRIPTORS * CopyList.SEGMENT_DESCRIPTOR;

  static final int MAXIMUM_RANGE_DESCRIPTORS = 64;

  /** Seconds. */
  static final int DEFAULT_INACTIVITY_TIMEOUT = 60;

  /** Seconds. */
  static final int MAXIMUM_INACTIVITY_TIMEOUT = 600;

  /** Seconds: no token is older, however much it is used. */
  static final int MAXIMUM_TOKEN_LIFETIME = 3600;

  /** Bytes that a token stands for, or that are written by one, at most. */
  private static final long MAXIMUM_TOKEN_BYTES = 256 << 20;

  private static final long OPTIMAL_TOKEN_BYTES = 64 << 20;
  private static final int MAXIMUM_SEGMENT_BLOCKS = 0xFFFF;

  private CopyLimits() {}

  /** MAXIMUM TOKEN TRANSFER SIZE, in blocks. */
  static long maximumTokenBlocks(Geometry geometry) {
    return MAXIMUM_TOKEN_BYTES / geometry.blockLength();
  }

  /** MAXIMUM SEGMENT LENGTH, in bytes: all that a segment descriptor can ask for. */
  static long maximumSegmentBytes(Geometry geometry) {
    return (long) MAXIMUM_SEGMENT_BLOCKS * geometry.blockLength();
  }

  /** DATA SEGMENT GRANULARITY: one block. */
  static int granularity(Geometry geometry) {
    return Integer.numberOfTrailingZeros(geometry.blockLength());
  }

  /**
   * VPD page 8Fh.
   *
   * @param rows the disk's commands, of which those with ROD tokens may be missing
   */
  static ThirdPartyCopy page(List<Command> rows, Geometry geometry) {
    SortedMap<Integer, List<Integer>> commands = new TreeMap<>();
    rows.stream()
        .filter(row -> row.operationCode() == 0x83 || row.operationCode() == 0x84)
        .sorted(DiskCommands.ORDER)
        .forEach(
            row ->
                commands
                    .computeIfAbsent(row.operationCode(), code -> new ArrayList<>())
                    .add(row.serviceAction().orElseThrow().value()));
    boolean tokens =
        commands.getOrDefault(0x83, List.of()).contains(PopulateTokenCommand.SERVICE_ACTION);
    List<CopyDescriptor> descriptors = new ArrayList<>();
    if (tokens) {
      descriptors.add(
          new CopyDescriptor.BlockDeviceRodTokenLimits(
              MAXIMUM_RANGE_DESCRIPTORS,
              MAXIMUM_INACTIVITY_TIMEOUT,
              DEFAULT_INACTIVITY_TIMEOUT,
              maximumTokenBlocks(geometry),
              OPTIMAL_TOKEN_BYTES / geometry.blockLength()));
    }
    descriptors.add(new CopyDescriptor.SupportedCommands(commands));
    descriptors.add(
        new CopyDescriptor.ParameterData(
            MAXIMUM_CSCD_DESCRIPTORS,
            MAXIMUM_SEGMENT_DESCRIPTORS,
            MAXIMUM_DESCRIPTOR_LIST_LENGTH,
            0));
    descriptors.add(
        new CopyDescriptor.SupportedDescriptors(List.of(BLOCK_TO_BLOCK, IDENTIFICATION)));
    descriptors.add(new CopyDescriptor.SupportedCscdDescriptorIds(List.of(THIS_LOGICAL_UNIT)));
    if (tokens) {
      descriptors.add(
          new CopyDescriptor.RodTokenFeatures(
              1,
              MAXIMUM_TOKEN_LIFETIME,
              MAXIMUM_INACTIVITY_TIMEOUT,
              MAXIMUM_TOKEN_BYTES,
              OPTIMAL_TOKEN_BYTES));
      descriptors.add(
          new CopyDescriptor.SupportedRodTypes(
              List.of(
                  new CopyDescriptor.SupportedRodTypes.RodType(
                      RodToken.POINT_IN_TIME_DEFAULT, true, true),
                  new CopyDescriptor.SupportedRodTypes.RodType(
                      RodToken.BLOCK_DEVICE_ZERO, true, false))));
    }
    descriptors.add(
        new CopyDescriptor.GeneralCopyOperations(
            CopyManager.CONCURRENT_COPIES,
            CopyManager.CONCURRENT_COPIES,
            maximumSegmentBytes(geometry),
            granularity(geometry)));
    return new ThirdPartyCopy(descriptors);
  }
}

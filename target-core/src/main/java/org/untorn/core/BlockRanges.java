package org.untorn.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.Field;

/**
 * The block device range descriptors of POPULATE TOKEN and WRITE USING TOKEN (SBC-4): blocks of the
 * logical unit, in the order of the token's bytes. No two may have a block in common.
 *
 * <pre>
 *  byte 0-7   LOGICAL BLOCK ADDRESS
 *  byte 8-11  NUMBER OF LOGICAL BLOCKS
 *  byte 12-15 reserved
 * </pre>
 */
final class BlockRanges {

  private static final int DESCRIPTOR = 16;
  private static final Field LBA = Field.bytes("LOGICAL BLOCK ADDRESS", 0, 8);
  private static final Field BLOCKS = Field.bytes("NUMBER OF LOGICAL BLOCKS", 8, 4);

  private BlockRanges() {}

  /** The bytes of the longest list of range descriptors. */
  static int longest() {
    return CopyLimits.MAXIMUM_RANGE_DESCRIPTORS * DESCRIPTOR;
  }

  /** The ranges in a parameter list, which {@link #check} has found to be right; none is empty. */
  static List<BlockExtent> read(byte[] list, Field listLength) {
    return all(list, listLength).stream().filter(range -> range.count() > 0).toList();
  }

  /**
   * What is wrong with the ranges of a parameter list.
   *
   * @param dataLength the parameter list's own length, less the field's two bytes
   * @param listLength the length of the range descriptors, which begin behind it
   */
  static Optional<SenseData> check(
      byte[] list, Field dataLength, Field listLength, Geometry geometry) {
    int start = listLength.lastByte() + 1;
    if (list.length < start) {
      return Optional.of(ParameterList.LENGTH_ERROR);
    }
    int bytes = listLength.getInt(list);
    if (bytes < DESCRIPTOR || bytes % DESCRIPTOR != 0) {
      return wrong(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, listLength);
    }
    if (bytes > longest()) {
      return wrong(AdditionalSense.TOO_MANY_SEGMENT_DESCRIPTORS, listLength);
    }
    if (dataLength.getInt(list) + 2 < start + bytes) {
      return wrong(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, dataLength);
    }
    if (list.length < start + bytes) {
      return Optional.of(ParameterList.LENGTH_ERROR);
    }
    return check(all(list, listLength), start, listLength, geometry);
  }

  private static Optional<SenseData> check(
      List<BlockExtent> ranges, int start, Field listLength, Geometry geometry) {
    long blocks = 0;
    for (int i = 0; i < ranges.size(); i++) {
      BlockExtent range = ranges.get(i);
      if (!geometry.contains(range.lba(), range.count())) {
        return Optional.of(
            Failures.outOfRange(FieldPointer.inParameterList(start + i * DESCRIPTOR, LBA)));
      }
      blocks += range.count();
    }
    if (blocks > CopyLimits.maximumTokenBlocks(geometry) || overlap(ranges)) {
      return wrong(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, listLength);
    }
    return Optional.empty();
  }

  private static boolean overlap(List<BlockExtent> ranges) {
    List<BlockExtent> sorted =
        ranges.stream()
            .filter(range -> range.count() > 0)
            .sorted(Comparator.comparingLong(BlockExtent::lba))
            .toList();
    for (int i = 1; i < sorted.size(); i++) {
      BlockExtent before = sorted.get(i - 1);
      if (before.lba() + before.count() > sorted.get(i).lba()) {
        return true;
      }
    }
    return false;
  }

  private static List<BlockExtent> all(byte[] list, Field listLength) {
    int start = listLength.lastByte() + 1;
    List<BlockExtent> ranges = new ArrayList<>();
    for (int at = start; at < start + listLength.getInt(list); at += DESCRIPTOR) {
      byte[] descriptor = Arrays.copyOfRange(list, at, at + DESCRIPTOR);
      ranges.add(new BlockExtent(LBA.get(descriptor), BLOCKS.get(descriptor)));
    }
    return ranges;
  }

  private static Optional<SenseData> wrong(AdditionalSense what, Field field) {
    return Optional.of(SenseData.illegalRequest(what, FieldPointer.inParameterList(0, field)));
  }
}

package org.untorn.vpd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads third-party copy descriptors that a device returned. */
final class CopyDescriptorReader {

  /** The bytes of a ROD type descriptor. */
  private static final int ROD_TYPE = 64;

  private CopyDescriptorReader() {}

  /** Reads what follows a header; empty if it is of a type that has no record here. */
  static Optional<CopyDescriptor> decode(int type, byte[] body) {
    return switch (type) {
      case 0x0000 ->
          Optional.of(
              new CopyDescriptor.BlockDeviceRodTokenLimits(
                  (int) number(body, 6, 2),
                  number(body, 8, 4),
                  number(body, 12, 4),
                  number(body, 16, 8),
                  number(body, 24, 8)));
      case 0x0001 -> Optional.of(commands(body));
      case 0x0004 ->
          Optional.of(
              new CopyDescriptor.ParameterData(
                  (int) number(body, 4, 2),
                  (int) number(body, 6, 2),
                  number(body, 8, 4),
                  number(body, 12, 4)));
      case 0x0008 ->
          Optional.of(new CopyDescriptor.SupportedDescriptors(numbers(body, 1, body[0] & 0xff, 1)));
      case 0x000c ->
          Optional.of(
              new CopyDescriptor.SupportedCscdDescriptorIds(
                  numbers(body, 2, (int) number(body, 0, 2), 2)));
      case 0x0106 ->
          Optional.of(
              new CopyDescriptor.RodTokenFeatures(
                  number(body, 12, 4),
                  number(body, 16, 4),
                  number(body, 20, 4),
                  number(body, 52, 8),
                  number(body, 60, 8)));
      case 0x0108 -> Optional.of(rodTypes(body));
      case 0x8001 ->
          Optional.of(
              new CopyDescriptor.GeneralCopyOperations(
                  number(body, 0, 4), number(body, 4, 4), number(body, 8, 4), body[12] & 0xff));
      default -> Optional.empty();
    };
  }

  private static CopyDescriptor.SupportedCommands commands(byte[] body) {
    SortedMap<Integer, List<Integer>> found = new TreeMap<>();
    int end = 1 + (body[0] & 0xff);
    for (int at = 1; at + 1 < end; at += 2 + (body[at + 1] & 0xff)) {
      found.put(body[at] & 0xff, numbers(body, at + 2, body[at + 1] & 0xff, 1));
    }
    return new CopyDescriptor.SupportedCommands(found);
  }

  private static CopyDescriptor.SupportedRodTypes rodTypes(byte[] body) {
    List<CopyDescriptor.SupportedRodTypes.RodType> found = new ArrayList<>();
    for (int at = 4; at < 4 + (int) number(body, 2, 2); at += ROD_TYPE) {
      found.add(
          new CopyDescriptor.SupportedRodTypes.RodType(
              number(body, at, 4), (body[at + 4] & 2) != 0, (body[at + 4] & 1) != 0));
    }
    return new CopyDescriptor.SupportedRodTypes(found);
  }

  /** Numbers of so many bytes each, {@code length} bytes of them. */
  private static List<Integer> numbers(byte[] body, int from, int length, int each) {
    List<Integer> found = new ArrayList<>();
    for (int at = from; at < from + length; at += each) {
      found.add((int) number(body, at, each));
    }
    return found;
  }

  private static long number(byte[] body, int at, int length) {
    return Field.bytes("number", 0, length).get(Arrays.copyOfRange(body, at, at + length));
  }
}

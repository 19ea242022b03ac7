package org.untorn.vpd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * VPD page 83h, Device Identification (SPC-5 7.7.6): the names of the logical unit, its port and
 * its target device, one descriptor after the other.
 *
 * @param designators in the order of the page; decoding leaves out kinds that have no record here
 */
public record DeviceIdentification(List<Designator> designators) implements VpdPage {

  public static final int PAGE_CODE = 0x83;

  public DeviceIdentification {
    designators = List.copyOf(designators);
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    List<byte[]> descriptors = designators.stream().map(Designator::encode).toList();
    int length = HEADER_LENGTH + descriptors.stream().mapToInt(d -> d.length).sum();
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, length);
    int at = HEADER_LENGTH;
    for (byte[] descriptor : descriptors) {
      System.arraycopy(descriptor, 0, page, at, descriptor.length);
      at += descriptor.length;
    }
    return page;
  }

  static DeviceIdentification decode(byte[] page) {
    return new DeviceIdentification(designators(page, HEADER_LENGTH));
  }

  /** The designation descriptors from an offset to the end; those of kinds that are known. */
  static List<Designator> designators(byte[] page, int begin) {
    List<Designator> designators = new ArrayList<>();
    int at = begin;
    while (at < page.length) {
      byte[] rest = VpdHeader.requireLength(page, at + DesignatorHeader.LENGTH);
      byte[] header = Arrays.copyOfRange(rest, at, at + DesignatorHeader.LENGTH);
      int end = at + DesignatorHeader.LENGTH + DesignatorHeader.DESIGNATOR_LENGTH.getInt(header);
      VpdHeader.requireLength(page, end);
      Designator.decode(Arrays.copyOfRange(page, at, end)).ifPresent(designators::add);
      at = end;
    }
    return designators;
  }
}

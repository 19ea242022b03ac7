package org.untorn.vpd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * VPD page 8Fh, Third-party Copy (SPC-5 7.7): what the copy manager of the logical unit can do.
 *
 * <pre>
 *  byte 4 - n [ third-party copy descriptors, by ascending type ]   {@link CopyDescriptor}
 * </pre>
 *
 * @param descriptors in the order of the page; decoding leaves out types that have no record here
 */
public record ThirdPartyCopy(List<CopyDescriptor> descriptors) implements VpdPage {

  public static final int PAGE_CODE = 0x8f;

  private static final Field TYPE = Field.bytes("THIRD-PARTY COPY DESCRIPTOR TYPE", 0, 2);
  private static final Field LENGTH = Field.bytes("THIRD-PARTY COPY DESCRIPTOR LENGTH", 2, 2);

  public ThirdPartyCopy {
    descriptors = List.copyOf(descriptors);
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    List<byte[]> encoded = descriptors.stream().map(ThirdPartyCopy::encode).toList();
    int length = HEADER_LENGTH + encoded.stream().mapToInt(one -> one.length).sum();
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, length);
    int at = HEADER_LENGTH;
    for (byte[] descriptor : encoded) {
      System.arraycopy(descriptor, 0, page, at, descriptor.length);
      at += descriptor.length;
    }
    return page;
  }

  private static byte[] encode(CopyDescriptor descriptor) {
    byte[] body = descriptor.body();
    int length = (body.length + 3) & -4;
    byte[] encoded = new byte[CopyDescriptor.HEADER_LENGTH + length];
    TYPE.put(encoded, descriptor.type());
    LENGTH.put(encoded, length);
    System.arraycopy(body, 0, encoded, CopyDescriptor.HEADER_LENGTH, body.length);
    return encoded;
  }

  static ThirdPartyCopy decode(byte[] page) {
    List<CopyDescriptor> descriptors = new ArrayList<>();
    int at = HEADER_LENGTH;
    while (at < page.length) {
      byte[] rest = VpdHeader.requireLength(page, at + CopyDescriptor.HEADER_LENGTH);
      byte[] header = Arrays.copyOfRange(rest, at, at + CopyDescriptor.HEADER_LENGTH);
      int body = at + CopyDescriptor.HEADER_LENGTH;
      int end = body + LENGTH.getInt(header);
      VpdHeader.requireLength(page, end);
      CopyDescriptorReader.decode(TYPE.getInt(header), Arrays.copyOfRange(page, body, end))
          .ifPresent(descriptors::add);
      at = end;
    }
    return new ThirdPartyCopy(descriptors);
  }
}

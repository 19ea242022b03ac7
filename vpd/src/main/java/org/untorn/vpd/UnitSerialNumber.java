package org.untorn.vpd;

/**
 * VPD page 80h: the serial number of the logical unit (SPC-5 7.7), in ASCII.
 *
 * @param serialNumber PRODUCT SERIAL NUMBER, 1 to 251 printable characters: the page then fits an
 *     ALLOCATION LENGTH of one byte
 */
public record UnitSerialNumber(String serialNumber) implements VpdPage {

  public static final int PAGE_CODE = 0x80;

  private static final int MAXIMUM_LENGTH = 251;

  public UnitSerialNumber {
    field(MAXIMUM_LENGTH).check(serialNumber);
    if (serialNumber.isBlank()) {
      throw new IllegalArgumentException("a blank PRODUCT SERIAL NUMBER says there is none");
    }
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, HEADER_LENGTH + serialNumber.length());
    field(serialNumber.length()).put(page, serialNumber);
    return page;
  }

  static UnitSerialNumber decode(byte[] page) {
    return new UnitSerialNumber(field(page.length - HEADER_LENGTH).get(page));
  }

  private static Text field(int length) {
    return new Text("PRODUCT SERIAL NUMBER", HEADER_LENGTH, length);
  }
}

package org.untorn.vpd;

/** The first four bytes of every designation descriptor. */
final class DesignatorHeader {

  static final int LENGTH = 4;

  static final int BINARY = 1;
  static final int ASCII = 2;
  static final int UTF_8 = 3;

  static final Field ASSOCIATION = new Field("ASSOCIATION", 1, 5, 2);
  static final Field DESIGNATOR_TYPE = new Field("DESIGNATOR TYPE", 1, 3, 4);
  static final Field DESIGNATOR_LENGTH = Field.bytes("DESIGNATOR LENGTH", 3, 1);

  private static final Field PROTOCOL_IDENTIFIER = new Field("PROTOCOL IDENTIFIER", 0, 7, 4);
  private static final Field CODE_SET = new Field("CODE SET", 0, 3, 4);
  private static final Field PIV = Field.bit("PIV", 1, 7);
  private static final int ISCSI = 5;

  private DesignatorHeader() {}

  static byte[] descriptor(Designator of, int codeSet, int type, byte[] value) {
    byte[] descriptor = new byte[LENGTH + value.length];
    CODE_SET.put(descriptor, codeSet);
    DESIGNATOR_TYPE.put(descriptor, type);
    ASSOCIATION.put(descriptor, of.association().code());
    if (of.association() != Association.LOGICAL_UNIT) {
      PIV.put(descriptor, 1);
      PROTOCOL_IDENTIFIER.put(descriptor, ISCSI);
    }
    DESIGNATOR_LENGTH.put(descriptor, value.length);
    System.arraycopy(value, 0, descriptor, LENGTH, value.length);
    return descriptor;
  }
}

package org.untorn.core;

import java.util.OptionalInt;
import org.untorn.vpd.Field;

/**
 * Where an illegal request is wrong: the sense-key specific information of ILLEGAL REQUEST (SPC-5
 * 4.4.2.4.2, field pointer).
 *
 * <pre>
 *  bit      7      6      5   4     3     2     1     0
 *  byte 0 [SKSV] [C/D] [reserved] [BPV] [  BIT POINTER  ]
 *  byte 1 [                 FIELD POINTER                ]
 *  byte 2 [                                              ]
 * </pre>
 *
 * @param command true if the field is in the CDB, false if it is in the parameter list
 * @param byteOffset the byte that holds the most significant bit of the field in error
 * @param bit the number of that bit, 7 to 0; empty where the field is made of whole bytes
 */
public record FieldPointer(boolean command, int byteOffset, OptionalInt bit)
    implements SenseKeySpecific {

  private static final Field SKSV = Field.bit("SKSV", 0, 7);
  private static final Field COMMAND_DATA = Field.bit("C/D", 0, 6);
  private static final Field BPV = Field.bit("BPV", 0, 3);
  private static final Field BIT_POINTER = new Field("BIT POINTER", 0, 2, 3);
  private static final Field FIELD_POINTER = Field.bytes("FIELD POINTER", 1, 2);

  /** Points at a field of the CDB. */
  public static FieldPointer inCdb(Field field) {
    return new FieldPointer(true, field.byteOffset(), bitOf(field));
  }

  /** Points at a field of a structure that starts {@code base} bytes into the parameter list. */
  public static FieldPointer inParameterList(int base, Field field) {
    return new FieldPointer(false, base + field.byteOffset(), bitOf(field));
  }

  private static OptionalInt bitOf(Field field) {
    boolean wholeBytes = field.highBit() == 7 && field.width() % 8 == 0;
    return wholeBytes ? OptionalInt.empty() : OptionalInt.of(field.highBit());
  }

  @Override
  public byte[] encode() {
    byte[] bytes = new byte[LENGTH];
    SKSV.put(bytes, 1);
    COMMAND_DATA.put(bytes, command ? 1 : 0);
    BPV.put(bytes, bit.isPresent() ? 1 : 0);
    BIT_POINTER.put(bytes, bit.orElse(0));
    FIELD_POINTER.put(bytes, byteOffset);
    return bytes;
  }
}

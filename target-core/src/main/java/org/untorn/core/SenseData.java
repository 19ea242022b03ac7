package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalLong;
import org.untorn.vpd.Field;

/**
 * Why a command ended in CHECK CONDITION, or what REQUEST SENSE returns (SPC-5 4.4). The D_SENSE
 * bit of the control mode page, or DESC of REQUEST SENSE, decides in which of two formats it goes
 * out:
 *
 * <pre>
 *  fixed format (70h), 18 bytes               descriptor format (72h), 8 bytes and descriptors
 *  byte 0     VALID | RESPONSE CODE 70h       byte 0   RESPONSE CODE 72h
 *  byte 2     SENSE KEY                       byte 1   SENSE KEY
 *  byte 3-6   INFORMATION                     byte 2   ADDITIONAL SENSE CODE
 *  byte 7     ADDITIONAL SENSE LENGTH         byte 3   ADDITIONAL SENSE CODE QUALIFIER
 *  byte 12    ADDITIONAL SENSE CODE           byte 7   ADDITIONAL SENSE LENGTH
 *  byte 13    ADDITIONAL SENSE CODE QUALIFIER          00 0A 80 00 INFORMATION (8 bytes)
 *  byte 15-17 sense-key specific                       02 06 00 00 sense-key specific (3) 00
 * </pre>
 *
 * <p>Information that does not fit the fixed format's 32 bits is left out there (VALID is zero), as
 * SPC-5 4.4.3 has it.
 *
 * @param key the sense key
 * @param additional what exactly
 * @param information the INFORMATION field: an LBA, or the offset of a miscompare
 * @param specific the field in error of an ILLEGAL REQUEST, or how far what makes a unit NOT READY
 *     has come
 */
public record SenseData(
    SenseKey key,
    AdditionalSense additional,
    OptionalLong information,
    Optional<SenseKeySpecific> specific) {

  private static final int FIXED_LENGTH = 18;
  private static final Field VALID = Field.bit("VALID", 0, 7);
  private static final Field RESPONSE_CODE = new Field("RESPONSE CODE", 0, 6, 7);
  private static final Field FIXED_INFORMATION = Field.bytes("INFORMATION", 3, 4);
  private static final int CURRENT_FIXED = 0x70;
  private static final int CURRENT_DESCRIPTOR = 0x72;
  private static final int DESCRIPTOR_HEADER = 8;
  private static final int INFORMATION_DESCRIPTOR = 12;
  private static final int SENSE_KEY_SPECIFIC_DESCRIPTOR = 8;

  /** Sense data that says no more than its code. */
  public SenseData(SenseKey key, AdditionalSense additional) {
    this(key, additional, OptionalLong.empty(), Optional.empty());
  }

  /** 05h/24h/00h with a pointer at a field of the CDB. */
  public static SenseData invalidFieldInCdb(Field field) {
    return illegalRequest(AdditionalSense.INVALID_FIELD_IN_CDB, FieldPointer.inCdb(field));
  }

  /** 05h/26h/00h with a pointer into the parameter list. */
  public static SenseData invalidFieldInParameterList(FieldPointer pointer) {
    return illegalRequest(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, pointer);
  }

  /** 0Bh/1Ah/00h with a pointer at a field of the CDB, as WRITE SCATTERED has it (SBC-4 5.55.2). */
  static SenseData parameterListLengthError(FieldPointer pointer) {
    return new SenseData(
        SenseKey.ABORTED_COMMAND,
        AdditionalSense.PARAMETER_LIST_LENGTH_ERROR,
        OptionalLong.empty(),
        Optional.of(pointer));
  }

  /** An ILLEGAL REQUEST that points at what is wrong. */
  public static SenseData illegalRequest(AdditionalSense additional, FieldPointer pointer) {
    return new SenseData(
        SenseKey.ILLEGAL_REQUEST, additional, OptionalLong.empty(), Optional.of(pointer));
  }

  /** An ILLEGAL REQUEST without a pointer. */
  public static SenseData illegalRequest(AdditionalSense additional) {
    return new SenseData(SenseKey.ILLEGAL_REQUEST, additional);
  }

  /** A unit attention. */
  public static SenseData unitAttention(AdditionalSense additional) {
    return new SenseData(SenseKey.UNIT_ATTENTION, additional);
  }

  /** 02h with a code that says why, and how far that has come. */
  static SenseData notReady(AdditionalSense additional, ProgressIndication progress) {
    return new SenseData(
        SenseKey.NOT_READY, additional, OptionalLong.empty(), Optional.of(progress));
  }

  /** The same with an INFORMATION field. */
  public SenseData withInformation(long value) {
    return new SenseData(key, additional, OptionalLong.of(value), specific);
  }

  /** The SENSE KEY of sense data in either format. */
  static int key(ByteBuf encoded) {
    int start = encoded.readerIndex();
    boolean fixed = (encoded.getByte(start) & (int) RESPONSE_CODE.maximum()) == CURRENT_FIXED;
    return encoded.getByte(start + (fixed ? 2 : 1)) & 0x0F;
  }

  /** The bytes in the format that is asked for. */
  public byte[] encode(boolean descriptorFormat) {
    return descriptorFormat ? descriptor() : fixed();
  }

  private byte[] fixed() {
    byte[] bytes = new byte[FIXED_LENGTH];
    RESPONSE_CODE.put(bytes, CURRENT_FIXED);
    information.ifPresent(
        value -> {
          if (Long.compareUnsigned(value, FIXED_INFORMATION.maximum()) <= 0) {
            VALID.put(bytes, 1);
            FIXED_INFORMATION.put(bytes, value);
          }
        });
    bytes[2] = (byte) key.value();
    bytes[7] = FIXED_LENGTH - 8;
    bytes[12] = (byte) additional.code();
    bytes[13] = (byte) additional.qualifier();
    specific.ifPresent(of -> System.arraycopy(of.encode(), 0, bytes, 15, SenseKeySpecific.LENGTH));
    return bytes;
  }

  private byte[] descriptor() {
    int additionalLength =
        (information.isPresent() ? INFORMATION_DESCRIPTOR : 0)
            + (specific.isPresent() ? SENSE_KEY_SPECIFIC_DESCRIPTOR : 0);
    byte[] bytes = new byte[DESCRIPTOR_HEADER + additionalLength];
    bytes[0] = CURRENT_DESCRIPTOR;
    bytes[1] = (byte) key.value();
    bytes[2] = (byte) additional.code();
    bytes[3] = (byte) additional.qualifier();
    bytes[7] = (byte) additionalLength;
    int at = DESCRIPTOR_HEADER;
    if (information.isPresent()) {
      bytes[at + 1] = INFORMATION_DESCRIPTOR - 2;
      Field.bit("VALID", at + 2, 7).put(bytes, 1);
      Field.bytes("INFORMATION", at + 4, 8).put(bytes, information.getAsLong());
      at += INFORMATION_DESCRIPTOR;
    }
    if (specific.isPresent()) {
      bytes[at] = 0x02;
      bytes[at + 1] = SENSE_KEY_SPECIFIC_DESCRIPTOR - 2;
      System.arraycopy(specific.get().encode(), 0, bytes, at + 4, SenseKeySpecific.LENGTH);
    }
    return bytes;
  }
}

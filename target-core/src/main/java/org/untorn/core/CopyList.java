package org.untorn.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * The parameter list of EXTENDED COPY (SPC-5 6.4): who takes part, and what is copied.
 *
 * <pre>
 *  LID1                                       LID4
 *  byte 0     LIST IDENTIFIER                 byte 0     PARAMETER LIST FORMAT (01h)
 *  byte 1     STR | LIST ID USAGE | PRIORITY  byte 1     STR | LIST ID USAGE | PRIORITY
 *  byte 2-3   CSCD DESCRIPTOR LIST LENGTH     byte 2-3   HEADER CSCD DESCRIPTOR LIST LENGTH (0020h)
 *  byte 8-11  SEGMENT DESCRIPTOR LIST LENGTH  byte 15    G_SENSE | IMMED
 *  byte 12-15 INLINE DATA LENGTH              byte 16    HEADER CSCD DESCRIPTOR TYPE CODE (FFh)
 *  byte 16..  the lists                       byte 20-23 LIST IDENTIFIER
 *                                             byte 42-43 CSCD DESCRIPTOR LIST LENGTH
 *                                             byte 44-45 SEGMENT DESCRIPTOR LIST LENGTH
 *                                             byte 46-47 INLINE DATA LENGTH
 *                                             byte 48..  the lists
 *
 *  CSCD descriptor, 32 bytes                  segment descriptor, 28 bytes
 *  byte 0     DESCRIPTOR TYPE CODE (E4h)      byte 0     DESCRIPTOR TYPE CODE (02h)
 *  byte 1     LU ID TYPE | NUL | DEVICE TYPE  byte 1     DC | CAT
 *  byte 4     CODE SET                        byte 2-3   DESCRIPTOR LENGTH (0018h)
 *  byte 5     ASSOCIATION | DESIGNATOR TYPE   byte 4-5   SOURCE CSCD DESCRIPTOR ID
 *  byte 7     DESIGNATOR LENGTH               byte 6-7   DESTINATION CSCD DESCRIPTOR ID
 *  byte 8-27  DESIGNATOR                      byte 10-11 BLOCK DEVICE NUMBER OF BLOCKS
 *  byte 28    PAD                             byte 12-19 SOURCE LOGICAL BLOCK ADDRESS
 *  byte 29-31 DISK BLOCK LENGTH               byte 20-27 DESTINATION LOGICAL BLOCK ADDRESS
 * </pre>
 *
 * <p>LU ID TYPE is ignored in a descriptor that names the unit itself (SPC-4 on). NUL is obsolete
 * there; a segment that names such a descriptor is refused, for it means that nothing is copied.
 *
 * @param listIdentifier the name of the copy
 * @param named whether it can be asked for by that name (LIST ID USAGE is not 11b)
 * @param immediate whether the command ends before the copy does
 * @param cscds the CSCD descriptors
 * @param cscdBase where the first of them is in the list
 * @param segments the segment descriptors
 */
record CopyList(
    long listIdentifier,
    boolean named,
    boolean immediate,
    List<byte[]> cscds,
    int cscdBase,
    List<byte[]> segments) {

  /** What a parameter list turned out to be. */
  sealed interface Parsed {
    record Good(CopyList list) implements Parsed {}

    record Wrong(SenseData why) implements Parsed {}
  }

  static final int CSCD_DESCRIPTOR = 32;
  static final Field NUL = Field.bit("NUL", 1, 5);
  static final Field DEVICE_TYPE = new Field("PERIPHERAL DEVICE TYPE", 1, 4, 5);
  static final Field CODE_SET = new Field("CODE SET", 4, 3, 4);
  static final Field ASSOCIATION = new Field("ASSOCIATION", 5, 5, 2);
  static final Field DESIGNATOR_TYPE = new Field("DESIGNATOR TYPE", 5, 3, 4);
  static final Field DESIGNATOR_LENGTH = Field.bytes("DESIGNATOR LENGTH", 7, 1);
  static final Field DISK_BLOCK_LENGTH = Field.bytes("DISK BLOCK LENGTH", 29, 3);
  static final int DESIGNATOR = 8;
  static final int LONGEST_DESIGNATOR = 20;

  static final int SEGMENT_DESCRIPTOR = 28;
  static final Field DC = Field.bit("DC", 1, 1);
  static final Field SOURCE = Field.bytes("SOURCE CSCD DESCRIPTOR ID", 4, 2);
  static final Field DESTINATION = Field.bytes("DESTINATION CSCD DESCRIPTOR ID", 6, 2);
  static final Field BLOCKS = Field.bytes("BLOCK DEVICE NUMBER OF BLOCKS", 10, 2);
  static final Field SOURCE_LBA = Field.bytes("SOURCE BLOCK DEVICE LOGICAL BLOCK ADDRESS", 12, 8);
  static final Field DESTINATION_LBA =
      Field.bytes("DESTINATION BLOCK DEVICE LOGICAL BLOCK ADDRESS", 20, 8);

  private static final Field TYPE_CODE = Field.bytes("DESCRIPTOR TYPE CODE", 0, 1);
  private static final Field DESCRIPTOR_LENGTH = Field.bytes("DESCRIPTOR LENGTH", 2, 2);
  private static final int SEGMENT_HEADER = 4;

  private static final Field LIST_ID_USAGE = new Field("LIST ID USAGE", 1, 4, 2);
  private static final int RESERVED_USAGE = 0b01;
  private static final int NOT_NAMED = 0b11;

  private static final Field LIST_FORMAT = Field.bytes("PARAMETER LIST FORMAT", 0, 1);
  private static final Field HEADER_LIST_LENGTH =
      Field.bytes("HEADER CSCD DESCRIPTOR LIST LENGTH", 2, 2);
  private static final Field IMMED = Field.bit("IMMED", 15, 0);
  private static final Field HEADER_TYPE_CODE =
      Field.bytes("HEADER CSCD DESCRIPTOR TYPE CODE", 16, 1);

  /** Where the two kinds of lists have the same. */
  private record Header(
      int length,
      Field listIdentifier,
      Field cscdLength,
      Field segmentLength,
      Field inlineLength) {}

  private static final Header LID1 =
      new Header(
          16,
          Field.bytes("LIST IDENTIFIER", 0, 1),
          Field.bytes("CSCD DESCRIPTOR LIST LENGTH", 2, 2),
          Field.bytes("SEGMENT DESCRIPTOR LIST LENGTH", 8, 4),
          Field.bytes("INLINE DATA LENGTH", 12, 4));

  private static final Header LID4 =
      new Header(
          48,
          Field.bytes("LIST IDENTIFIER", 20, 4),
          Field.bytes("CSCD DESCRIPTOR LIST LENGTH", 42, 2),
          Field.bytes("SEGMENT DESCRIPTOR LIST LENGTH", 44, 2),
          Field.bytes("INLINE DATA LENGTH", 46, 2));

  /** No list is longer; one that says so is not even received. */
  static final int LONGEST = LID4.length() + CopyLimits.MAXIMUM_DESCRIPTOR_LIST_LENGTH;

  /** Reads a list that has at least one byte. */
  static Parsed parse(byte[] list, boolean lid4) {
    Header header = lid4 ? LID4 : LID1;
    if (list.length < header.length()) {
      return new Parsed.Wrong(ParameterList.LENGTH_ERROR);
    }
    Optional<SenseData> wrong =
        (lid4 ? format(list) : Optional.<SenseData>empty())
            .or(() -> usage(list, header, lid4))
            .or(() -> lengths(list, header));
    if (wrong.isPresent()) {
      return new Parsed.Wrong(wrong.get());
    }
    int segmentBase = header.length() + header.cscdLength().getInt(list);
    List<byte[]> cscds = new ArrayList<>();
    for (int at = header.length(); at < segmentBase; at += CSCD_DESCRIPTOR) {
      byte[] cscd = Arrays.copyOfRange(list, at, at + CSCD_DESCRIPTOR);
      Optional<SenseData> bad = cscd(cscd, at);
      if (bad.isPresent()) {
        return new Parsed.Wrong(bad.get());
      }
      cscds.add(cscd);
    }
    List<byte[]> segments = new ArrayList<>();
    int end = segmentBase + header.segmentLength().getInt(list);
    for (int at = segmentBase; at < end; at += SEGMENT_DESCRIPTOR) {
      Optional<SenseData> bad = segment(list, at, end, segments.size(), header);
      if (bad.isPresent()) {
        return new Parsed.Wrong(bad.get());
      }
      segments.add(Arrays.copyOfRange(list, at, at + SEGMENT_DESCRIPTOR));
    }
    return new Parsed.Good(
        new CopyList(
            header.listIdentifier().get(list),
            LIST_ID_USAGE.getInt(list) != NOT_NAMED,
            lid4 && IMMED.isSet(list),
            List.copyOf(cscds),
            header.length(),
            List.copyOf(segments)));
  }

  private static Optional<SenseData> format(byte[] list) {
    return unless(LIST_FORMAT.getInt(list) == 1, LIST_FORMAT)
        .or(() -> unless(HEADER_LIST_LENGTH.getInt(list) == 0x20, HEADER_LIST_LENGTH))
        .or(() -> unless(HEADER_TYPE_CODE.getInt(list) == 0xFF, HEADER_TYPE_CODE));
  }

  /** A copy without a name has the list identifier zero, and does not go on in the background. */
  private static Optional<SenseData> usage(byte[] list, Header header, boolean lid4) {
    int usage = LIST_ID_USAGE.getInt(list);
    boolean named = usage != NOT_NAMED;
    return unless(usage != RESERVED_USAGE, LIST_ID_USAGE)
        .or(() -> unless(named || !header.listIdentifier().isSet(list), header.listIdentifier()))
        .or(() -> unless(named || !lid4 || !IMMED.isSet(list), IMMED));
  }

  private static Optional<SenseData> lengths(byte[] list, Header header) {
    long cscds = header.cscdLength().get(list);
    long segments = header.segmentLength().get(list);
    if (header.inlineLength().isSet(list)) {
      return wrong(AdditionalSense.INLINE_DATA_LENGTH_EXCEEDED, 0, header.inlineLength());
    }
    if (cscds + segments > CopyLimits.MAXIMUM_DESCRIPTOR_LIST_LENGTH
        || header.length() + cscds + segments > list.length) {
      return Optional.of(ParameterList.LENGTH_ERROR);
    }
    if (cscds > (long) CopyLimits.MAXIMUM_CSCD_DESCRIPTORS * CSCD_DESCRIPTOR) {
      return wrong(AdditionalSense.TOO_MANY_TARGET_DESCRIPTORS, 0, header.cscdLength());
    }
    return unless(cscds % CSCD_DESCRIPTOR == 0, header.cscdLength());
  }

  private static Optional<SenseData> cscd(byte[] cscd, int at) {
    if (TYPE_CODE.getInt(cscd) != CopyLimits.IDENTIFICATION) {
      return wrong(AdditionalSense.UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE, at, TYPE_CODE);
    }
    return DESIGNATOR_LENGTH.getInt(cscd) > LONGEST_DESIGNATOR
        ? wrong(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, DESIGNATOR_LENGTH)
        : Optional.empty();
  }

  private static Optional<SenseData> segment(
      byte[] list, int at, int end, int number, Header header) {
    if (number == CopyLimits.MAXIMUM_SEGMENT_DESCRIPTORS) {
      return wrong(AdditionalSense.TOO_MANY_SEGMENT_DESCRIPTORS, 0, header.segmentLength());
    }
    if (end - at < SEGMENT_HEADER) {
      return Optional.of(ParameterList.LENGTH_ERROR);
    }
    byte[] start = Arrays.copyOfRange(list, at, at + SEGMENT_HEADER);
    if (TYPE_CODE.getInt(start) != CopyLimits.BLOCK_TO_BLOCK) {
      return wrong(AdditionalSense.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE, at, TYPE_CODE);
    }
    if (DESCRIPTOR_LENGTH.getInt(start) != SEGMENT_DESCRIPTOR - SEGMENT_HEADER) {
      return wrong(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, DESCRIPTOR_LENGTH);
    }
    return end - at < SEGMENT_DESCRIPTOR
        ? Optional.of(ParameterList.LENGTH_ERROR)
        : Optional.empty();
  }

  private static Optional<SenseData> unless(boolean right, Field field) {
    return right
        ? Optional.empty()
        : wrong(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, 0, field);
  }

  private static Optional<SenseData> wrong(AdditionalSense what, int base, Field field) {
    return Optional.of(SenseData.illegalRequest(what, FieldPointer.inParameterList(base, field)));
  }
}

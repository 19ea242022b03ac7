package org.untorn.core;

import java.util.Optional;
import java.util.OptionalInt;
import org.untorn.vpd.Field;

/**
 * Why a copy ended before it was done: sense data of COPY ABORTED (SPC-5 6.4, errors detected
 * during processing of segment descriptors), with what a copy source or copy destination answered.
 *
 * <pre>
 *  fixed format (70h)                             descriptor format (72h)
 *  byte 2     SENSE KEY Ah                        byte 1   SENSE KEY Ah
 *  byte 8     where the source's answer begins    01 0A    command-specific information: 6 bytes of
 *  byte 9     where the destination's begins               zeros, the segment's number
 *  byte 10-11 the segment's number                02 06    sense-key specific
 *  byte 15-17 sense-key specific                  0C       forwarded sense data: whose (1 source,
 *  byte 18..  the answer: status, sense data               2 destination), status, sense data
 *
 *  bit            7      6      5     4     3     2     1     0
 *  specific 0 [SKSV] [    ] [SD ] [    ] [BPV] [  BIT POINTER  ]
 *  specific 1-2 FIELD POINTER; SD: from the segment descriptor's first byte on, else from the list's
 * </pre>
 *
 * @param additional what exactly
 * @param segment the number of the segment, from 0
 * @param pointer the field in error, if it is one
 * @param reply what a logical unit that was copied from or to answered, if it is that
 */
record CopyAborted(
    AdditionalSense additional, int segment, Optional<Pointer> pointer, Optional<Reply> reply)
    implements CopyFailure {

  /**
   * A field of the parameter list.
   *
   * @param inSegment whether {@code byteOffset} counts from the segment descriptor's first byte
   */
  record Pointer(boolean inSegment, int byteOffset, OptionalInt bit) {

    static Pointer inSegment(Field field) {
      return of(true, 0, field);
    }

    static Pointer inList(int base, Field field) {
      return of(false, base, field);
    }

    private static Pointer of(boolean inSegment, int base, Field field) {
      FieldPointer plain = FieldPointer.inParameterList(base, field);
      return new Pointer(inSegment, plain.byteOffset(), plain.bit());
    }

    private byte[] encode() {
      byte[] bytes = new FieldPointer(false, byteOffset, bit).encode();
      SD.put(bytes, inSegment ? 1 : 0);
      return bytes;
    }
  }

  /**
   * What a logical unit would have answered to the copy manager's own command.
   *
   * @param destination whether it is the copy destination
   * @param status its status
   * @param sense the sense data of CHECK CONDITION
   */
  record Reply(boolean destination, int status, Optional<SenseData> sense) {

    static Reply checkCondition(boolean destination, SenseData sense) {
      return new Reply(destination, CHECK_CONDITION, Optional.of(sense));
    }

    private byte[] encode(boolean descriptorFormat) {
      byte[] inner = sense.map(one -> one.encode(descriptorFormat)).orElse(new byte[0]);
      byte[] bytes = new byte[1 + inner.length];
      bytes[0] = (byte) status;
      System.arraycopy(inner, 0, bytes, 1, inner.length);
      return bytes;
    }
  }

  /** No sense data is longer: descriptor format with both descriptors and a forwarded one. */
  static final int LONGEST = 8 + 12 + 8 + 3 + 1 + 28;

  private static final int CHECK_CONDITION = 0x02;
  private static final Field SD = Field.bit("SD", 0, 5);
  private static final int FIXED_LENGTH = 18;
  private static final int SEGMENT_BYTES = 12;
  private static final int SPECIFIC_BYTES = 8;
  private static final int FORWARDED_HEADER = 3;

  /** Without a field or an answer to point at. */
  CopyAborted(AdditionalSense additional, int segment) {
    this(additional, segment, Optional.empty(), Optional.empty());
  }

  CopyAborted at(Pointer field) {
    return new CopyAborted(additional, segment, Optional.of(field), reply);
  }

  CopyAborted because(Reply answer) {
    return new CopyAborted(additional, segment, pointer, Optional.of(answer));
  }

  @Override
  public byte[] encode(boolean descriptorFormat) {
    return descriptorFormat ? descriptor() : fixed();
  }

  private byte[] fixed() {
    byte[] answer = reply.map(one -> one.encode(false)).orElse(new byte[0]);
    byte[] bytes = new byte[FIXED_LENGTH + answer.length];
    byte[] plain = new SenseData(SenseKey.COPY_ABORTED, additional).encode(false);
    System.arraycopy(plain, 0, bytes, 0, FIXED_LENGTH);
    bytes[7] = (byte) (bytes.length - 8);
    reply.ifPresent(one -> bytes[one.destination() ? 9 : 8] = FIXED_LENGTH);
    segmentAt(10).put(bytes, segment);
    pointer.ifPresent(at -> System.arraycopy(at.encode(), 0, bytes, 15, FieldPointer.LENGTH));
    System.arraycopy(answer, 0, bytes, FIXED_LENGTH, answer.length);
    return bytes;
  }

  private byte[] descriptor() {
    byte[] answer = reply.map(one -> one.encode(true)).orElse(new byte[0]);
    byte[] plain = new SenseData(SenseKey.COPY_ABORTED, additional).encode(true);
    int specific = pointer.isPresent() ? SPECIFIC_BYTES : 0;
    int forwarded = reply.isPresent() ? FORWARDED_HEADER + answer.length : 0;
    byte[] bytes = new byte[plain.length + SEGMENT_BYTES + specific + forwarded];
    System.arraycopy(plain, 0, bytes, 0, plain.length);
    bytes[7] = (byte) (bytes.length - 8);
    int at = plain.length;
    bytes[at] = 0x01;
    bytes[at + 1] = SEGMENT_BYTES - 2;
    segmentAt(at + SEGMENT_BYTES - 2).put(bytes, segment);
    at += SEGMENT_BYTES;
    if (pointer.isPresent()) {
      bytes[at] = 0x02;
      bytes[at + 1] = SPECIFIC_BYTES - 2;
      System.arraycopy(pointer.get().encode(), 0, bytes, at + 4, FieldPointer.LENGTH);
      at += SPECIFIC_BYTES;
    }
    if (reply.isPresent()) {
      bytes[at] = 0x0C;
      bytes[at + 1] = (byte) (FORWARDED_HEADER - 2 + answer.length);
      bytes[at + 2] = (byte) (reply.get().destination() ? 2 : 1);
      System.arraycopy(answer, 0, bytes, at + FORWARDED_HEADER, answer.length);
    }
    return bytes;
  }

  private static Field segmentAt(int offset) {
    return Field.bytes("SEGMENT NUMBER", offset, 2);
  }
}

package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.untorn.backstore.Geometry;

/**
 * What is to be done to every block of a medium: SANITIZE and FORMAT UNIT as what they have in
 * common. It is kept durably while it is under way:
 *
 * <pre>
 *  byte 0     format: 1
 *  byte 1     1: under way, 2: failed
 *  byte 2     1: SANITIZE, 2: FORMAT UNIT
 *  byte 3     bit 0: INVERT, bit 1: AUSE
 *  byte 4     how many times each block is written; 0: it is given back
 *  byte 5..   the pattern
 * </pre>
 *
 * @param kind the command
 * @param passes how many times each block is written, up to 255; 0: all are given back, and read as
 *     zeros
 * @param inverted whether the pattern is inverted from each pass to the next; the last writes it as
 *     it is
 * @param unrestricted AUSE: whether SANITIZE may leave the failure of it behind
 * @param pattern what is repeated in each block that is written, up to a block long
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record Erasure(Kind kind, int passes, boolean inverted, boolean unrestricted, byte[] pattern) {

  /** The command, and what is said of the unit meanwhile, as it fails, and after that. */
  enum Kind {
    SANITIZE(1),
    FORMAT_UNIT(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** While it is under way. */
    SenseData inProgress(ProgressIndication progress) {
      return SenseData.notReady(
          switch (this) {
            case SANITIZE -> AdditionalSense.LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS;
            case FORMAT_UNIT -> AdditionalSense.LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS;
          },
          progress);
    }

    /** The command's own. */
    SenseData failed() {
      return new SenseData(
          SenseKey.MEDIUM_ERROR,
          switch (this) {
            case SANITIZE -> AdditionalSense.SANITIZE_COMMAND_FAILED;
            case FORMAT_UNIT -> AdditionalSense.FORMAT_COMMAND_FAILED;
          });
    }

    /** Until it succeeds. */
    SenseData afterFailure() {
      return switch (this) {
        case SANITIZE -> failed();
        case FORMAT_UNIT ->
            new SenseData(SenseKey.MEDIUM_ERROR, AdditionalSense.MEDIUM_FORMAT_CORRUPTED);
      };
    }
  }

  private static final byte FORMAT = 1;
  private static final byte UNDER_WAY = 1;
  private static final byte FAILED = 2;
  private static final int INVERT = 1;
  private static final int AUSE = 2;
  private static final int HEADER = 5;

  /** What gives every block back. */
  static Erasure byUnmapping(Kind kind, boolean unrestricted) {
    return new Erasure(kind, 0, false, unrestricted, new byte[0]);
  }

  /** What writes a pattern once; what gives every block back if there is none. */
  static Erasure format(byte[] pattern) {
    return pattern.length == 0
        ? byUnmapping(Kind.FORMAT_UNIT, false)
        : new Erasure(Kind.FORMAT_UNIT, 1, false, false, pattern);
  }

  /** How often it goes through the medium. */
  int rounds() {
    return Math.max(1, passes);
  }

  /**
   * What a pass writes to each block.
   *
   * @param pass from 0
   */
  ByteBuffer block(int pass, Geometry geometry) {
    byte[] block = new byte[geometry.blockLength()];
    // An even number of passes begins with the inversion, an odd one does not (SBC-4, INVERT).
    int mask = inverted && (passes - 1 - pass) % 2 != 0 ? 0xFF : 0;
    for (int i = 0; i < block.length; i++) {
      // Protection information becomes FFFF_FFFF_FFFF_FFFFh: nobody checks the block's data.
      int written = i < geometry.dataLength() ? pattern[i % pattern.length] : 0xFF;
      block[i] = (byte) (written ^ mask);
    }
    return ByteBuffer.wrap(block).asReadOnlyBuffer();
  }

  /** The bytes that are kept while it is under way, or when it has failed. */
  byte[] encode(boolean hasFailed) {
    byte[] bytes = new byte[HEADER + pattern.length];
    bytes[0] = FORMAT;
    bytes[1] = hasFailed ? FAILED : UNDER_WAY;
    bytes[2] = (byte) kind.code;
    bytes[3] = (byte) ((inverted ? INVERT : 0) | (unrestricted ? AUSE : 0));
    bytes[4] = (byte) passes;
    System.arraycopy(pattern, 0, bytes, HEADER, pattern.length);
    return bytes;
  }

  /**
   * One that was kept.
   *
   * @param failed whether it has failed; else it was under way
   */
  record Kept(Erasure erasure, boolean failed) {}

  /** Reads what {@link #encode} wrote; empty if it is something else. */
  static Optional<Kept> decode(byte[] bytes) {
    if (bytes.length < HEADER || bytes[0] != FORMAT) {
      return Optional.empty();
    }
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.code == bytes[2])
        .findFirst()
        .map(
            kind ->
                new Kept(
                    new Erasure(
                        kind,
                        bytes[4] & 0xFF,
                        (bytes[3] & INVERT) != 0,
                        (bytes[3] & AUSE) != 0,
                        Arrays.copyOfRange(bytes, HEADER, bytes.length)),
                    bytes[1] == FAILED));
  }
}

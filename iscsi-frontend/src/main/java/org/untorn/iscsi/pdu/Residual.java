package org.untorn.iscsi.pdu;

/**
 * The difference between what an initiator expected to transfer and what was asked for (RFC 7143
 * 11.4.5): {@code UNDERFLOW}, {@code count} expected bytes were not transferred; {@code OVERFLOW},
 * {@code count} bytes more would have been needed; {@code NONE}, count 0.
 *
 * @param count bytes, unsigned
 */
public record Residual(Kind kind, int count) {

  /** No residual. */
  public static final Residual NONE = new Residual(Kind.NONE, 0);

  /** Which way the two differ; the U and O bits (u and o for a bidirectional command's read). */
  public enum Kind {
    NONE(0),
    UNDERFLOW(0x02),
    OVERFLOW(0x04);

    private final int bit;

    Kind(int bit) {
      this.bit = bit;
    }
  }

  /** The residual of a transfer of {@code actual} bytes where {@code expected} were expected. */
  public static Residual of(long expected, long actual) {
    if (expected == actual) {
      return NONE;
    }
    return expected > actual
        ? new Residual(Kind.UNDERFLOW, (int) (expected - actual))
        : new Residual(Kind.OVERFLOW, (int) (actual - expected));
  }

  /** The U or O bit in byte 1 of a SCSI Response or Data-In. */
  int flags() {
    return kind.bit;
  }

  /** Whether byte 1 has both bits set, which means nothing. */
  static boolean contradictory(int flags) {
    return (flags & 0x06) == 0x06;
  }

  static Residual decode(int flags, int count) {
    if ((flags & Kind.UNDERFLOW.bit) != 0) {
      return new Residual(Kind.UNDERFLOW, count);
    }
    return (flags & Kind.OVERFLOW.bit) != 0 ? new Residual(Kind.OVERFLOW, count) : NONE;
  }
}

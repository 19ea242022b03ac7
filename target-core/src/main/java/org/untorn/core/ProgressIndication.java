package org.untorn.core;

import org.untorn.vpd.Field;

/**
 * How far an operation has come that keeps a unit from being ready: the sense-key specific
 * information of NOT READY and NO SENSE (SPC-5 4.4.2.4.4, progress indication).
 *
 * <pre>
 *  bit      7      6    5    4    3    2    1    0
 *  byte 0 [SKSV] [            reserved              ]
 *  byte 1 [           PROGRESS INDICATION           ]
 *  byte 2 [                                         ]
 * </pre>
 *
 * @param done how much of it is done, in 65536ths: 0 to 65535
 */
public record ProgressIndication(int done) implements SenseKeySpecific {

  private static final Field SKSV = Field.bit("SKSV", 0, 7);
  private static final Field PROGRESS_INDICATION = Field.bytes("PROGRESS INDICATION", 1, 2);

  public ProgressIndication {
    PROGRESS_INDICATION.check(done);
  }

  /** A part of a whole, both in the same unit; the whole is not yet done. */
  static ProgressIndication of(long part, long whole) {
    long most = PROGRESS_INDICATION.maximum();
    return new ProgressIndication(
        whole == 0
            ? (int) most
            : (int) Math.min(most, (long) ((double) part / whole * (most + 1))));
  }

  @Override
  public byte[] encode() {
    byte[] bytes = new byte[LENGTH];
    SKSV.put(bytes, 1);
    PROGRESS_INDICATION.put(bytes, done);
    return bytes;
  }
}

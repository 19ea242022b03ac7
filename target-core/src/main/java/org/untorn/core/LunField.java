package org.untorn.core;

import java.util.OptionalInt;

/**
 * The LUN field of eight bytes, as far as this device uses it: the first level's addressing methods
 * for units of one target device (SAM-5 4.7).
 *
 * <pre>
 *  bit        7    6    5    4    3    2    1    0
 *  byte 0 [ 0    0 ][ BUS IDENTIFIER, zero here    ]   peripheral device addressing: LUN 0 to 255
 *  byte 1 [              TARGET OR LUN             ]
 *
 *  byte 0 [ 0    1 ][ FLAT SPACE LUN, high bits    ]   flat space addressing: LUN 0 to 16383
 *  byte 1 [           FLAT SPACE LUN, low          ]
 *
 *  bytes 2 to 7: lower levels, all zero
 * </pre>
 */
public final class LunField {

  /** The highest LUN that flat space addressing can name. */
  static final int MAXIMUM = 0x3FFF;

  private static final int FLAT_SPACE = 0x4000;

  private LunField() {}

  /** The unit that a LUN field names; nothing if it is not in one of the two forms. */
  public static OptionalInt decode(long field) {
    int firstLevel = (int) (field >>> 48);
    if (field << 16 != 0) {
      return OptionalInt.empty();
    }
    if ((firstLevel & 0xC000) == FLAT_SPACE) {
      return OptionalInt.of(firstLevel & MAXIMUM);
    }
    return firstLevel <= 0xFF ? OptionalInt.of(firstLevel) : OptionalInt.empty();
  }

  /** The form in which REPORT LUNS reports a unit: peripheral as far as it reaches, then flat. */
  static long encode(int lun) {
    return (long) (lun <= 0xFF ? lun : FLAT_SPACE | lun) << 48;
  }
}

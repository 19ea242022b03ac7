package org.untorn.vpd;

/**
 * VPD page B1h, Block Device Characteristics (SBC-4 6.6): what the medium is like.
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *   4-5   [            MEDIUM ROTATION RATE             ]   0001h: it does not rotate
 *     6   [                PRODUCT TYPE                 ]
 *     7   [ WABEREQ  ] [ WACEREQ  ] [NOMINAL FORM FACTOR]
 *     8         [MACT] [  ZONED   ]       [BOCS][FUAB][VBUL]
 * </pre>
 *
 * @param mediumRotationRate 0 is not reported, 1 does not rotate, else turns per minute
 * @param wabereq WABEREQ, 0 to 3: what reads find after SANITIZE with BLOCK ERASE; 0 is not told
 * @param wacereq WACEREQ: the same after CRYPTOGRAPHIC ERASE
 * @param fuab FUAB: the FUA bit means what SBC-3 and its successors say; zero: what SBC-2 said
 * @param vbuls VBULS: VERIFY with BYTCHK 01b takes unmapped blocks too
 */
public record BlockDeviceCharacteristics(
    int mediumRotationRate, int wabereq, int wacereq, boolean fuab, boolean vbuls)
    implements VpdPage {

  public static final int PAGE_CODE = 0xb1;

  /** MEDIUM ROTATION RATE of a medium that does not rotate. */
  public static final int NON_ROTATING = 1;

  /** WABEREQ and WACEREQ: what was erased is read without an error. */
  public static final int READS_AFTER_ERASE = 0b01;

  private static final int LENGTH = 64;

  private static final Field MEDIUM_ROTATION_RATE = Field.bytes("MEDIUM ROTATION RATE", 4, 2);
  private static final Field WABEREQ = new Field("WABEREQ", 7, 7, 2);
  private static final Field WACEREQ = new Field("WACEREQ", 7, 5, 2);
  private static final Field FUAB = Field.bit("FUAB", 8, 1);
  private static final Field VBULS = Field.bit("VBULS", 8, 0);

  public BlockDeviceCharacteristics {
    MEDIUM_ROTATION_RATE.check(mediumRotationRate);
    WABEREQ.check(wabereq);
    WACEREQ.check(wacereq);
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, LENGTH);
    MEDIUM_ROTATION_RATE.put(page, mediumRotationRate);
    WABEREQ.put(page, wabereq);
    WACEREQ.put(page, wacereq);
    FUAB.put(page, fuab ? 1 : 0);
    VBULS.put(page, vbuls ? 1 : 0);
    return page;
  }

  static BlockDeviceCharacteristics decode(byte[] returned) {
    byte[] page = VpdHeader.requireLength(returned, LENGTH);
    return new BlockDeviceCharacteristics(
        MEDIUM_ROTATION_RATE.getInt(page),
        WABEREQ.getInt(page),
        WACEREQ.getInt(page),
        FUAB.isSet(page),
        VBULS.isSet(page));
  }
}

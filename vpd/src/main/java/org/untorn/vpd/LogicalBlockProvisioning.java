package org.untorn.vpd;

/**
 * VPD page B2h, Logical Block Provisioning (SBC-4 6.6), without a provisioning group descriptor.
 *
 * <pre>
 *  bit      7     6      5      4     3     2     1      0
 *     4   [            THRESHOLD EXPONENT              ]
 *     5   [LBPU][LBPWS][LBPWS10][   LBPRZ   ][ANC_SUP][DP]
 *     6   [   MINIMUM PERCENTAGE   ] [PROVISIONING TYPE ]
 *     7   [            THRESHOLD PERCENTAGE            ]
 * </pre>
 *
 * @param thresholdExponent THRESHOLD EXPONENT: a threshold set has 2 to this power of blocks; 0:
 *     there are no threshold sets
 * @param lbpu LBPU: UNMAP is supported
 * @param lbpws LBPWS: WRITE SAME(16) unmaps
 * @param lbpws10 LBPWS10: WRITE SAME(10) unmaps
 * @param lbprz LBPRZ, 0 to 7: 1 says that an unmapped block reads as zeros
 * @param ancSup ANC_SUP: blocks can be anchored
 * @param provisioningType 0 is not reported or full, 1 resource provisioned, 2 thin provisioned
 */
public record LogicalBlockProvisioning(
    int thresholdExponent,
    boolean lbpu,
    boolean lbpws,
    boolean lbpws10,
    int lbprz,
    boolean ancSup,
    int provisioningType)
    implements VpdPage {

  public static final int PAGE_CODE = 0xb2;

  /** PROVISIONING TYPE: thin provisioned. */
  public static final int THIN = 2;

  private static final int LENGTH = 8;

  private static final Field THRESHOLD_EXPONENT = Field.bytes("THRESHOLD EXPONENT", 4, 1);
  private static final Field LBPU = Field.bit("LBPU", 5, 7);
  private static final Field LBPWS = Field.bit("LBPWS", 5, 6);
  private static final Field LBPWS10 = Field.bit("LBPWS10", 5, 5);
  private static final Field LBPRZ = new Field("LBPRZ", 5, 4, 3);
  private static final Field ANC_SUP = Field.bit("ANC_SUP", 5, 1);
  private static final Field PROVISIONING_TYPE = new Field("PROVISIONING TYPE", 6, 2, 3);

  public LogicalBlockProvisioning {
    THRESHOLD_EXPONENT.check(thresholdExponent);
    LBPRZ.check(lbprz);
    PROVISIONING_TYPE.check(provisioningType);
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, LENGTH);
    THRESHOLD_EXPONENT.put(page, thresholdExponent);
    LBPU.put(page, lbpu ? 1 : 0);
    LBPWS.put(page, lbpws ? 1 : 0);
    LBPWS10.put(page, lbpws10 ? 1 : 0);
    LBPRZ.put(page, lbprz);
    ANC_SUP.put(page, ancSup ? 1 : 0);
    PROVISIONING_TYPE.put(page, provisioningType);
    return page;
  }

  static LogicalBlockProvisioning decode(byte[] returned) {
    byte[] page = VpdHeader.requireLength(returned, LENGTH);
    return new LogicalBlockProvisioning(
        THRESHOLD_EXPONENT.getInt(page),
        LBPU.isSet(page),
        LBPWS.isSet(page),
        LBPWS10.isSet(page),
        LBPRZ.getInt(page),
        ANC_SUP.isSet(page),
        PROVISIONING_TYPE.getInt(page));
  }
}

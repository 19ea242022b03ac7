package org.untorn.vpd;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * VPD page 86h, Extended INQUIRY Data (SPC-5 7.7), 64 bytes.
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *     4   [ACT_MICRO] [      SPT      ] [GRD] [APP] [REF]
 *     5               [UASK][GRP] [PRI] [HEAD][ORD] [SIMP]
 *     6                           [WU ] [CRD] [NV ] [V  ]
 *     7               [NOPI][PII]                   [LUIC]
 *     8   [ LU_COLL_TYPE  ] [R  ] [RTD]       [HSSR]
 *    13   [   MAXIMUM SUPPORTED SENSE DATA LENGTH       ]
 * </pre>
 *
 * @param flags the one-bit fields that are set
 * @param supportedProtectionTypes SPT, 0 to 7; means something only if the standard data has
 *     PROTECT
 * @param maximumSenseDataLength the longest sense data in bytes, 0 (not reported) to 252
 */
public record ExtendedInquiry(
    Set<Flag> flags, int supportedProtectionTypes, int maximumSenseDataLength) implements VpdPage {

  /** A field of one bit. */
  public enum Flag {
    GRD_CHK(4, 2),
    APP_CHK(4, 1),
    REF_CHK(4, 0),
    UASK_SUP(5, 5),
    GROUP_SUP(5, 4),
    PRIOR_SUP(5, 3),
    HEADSUP(5, 2),
    ORDSUP(5, 1),
    SIMPSUP(5, 0),
    WU_SUP(6, 3),
    CRD_SUP(6, 2),
    NV_SUP(6, 1),
    V_SUP(6, 0),
    NO_PI_CHK(7, 5),
    P_I_I_SUP(7, 4),
    LUICLR(7, 0),
    R_SUP(8, 4),
    RTD_SUP(8, 3),
    HSSRELEF(8, 1);

    private final Field field;

    Flag(int offset, int bit) {
      this.field = Field.bit(name(), offset, bit);
    }
  }

  public static final int PAGE_CODE = 0x86;

  private static final int LENGTH = 64;

  private static final Field SPT = new Field("SPT", 4, 5, 3);
  private static final Field MAXIMUM_SENSE_DATA_LENGTH =
      Field.bytes("MAXIMUM SUPPORTED SENSE DATA LENGTH", 13, 1);

  public ExtendedInquiry {
    Set<Flag> copy = EnumSet.noneOf(Flag.class);
    copy.addAll(flags);
    flags = Collections.unmodifiableSet(copy);
    SPT.check(supportedProtectionTypes);
    if (maximumSenseDataLength < 0 || maximumSenseDataLength > 252) {
      throw new IllegalArgumentException("sense data of " + maximumSenseDataLength + " bytes");
    }
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, LENGTH);
    for (Flag flag : flags) {
      flag.field.put(page, 1);
    }
    SPT.put(page, supportedProtectionTypes);
    MAXIMUM_SENSE_DATA_LENGTH.put(page, maximumSenseDataLength);
    return page;
  }

  static ExtendedInquiry decode(byte[] returned) {
    byte[] page = VpdHeader.requireLength(returned, LENGTH);
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if (flag.field.isSet(page)) {
        flags.add(flag);
      }
    }
    return new ExtendedInquiry(flags, SPT.getInt(page), MAXIMUM_SENSE_DATA_LENGTH.getInt(page));
  }
}

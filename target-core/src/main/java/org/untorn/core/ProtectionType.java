package org.untorn.core;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.ExtendedInquiry;

/**
 * What the protection information of a disk means (SBC-4 4.21.2). A disk without any has type 0,
 * which is none of these.
 *
 * <pre>
 *           LOGICAL BLOCK REFERENCE TAG of block i             not checked, whatever the CDB says, if
 *  type 1   the least significant 4 bytes of its LBA           APPLICATION TAG is FFFFh
 *  type 2   EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG + i   APPLICATION TAG is FFFFh
 *  type 3   the initiator's                                    and REFERENCE TAG is FFFF_FFFFh, too
 * </pre>
 *
 * The guard is the same in all, and the application tag is the initiator's (ATO is one).
 */
enum ProtectionType {
  TYPE_1(0b000, 0b000),
  TYPE_2(0b001, 0b010),
  TYPE_3(0b010, 0b100);

  /** An application tag with which a block is not checked. */
  static final int APPLICATION_ESCAPE = 0xFFFF;

  /** Also the reference tag that is written where nobody says which. */
  static final int REFERENCE_ESCAPE = -1;

  private final int pType;
  private final int supported;

  ProtectionType(int pType, int supported) {
    this.pType = pType;
    this.supported = supported;
  }

  /** That of a volume; empty if its blocks carry none. */
  static Optional<ProtectionType> of(Geometry geometry) {
    return geometry.protection() == 0
        ? Optional.empty()
        : Optional.of(values()[geometry.protection() - 1]);
  }

  /** P_TYPE of READ CAPACITY(16). */
  int pType() {
    return pType;
  }

  /** SPT of VPD page 86h: this type alone, for a volume keeps the one that it was made with. */
  int spt() {
    return supported;
  }

  /** What VPD page 86h says is checked when blocks are read. */
  Set<ExtendedInquiry.Flag> checks() {
    return switch (this) {
      case TYPE_1 -> EnumSet.of(ExtendedInquiry.Flag.GRD_CHK, ExtendedInquiry.Flag.REF_CHK);
      case TYPE_2 ->
          EnumSet.of(
              ExtendedInquiry.Flag.GRD_CHK,
              ExtendedInquiry.Flag.APP_CHK,
              ExtendedInquiry.Flag.REF_CHK);
      case TYPE_3 -> EnumSet.of(ExtendedInquiry.Flag.GRD_CHK);
    };
  }

  /** Whether these tags say that their block is not to be checked when it is read. */
  boolean isEscaped(int application, int reference) {
    return application == APPLICATION_ESCAPE && (this != TYPE_3 || reference == REFERENCE_ESCAPE);
  }

  /** The reference tag of a block that came without one (SBC-4, WRPROTECT 000b). */
  int generatedReference(long lba) {
    return this == TYPE_1 ? (int) lba : REFERENCE_ESCAPE;
  }
}

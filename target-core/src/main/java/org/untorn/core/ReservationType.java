package org.untorn.core;

import java.util.Arrays;
import java.util.Optional;

/** The TYPE of a persistent reservation (SPC-5, persistent reservation type codes). */
enum ReservationType {
  WRITE_EXCLUSIVE(0x1),
  EXCLUSIVE_ACCESS(0x3),
  WRITE_EXCLUSIVE_REGISTRANTS_ONLY(0x5),
  EXCLUSIVE_ACCESS_REGISTRANTS_ONLY(0x6),
  WRITE_EXCLUSIVE_ALL_REGISTRANTS(0x7),
  EXCLUSIVE_ACCESS_ALL_REGISTRANTS(0x8);

  private final int code;

  ReservationType(int code) {
    this.code = code;
  }

  /** The type with a code; nothing if the code is reserved or obsolete. */
  static Optional<ReservationType> of(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }

  int code() {
    return code;
  }

  /** Whether others may read. */
  boolean writeExclusive() {
    return switch (this) {
      case WRITE_EXCLUSIVE, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, WRITE_EXCLUSIVE_ALL_REGISTRANTS ->
          true;
      case EXCLUSIVE_ACCESS, EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, EXCLUSIVE_ACCESS_ALL_REGISTRANTS ->
          false;
    };
  }

  /** Whether every registered nexus is a holder. */
  boolean allRegistrants() {
    return this == WRITE_EXCLUSIVE_ALL_REGISTRANTS || this == EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
  }

  /** Whether only one nexus is the holder, but all that are registered may do what it may. */
  boolean registrantsOnly() {
    return this == WRITE_EXCLUSIVE_REGISTRANTS_ONLY || this == EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;
  }
}

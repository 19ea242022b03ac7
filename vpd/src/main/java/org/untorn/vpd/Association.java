package org.untorn.vpd;

import java.util.Arrays;
import java.util.Optional;

/** What a {@link Designator} names: its ASSOCIATION field. */
public enum Association {
  LOGICAL_UNIT(0),
  TARGET_PORT(1),
  TARGET_DEVICE(2);

  private final int code;

  Association(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static Optional<Association> of(int code) {
    return Arrays.stream(values()).filter(association -> association.code == code).findFirst();
  }
}

package org.untorn.conformance.wire;

import java.util.Optional;

/**
 * Fixed format sense data (SPC-5 4.4.3), as far as tests look at it.
 *
 * @param key the sense key
 * @param code ADDITIONAL SENSE CODE and its qualifier, as in {@code 0x2400}
 * @param pointer what the sense-key specific bytes point at
 */
record Sense(int key, int code, Optional<FieldPointer> pointer) {

  static final int MEDIUM_ERROR = 0x03;
  static final int HARDWARE_ERROR = 0x04;
  static final int ILLEGAL_REQUEST = 0x05;
  static final int UNIT_ATTENTION = 0x06;
  static final int DATA_PROTECT = 0x07;
  static final int INVALID_FIELD_IN_CDB = 0x2400;
  static final int LBA_OUT_OF_RANGE = 0x2100;
  static final int WRITE_ERROR = 0x0C00;
  static final int SPACE_ALLOCATION_FAILED_WRITE_PROTECT = 0x2707;
  static final int THIN_PROVISIONING_SOFT_THRESHOLD_REACHED = 0x3807;
  static final int INTERNAL_TARGET_FAILURE = 0x4400;

  /**
   * The field pointer of an illegal request.
   *
   * @param byteNumber the byte of the CDB
   * @param bit its bit, if BPV says so
   */
  record FieldPointer(boolean inCdb, int byteNumber, Optional<Integer> bit) {}

  static Sense fixed(byte[] sense) {
    if ((sense[0] & 0x7F) != 0x70) {
      throw new AssertionError("not current fixed format: " + (sense[0] & 0xFF));
    }
    int code = (sense[12] & 0xFF) << 8 | (sense[13] & 0xFF);
    Optional<FieldPointer> pointer = Optional.empty();
    if ((sense[15] & 0x80) != 0) {
      Optional<Integer> bit =
          (sense[15] & 0x08) != 0 ? Optional.of(sense[15] & 0x07) : Optional.empty();
      int byteNumber = (sense[16] & 0xFF) << 8 | (sense[17] & 0xFF);
      pointer = Optional.of(new FieldPointer((sense[15] & 0x40) != 0, byteNumber, bit));
    }
    return new Sense(sense[2] & 0x0F, code, pointer);
  }
}

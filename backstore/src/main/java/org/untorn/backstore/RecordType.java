package org.untorn.backstore;

/** What a record is. The code is what is stored; codes are never used again. */
enum RecordType {
  /** The first 512 bytes of a segment. It has no sequence number of its own. */
  SEGMENT(1),
  WRITE(2),
  UNMAP(3),
  CREATE(4),
  BRANCH(5),
  RESIZE(6),
  DELETE(7),
  NOTHING(8),
  ROLLBACK(9);

  private static final RecordType[] BY_CODE = values();

  private final int code;

  RecordType(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static boolean isKnown(int code) {
    return code >= 1 && code <= BY_CODE.length;
  }

  static RecordType of(int code) {
    return BY_CODE[code - 1];
  }
}

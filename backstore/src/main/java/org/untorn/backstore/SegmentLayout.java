package org.untorn.backstore;

/**
 * What a segment looks like.
 *
 * <pre>
 *   unit 0          1                                            segmentBytes
 *        [ header  ][ record ][ record ] ... [ record ] unused  ]
 * </pre>
 */
final class SegmentLayout {

  private static final String PREFIX = "segment-";

  /** The first record begins behind the segment's own header. */
  static final int FIRST_UNIT = 1;

  static final int HEADER_BYTES = FIRST_UNIT * Location.UNIT_BYTES;

  /** What a host reads before it overwrites a part of it, if it is not in its memory. */
  static final int PAGE_BYTES = 4096;

  private SegmentLayout() {}

  /** The bytes from {@code offset} to the end of its page; 0 if a page begins there. */
  static int restOfPage(long offset) {
    return (int) (-offset & (PAGE_BYTES - 1));
  }

  /** The name of the pool's file number {@code index}, from 1 on. */
  static String fileName(int index) {
    return PREFIX + String.format("%08d", index);
  }

  static boolean isSegment(String file) {
    return file.startsWith(PREFIX) && file.length() == PREFIX.length() + 8;
  }

  static int fileIndex(String file) {
    return Integer.parseInt(file.substring(PREFIX.length()));
  }

  /** The longest body that a record without a payload can have. */
  static int maximumBody(int segmentBytes) {
    return segmentBytes - HEADER_BYTES - RecordHeader.BYTES;
  }

  /** The most blocks that one record can hold, wherever they begin. */
  static int maximumBlocks(int segmentBytes, int blockLength) {
    int room = segmentBytes - HEADER_BYTES;
    int blocks = room / blockLength;
    while (recordBytes(blocks, blockLength) > room) {
      blocks--;
    }
    return blocks;
  }

  private static int recordBytes(int blocks, int blockLength) {
    int body = Change.Write.mostBodyBytes(blocks, blockLength);
    return RecordHeader.paddedBytes(body) + blocks * blockLength;
  }
}

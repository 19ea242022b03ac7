package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * An address descriptor that names a defect by its block (SBC-4, address descriptors). The other
 * formats name places on tracks, which this medium does not have.
 *
 * @param length of one descriptor, in bytes
 */
record DefectFormat(int length) {

  private static final int SHORT_BLOCK_FORMAT = 0b000;
  private static final int LONG_BLOCK_FORMAT = 0b011;

  /** The one with a DEFECT LIST FORMAT, if that names blocks. */
  static Optional<DefectFormat> ofBlocks(int code) {
    return switch (code) {
      case SHORT_BLOCK_FORMAT -> Optional.of(new DefectFormat(4));
      case LONG_BLOCK_FORMAT -> Optional.of(new DefectFormat(8));
      default -> Optional.empty();
    };
  }

  /** Whether it can name all of these blocks, which ascend. */
  boolean fits(List<Long> blocks) {
    return blocks.isEmpty() || blocks.getLast() <= address().maximum() || length == Long.BYTES;
  }

  /** The LBA in a descriptor. */
  Field address() {
    return Field.bytes("LOGICAL BLOCK ADDRESS", 0, length);
  }
}

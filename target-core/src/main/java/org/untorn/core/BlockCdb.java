package org.untorn.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * How a command addresses logical blocks: which CDB it has, and where its LBA and its number of
 * blocks stand. The four shapes are those of the READ and WRITE commands of 6, 10, 12 and 16 bytes
 * (SBC-4), which the other commands of the same length share; only the name of the length differs.
 *
 * <pre>
 *              6                  10          12          16
 *  options     -                  byte 1      byte 1      byte 1
 *  LBA         byte 1 bit 4 - 3   byte 2-5    byte 2-5    byte 2-9
 *  length      byte 4, 0 is 256   byte 7-8    byte 6-9    byte 10-13
 *  GROUP       -                  byte 6      byte 10     byte 14
 * </pre>
 *
 * @param length the length of the CDB in bytes
 * @param lba LOGICAL BLOCK ADDRESS
 * @param blocks the number of blocks, under the name that the command has for it
 */
record BlockCdb(int length, Field lba, Field blocks) {

  static final Field DPO = Field.bit("DPO", 1, 4);
  static final Field FUA = Field.bit("FUA", 1, 3);
  static final Field RDPROTECT = new Field("RDPROTECT", 1, 7, 3);
  static final Field WRPROTECT = new Field("WRPROTECT", 1, 7, 3);
  static final Field VRPROTECT = new Field("VRPROTECT", 1, 7, 3);
  static final Field ORPROTECT = new Field("ORPROTECT", 1, 7, 3);

  static final String TRANSFER_LENGTH = "TRANSFER LENGTH";
  static final String VERIFICATION_LENGTH = "VERIFICATION LENGTH";
  static final String PREFETCH_LENGTH = "PREFETCH LENGTH";
  static final String NUMBER_OF_LOGICAL_BLOCKS = "NUMBER OF LOGICAL BLOCKS";

  private static final String LBA = "LOGICAL BLOCK ADDRESS";

  static BlockCdb six() {
    return new BlockCdb(6, new Field(LBA, 1, 4, 21), Field.bytes(TRANSFER_LENGTH, 4, 1));
  }

  static BlockCdb ten(String lengthName) {
    return new BlockCdb(10, Field.bytes(LBA, 2, 4), Field.bytes(lengthName, 7, 2));
  }

  static BlockCdb twelve(String lengthName) {
    return new BlockCdb(12, Field.bytes(LBA, 2, 4), Field.bytes(lengthName, 6, 4));
  }

  static BlockCdb sixteen(String lengthName) {
    return new BlockCdb(16, Field.bytes(LBA, 2, 8), Field.bytes(lengthName, 10, 4));
  }

  /** The same with another field for the number of blocks. */
  BlockCdb withBlocks(Field other) {
    return new BlockCdb(length, lba, other);
  }

  /** Whether the number of blocks is that of the blocks which are transferred, or compared. */
  boolean movesThem() {
    return blocks.name().equals(TRANSFER_LENGTH) || blocks.name().equals(VERIFICATION_LENGTH);
  }

  /** A field of byte 1, which a CDB of 6 bytes needs for the LBA. */
  Optional<Field> option(Field field) {
    return length == 6 ? Optional.empty() : Optional.of(field);
  }

  /** What a command with such a CDB evaluates: these fields of byte 1, the LBA and the length. */
  List<Field> evaluated(Field... options) {
    List<Field> fields = new ArrayList<>();
    for (Field field : options) {
      option(field).ifPresent(fields::add);
    }
    fields.add(lba);
    fields.add(blocks);
    return fields;
  }

  /**
   * GROUP NUMBER, which a device without the grouping function (GROUP_SUP is zero) ignores; a CDB
   * of 6 bytes has none.
   */
  List<Field> group() {
    return length == 6
        ? List.of()
        : List.of(new Field("GROUP NUMBER", length == 10 ? 6 : length - 2, 5, 6));
  }

  /**
   * The duration limit descriptor fields of READ(16) and WRITE(16), which a device without command
   * duration limits ignores.
   */
  List<Field> durationLimit() {
    return length == 16
        ? List.of(Field.bit("DLD2", 1, 0), Field.bit("DLD1", 14, 7), Field.bit("DLD0", 14, 6))
        : List.of();
  }

  /** The first block, as an unsigned number. */
  long lba(CommandTask task) {
    return task.get(lba);
  }

  /** How many blocks, at most 2^32 - 1; zero is none, but 256 in a CDB of 6 bytes. */
  long blocks(CommandTask task) {
    return task.blocks();
  }

  /** The same from the bytes. */
  long blocks(byte[] cdb) {
    long count = blocks.get(cdb);
    return count == 0 && length == 6 ? 256 : count;
  }
}

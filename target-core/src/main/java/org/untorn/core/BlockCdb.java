package org.untorn.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * How a command addresses logical blocks: which CDB it has, and where its LBA and its number of
 * blocks stand. The five shapes are those of the READ and WRITE commands of 6, 10, 12, 16 and 32
 * bytes (SBC-4), which the other commands of the same length share; only the name of the length
 * differs.
 *
 * <pre>
 *              6                  10          12          16           32
 *  options     -                  byte 1      byte 1      byte 1       byte 10
 *  LBA         byte 1 bit 4 - 3   byte 2-5    byte 2-5    byte 2-9     byte 12-19
 *  tags        -                  -           -           -            byte 20-27
 *  length      byte 4, 0 is 256   byte 7-8    byte 6-9    byte 10-13   byte 28-31
 *  GROUP       -                  byte 6      byte 10     byte 14      byte 6
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

  /** The byte of a CDB of 32 that the options are in which the others have in byte 1. */
  private static final int OPTIONS_OF_32 = 10;

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

  static BlockCdb thirtyTwo(String lengthName) {
    return new BlockCdb(32, Field.bytes(LBA, 12, 8), Field.bytes(lengthName, 28, 4));
  }

  /** Begins the row of a command with such a CDB; the code of one of 32 is its service action. */
  Command.Builder row(String name, int code) {
    return length == 32
        ? Command.variableLength(name, "SBC-4", code)
        : Command.row(name, "SBC-4", code, length);
  }

  /** The same with another field for the number of blocks. */
  BlockCdb withBlocks(Field other) {
    return new BlockCdb(length, lba, other);
  }

  /** Whether the number of blocks is that of the blocks which are transferred, or compared. */
  boolean movesThem() {
    return blocks.name().equals(TRANSFER_LENGTH) || blocks.name().equals(VERIFICATION_LENGTH);
  }

  /** An option, which is a field of byte 1, where this CDB has it; one of 6 bytes has none. */
  Field at(Field option) {
    return length == 32
        ? new Field(option.name(), OPTIONS_OF_32, option.highBit(), option.width())
        : option;
  }

  /** The same, and nothing for a CDB of 6 bytes, which needs byte 1 for the LBA. */
  Optional<Field> option(Field option) {
    return length == 6 ? Optional.empty() : Optional.of(at(option));
  }

  /** What a command with such a CDB evaluates: these options, the LBA and the length. */
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
    int at = length == 10 || length == 32 ? 6 : length - 2;
    return length == 6 ? List.of() : List.of(new Field("GROUP NUMBER", at, 5, 6));
  }

  /**
   * The duration limit descriptor fields of READ and WRITE of 16 and 32 bytes, which a device
   * without command duration limits ignores.
   */
  List<Field> durationLimit() {
    return switch (length) {
      case 16 ->
          List.of(Field.bit("DLD2", 1, 0), Field.bit("DLD1", 14, 7), Field.bit("DLD0", 14, 6));
      case 32 ->
          List.of(Field.bit("DLD2", 11, 2), Field.bit("DLD1", 11, 1), Field.bit("DLD0", 11, 0));
      default -> List.of();
    };
  }

  /**
   * What a command of 32 bytes says that it expects of the tags of type 2 protection information;
   * the other CDBs have no such fields.
   */
  List<Field> expectedTags() {
    return length == 32
        ? List.of(
            Field.bytes(ExpectedTags.REFERENCE, 20, 4),
            Field.bytes(ExpectedTags.APPLICATION, 24, 2),
            Field.bytes(ExpectedTags.MASK, 26, 2))
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

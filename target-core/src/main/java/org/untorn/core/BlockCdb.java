package org.untorn.core;

import org.untorn.vpd.Field;

/**
 * How a command addresses logical blocks: which CDB it has, and where its LBA and its number of
 * blocks stand. The four shapes are those of the READ and WRITE commands of 6, 10, 12 and 16 bytes
 * (SBC-4), which the other commands of the same length share; only the name of the length differs.
 *
 * <pre>
 *              6                  10                 12                 16
 *  LBA         byte 1 bit 4 - 3   byte 2-5           byte 2-5           byte 2-9
 *  length      byte 4, 0 is 256   byte 7-8           byte 6-9           byte 10-13
 *  GROUP       -                  byte 6             byte 10            byte 14
 * </pre>
 *
 * @param length the length of the CDB in bytes
 * @param lba LOGICAL BLOCK ADDRESS
 * @param blocks the number of blocks, under the name that the command has for it
 */
record BlockCdb(int length, Field lba, Field blocks) {

  private static final String LBA = "LOGICAL BLOCK ADDRESS";

  static BlockCdb six() {
    return new BlockCdb(6, new Field(LBA, 1, 4, 21), Field.bytes("TRANSFER LENGTH", 4, 1));
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

  /** GROUP NUMBER; commands of 6 bytes have none. */
  Field group() {
    return new Field("GROUP NUMBER", length == 10 ? 6 : length - 2, 5, 6);
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

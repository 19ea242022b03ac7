package org.untorn.core;

import java.util.List;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.Field;

/** READ CAPACITY(10) and (16) (SBC-4): how many blocks there are, and how long. */
record ReadCapacityCommand(Disk disk) {

  /**
   * READ CAPACITY(10)'s answer, 8 bytes: all ones where the last LBA does not fit, or there is
   * none.
   */
  private static final class ShortAnswer {
    private static final int LENGTH = 8;
    private static final Field LAST_LBA = Field.bytes("RETURNED LOGICAL BLOCK ADDRESS", 0, 4);
    private static final Field BLOCK_LENGTH = Field.bytes("LOGICAL BLOCK LENGTH IN BYTES", 4, 4);
  }

  /**
   * READ CAPACITY(16)'s answer, 32 bytes.
   *
   * <pre>
   *  byte 0-7    RETURNED LOGICAL BLOCK ADDRESS
   *  byte 8-11   LOGICAL BLOCK LENGTH IN BYTES
   *  byte 12     reserved, RC BASIS (zero) | P_TYPE | PROT_EN
   *  byte 13     P_I_EXPONENT (zero) | LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT
   *  byte 14-15  LBPME | LBPRZ | LOWEST ALIGNED LOGICAL BLOCK ADDRESS (zero)
   * </pre>
   */
  private static final class LongAnswer {
    private static final int LENGTH = 32;
    private static final Field LAST_LBA = Field.bytes("RETURNED LOGICAL BLOCK ADDRESS", 0, 8);
    private static final Field BLOCK_LENGTH = Field.bytes("LOGICAL BLOCK LENGTH IN BYTES", 8, 4);
    private static final Field P_TYPE = new Field("P_TYPE", 12, 3, 3);
    private static final Field PROT_EN = Field.bit("PROT_EN", 12, 0);
    private static final Field PHYSICAL_EXPONENT =
        new Field("LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT", 13, 3, 4);
    private static final Field LBPME = Field.bit("LBPME", 14, 7);
    private static final Field LBPRZ = Field.bit("LBPRZ", 14, 6);
    private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 10, 4);
  }

  static List<Command> rows(Disk disk) {
    ReadCapacityCommand command = new ReadCapacityCommand(disk);
    return List.of(command.ten(), command.sixteen());
  }

  private Command ten() {
    return Command.row("READ CAPACITY(10)", "SBC-4", 0x25, 10)
        .dataIn()
        .traits(Command.Trait.MEDIUM_ACCESS)
        .reservation(Command.UnderReservation.ALLOWED)
        .reach(Reach.STANDBY)
        .handledBy(
            task -> {
              byte[] data = new byte[ShortAnswer.LENGTH];
              long last = disk.geometry().blocks() - 1;
              long most = ShortAnswer.LAST_LBA.maximum();
              ShortAnswer.LAST_LBA.put(data, last < 0 ? most : Math.min(last, most));
              ShortAnswer.BLOCK_LENGTH.put(data, disk.geometry().dataLength());
              task.complete(Outcome.good(data));
            });
  }

  private Command sixteen() {
    return Command.row("READ CAPACITY(16)", "SBC-4", 0x9E, 0x10, 16)
        .fields(LongAnswer.ALLOCATION_LENGTH)
        .dataIn()
        .traits(Command.Trait.MEDIUM_ACCESS)
        .reservation(Command.UnderReservation.ALLOWED)
        .reach(Reach.STANDBY)
        .handledBy(task -> task.answer(capacity(), LongAnswer.ALLOCATION_LENGTH));
  }

  private byte[] capacity() {
    Geometry geometry = disk.geometry();
    byte[] data = new byte[LongAnswer.LENGTH];
    LongAnswer.LAST_LBA.put(data, geometry.blocks() - 1);
    LongAnswer.BLOCK_LENGTH.put(data, geometry.dataLength());
    ProtectionType.of(geometry)
        .ifPresent(
            type -> {
              LongAnswer.P_TYPE.put(data, type.pType());
              LongAnswer.PROT_EN.put(data, 1);
            });
    LongAnswer.PHYSICAL_EXPONENT.put(data, disk.profile().physicalBlockExponent());
    LongAnswer.LBPME.put(data, 1);
    LongAnswer.LBPRZ.put(data, 1);
    return data;
  }
}

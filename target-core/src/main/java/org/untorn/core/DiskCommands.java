package org.untorn.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/** The rows of a disk's command table, by ascending operation code. */
final class DiskCommands {

  static final Field WRPROTECT = new Field("WRPROTECT", 1, 7, 3);
  static final Field RDPROTECT = new Field("RDPROTECT", 1, 7, 3);
  static final Field DPO = Field.bit("DPO", 1, 4);
  static final Field FUA = Field.bit("FUA", 1, 3);
  private static final Field RARC = Field.bit("RARC", 1, 2);
  private static final Field DLD2 = Field.bit("DLD2", 1, 0);
  private static final Field DLD1 = Field.bit("DLD1", 14, 7);
  private static final Field DLD0 = Field.bit("DLD0", 14, 6);
  private static final String TRANSFER_LENGTH = "TRANSFER LENGTH";

  private DiskCommands() {}

  static List<Command> of(Disk disk) {
    List<Command> rows = new ArrayList<>();
    rows.add(testUnitReady());
    rows.add(new RequestSenseCommand(nexus -> requestSense(disk, nexus)).row());
    rows.add(new InquiryCommand(disk.profile().inquiry(), disk.profile().vpdPages()).row());
    rows.add(new ReportLunsCommand().row());
    rows.add(new ReadCapacityCommand(disk).ten());
    rows.add(new ReadCapacityCommand(disk).sixteen());
    rows.addAll(reads(disk));
    rows.addAll(writes(disk));
    rows.sort((one, other) -> Integer.compare(order(one), order(other)));
    return rows;
  }

  private static int order(Command row) {
    int action = row.serviceAction().map(Command.ServiceAction::value).orElse(0);
    return row.operationCode() << 16 | action;
  }

  private static Command testUnitReady() {
    return Command.row("TEST UNIT READY", "SPC-5", 0x00, 6)
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED)
        .handledBy(task -> task.complete(Outcome.GOOD));
  }

  /** A pending unit attention, which is cleared; else why the unit is not ready; else nothing. */
  private static SenseData requestSense(Disk disk, Nexus nexus) {
    return disk.attentions()
        .take(nexus)
        .map(SenseData::unitAttention)
        .or(disk::notReady)
        .orElse(RequestSenseCommand.NOTHING);
  }

  private static List<Command> reads(Disk disk) {
    BlockCdb six = BlockCdb.six();
    BlockCdb ten = BlockCdb.ten(TRANSFER_LENGTH);
    BlockCdb twelve = BlockCdb.twelve(TRANSFER_LENGTH);
    BlockCdb sixteen = BlockCdb.sixteen(TRANSFER_LENGTH);
    return List.of(
        read("READ(6)", 0x08, six)
            .fields(six.lba(), six.blocks())
            .handledBy(new ReadCommand(disk, six, Optional.empty(), Optional.empty())),
        read("READ(10)", 0x28, ten)
            .fields(RDPROTECT, DPO, FUA, ten.lba(), ten.blocks())
            .ignores(RARC, ten.group())
            .handledBy(new ReadCommand(disk, ten, Optional.of(RDPROTECT), Optional.of(FUA))),
        read("READ(12)", 0xA8, twelve)
            .fields(RDPROTECT, DPO, FUA, twelve.lba(), twelve.blocks())
            .ignores(RARC, twelve.group())
            .handledBy(new ReadCommand(disk, twelve, Optional.of(RDPROTECT), Optional.of(FUA))),
        read("READ(16)", 0x88, sixteen)
            .fields(RDPROTECT, DPO, FUA, sixteen.lba(), sixteen.blocks())
            .ignores(RARC, DLD2, DLD1, DLD0, sixteen.group())
            .handledBy(new ReadCommand(disk, sixteen, Optional.of(RDPROTECT), Optional.of(FUA))));
  }

  private static Command.Builder read(String name, int operationCode, BlockCdb cdb) {
    return Command.row(name, "SBC-4", operationCode, cdb.length())
        .addresses(cdb)
        .dataIn()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE);
  }

  private static List<Command> writes(Disk disk) {
    BlockCdb six = BlockCdb.six();
    BlockCdb ten = BlockCdb.ten(TRANSFER_LENGTH);
    BlockCdb twelve = BlockCdb.twelve(TRANSFER_LENGTH);
    BlockCdb sixteen = BlockCdb.sixteen(TRANSFER_LENGTH);
    return List.of(
        write("WRITE(6)", 0x0A, six)
            .fields(six.lba(), six.blocks())
            .handledBy(new WriteCommand(disk, six, Optional.empty(), Optional.empty())),
        write("WRITE(10)", 0x2A, ten)
            .fields(WRPROTECT, DPO, FUA, ten.lba(), ten.blocks())
            .ignores(ten.group())
            .handledBy(new WriteCommand(disk, ten, Optional.of(WRPROTECT), Optional.of(FUA))),
        write("WRITE(12)", 0xAA, twelve)
            .fields(WRPROTECT, DPO, FUA, twelve.lba(), twelve.blocks())
            .ignores(twelve.group())
            .handledBy(new WriteCommand(disk, twelve, Optional.of(WRPROTECT), Optional.of(FUA))),
        write("WRITE(16)", 0x8A, sixteen)
            .fields(WRPROTECT, DPO, FUA, sixteen.lba(), sixteen.blocks())
            .ignores(DLD2, DLD1, DLD0, sixteen.group())
            .handledBy(new WriteCommand(disk, sixteen, Optional.of(WRPROTECT), Optional.of(FUA))));
  }

  static Command.Builder write(String name, int operationCode, BlockCdb cdb) {
    return Command.row(name, "SBC-4", operationCode, cdb.length())
        .addresses(cdb)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .reservation(UnderReservation.CONFLICT);
  }
}

package org.untorn.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * FORMAT UNIT (SBC-4): gives every block back, or writes an initialization pattern to it, in the
 * background ({@link Eraser}). The capacity and the length of the blocks stay as they are. There is
 * no certification: DCRT and DPRY ask for what is so anyway.
 *
 * <pre>
 *  parameter list         short header              long header (LONGLIST)
 *  PROTECTION FIELD USAGE byte 0 bits 2-0           the same
 *  FOV DPRY DCRT STPF IP  byte 1 bits 7-3           the same
 *  IMMED                  byte 1 bit 1              the same
 *  P_I_INFORMATION, P.I.E.-                         byte 3
 *  DEFECT LIST LENGTH     byte 2-3                  byte 4-7
 *
 *  initialization pattern descriptor, if IP         defect list
 *  byte 0     SI: bit 5                             LBAs of 4 bytes (short) or 8 (long format),
 *  byte 1     INITIALIZATION PATTERN TYPE           ascending
 *  byte 2-3   INITIALIZATION PATTERN LENGTH
 *  byte 4..   INITIALIZATION PATTERN
 * </pre>
 */
record FormatUnitCommand(Disk disk) implements Command.Handler {

  private static final Field FMTPINFO = new Field("FMTPINFO", 1, 7, 2);
  private static final Field LONGLIST = Field.bit("LONGLIST", 1, 5);
  private static final Field FMTDATA = Field.bit("FMTDATA", 1, 4);
  private static final Field CMPLST = Field.bit("CMPLST", 1, 3);
  private static final Field DEFECT_LIST_FORMAT = new Field("DEFECT LIST FORMAT", 1, 2, 3);
  private static final Field FFMT = new Field("FFMT", 4, 1, 2);

  /** A parameter list is as long as the initiator offers, and no longer than this. */
  private static final int LONGEST_LIST = 64 << 10;

  private static final int SHORT_HEADER = 4;
  private static final int LONG_HEADER = 8;
  private static final Field PROTECTION_FIELD_USAGE = new Field("PROTECTION FIELD USAGE", 0, 2, 3);
  private static final Field FOV = Field.bit("FOV", 1, 7);
  private static final Field DPRY = Field.bit("DPRY", 1, 6);
  private static final Field DCRT = Field.bit("DCRT", 1, 5);
  private static final Field STPF = Field.bit("STPF", 1, 4);
  private static final Field IP = Field.bit("IP", 1, 3);
  private static final Field IMMED = Field.bit("IMMED", 1, 1);
  private static final Field P_I_INFORMATION = new Field("P_I_INFORMATION", 3, 7, 4);
  private static final Field PROTECTION_INTERVAL_EXPONENT =
      new Field("PROTECTION INTERVAL EXPONENT", 3, 3, 4);
  private static final Field SHORT_DEFECT_LIST_LENGTH = Field.bytes("DEFECT LIST LENGTH", 2, 2);
  private static final Field LONG_DEFECT_LIST_LENGTH = Field.bytes("DEFECT LIST LENGTH", 4, 4);

  private static final int PATTERN_HEADER = 4;
  private static final Field SI = Field.bit("SI", 0, 5);
  private static final Field PATTERN_TYPE = Field.bytes("INITIALIZATION PATTERN TYPE", 1, 1);
  private static final Field PATTERN_LENGTH = Field.bytes("INITIALIZATION PATTERN LENGTH", 2, 2);
  private static final int DEFAULT_PATTERN = 0;
  private static final int REPEATED_PATTERN = 1;

  /** What a parameter list asks for. */
  private sealed interface Reading {

    record Accepted(boolean immediate, Erasure erasure, List<Long> defects) implements Reading {}

    record Refused(SenseData why) implements Reading {}
  }

  Command row() {
    return Command.row("FORMAT UNIT", "SBC-4", 0x04, 6)
        .fields(FMTPINFO, LONGLIST, FMTDATA, CMPLST, DEFECT_LIST_FORMAT, FFMT)
        .ignores(List.of(Field.bytes("Vendor specific", 2, 1)))
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM, Trait.MENDS_FORMAT)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong =
        protection(task).or(() -> Disk.mustBeZero(task, FFMT)).or(() -> disk.writeProtection(task));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
    } else if (!task.isSet(FMTDATA)) {
      format(task, new Reading.Accepted(false, Erasure.format(new byte[0]), List.of()));
    } else {
      int offered = (int) Math.min(task.dataOutBufferSize(), LONGEST_LIST);
      ParameterList.receive(
          task,
          offered,
          list -> {
            switch (read(task, list)) {
              case Reading.Accepted accepted -> format(task, accepted);
              case Reading.Refused(SenseData why) -> task.refuse(why);
            }
          });
    }
  }

  /** The protection information that the CDB asks for: there is none. */
  private static Optional<SenseData> protection(CommandTask task) {
    return Disk.mustBeZero(task, FMTPINFO);
  }

  /** What the parameter list says of protection information that there is none of. */
  private static Optional<Field> protection(byte[] list, boolean longHeader) {
    if (PROTECTION_FIELD_USAGE.isSet(list)) {
      return Optional.of(PROTECTION_FIELD_USAGE);
    }
    if (longHeader && P_I_INFORMATION.isSet(list)) {
      return Optional.of(P_I_INFORMATION);
    }
    return longHeader && PROTECTION_INTERVAL_EXPONENT.isSet(list)
        ? Optional.of(PROTECTION_INTERVAL_EXPONENT)
        : Optional.empty();
  }

  private void format(CommandTask task, Reading.Accepted how) {
    boolean listIsComplete = task.isSet(FMTDATA) && task.isSet(CMPLST);
    if (listIsComplete) {
      disk.medium().defects().clear();
    }
    if (!disk.medium().defects().add(how.defects())) {
      task.refuse(ReassignBlocksCommand.NO_SPARE);
      return;
    }
    disk.medium().eraser().begin(task, how.erasure(), how.immediate());
    disk.copies().tokens().cancel();
  }

  private Reading read(CommandTask task, byte[] list) {
    boolean longHeader = task.isSet(LONGLIST);
    int header = longHeader ? LONG_HEADER : SHORT_HEADER;
    if (list.length < header) {
      return new Reading.Refused(ParameterList.LENGTH_ERROR);
    }
    Optional<Field> wrong = protection(list, longHeader).or(() -> options(list));
    if (wrong.isPresent()) {
      return refused(0, wrong.get());
    }
    int at = header;
    byte[] pattern = {};
    if (IP.isSet(list)) {
      byte[] descriptor = Arrays.copyOfRange(list, at, list.length);
      if (descriptor.length < PATTERN_HEADER) {
        return new Reading.Refused(ParameterList.LENGTH_ERROR);
      }
      Optional<Field> wrongPattern = pattern(descriptor);
      if (wrongPattern.isPresent()) {
        return refused(at, wrongPattern.get());
      }
      int end = PATTERN_HEADER + PATTERN_LENGTH.getInt(descriptor);
      if (end > descriptor.length) {
        return new Reading.Refused(ParameterList.LENGTH_ERROR);
      }
      pattern = Arrays.copyOfRange(descriptor, PATTERN_HEADER, end);
      at += end;
    }
    Field length = longHeader ? LONG_DEFECT_LIST_LENGTH : SHORT_DEFECT_LIST_LENGTH;
    return defects(task, list, at, length, pattern);
  }

  /**
   * Without FOV none of the bits that it validates may be set. STPF stops at what never happens.
   */
  private static Optional<Field> options(byte[] list) {
    return FOV.isSet(list)
        ? Optional.empty()
        : List.of(DPRY, DCRT, STPF, IP).stream().filter(bit -> bit.isSet(list)).findFirst();
  }

  private Optional<Field> pattern(byte[] descriptor) {
    if (SI.isSet(descriptor)) {
      return Optional.of(SI);
    }
    int length = PATTERN_LENGTH.getInt(descriptor);
    return switch (PATTERN_TYPE.getInt(descriptor)) {
      case DEFAULT_PATTERN -> Optional.of(PATTERN_LENGTH).filter(_ -> length != 0);
      case REPEATED_PATTERN ->
          Optional.of(PATTERN_LENGTH)
              .filter(_ -> length == 0 || length > disk.geometry().dataLength());
      default -> Optional.of(PATTERN_TYPE);
    };
  }

  private Reading defects(
      CommandTask task, byte[] list, int at, Field lengthField, byte[] pattern) {
    long length = lengthField.get(list);
    if (length > list.length - at) {
      return new Reading.Refused(ParameterList.LENGTH_ERROR);
    }
    Optional<DefectFormat> format = DefectFormat.ofBlocks(task.getInt(DEFECT_LIST_FORMAT));
    if (length > 0 && format.isEmpty()) {
      return new Reading.Refused(SenseData.invalidFieldInCdb(DEFECT_LIST_FORMAT));
    }
    List<Long> blocks = new ArrayList<>();
    if (length > 0) {
      int size = format.get().length();
      if (length % size != 0) {
        return refused(0, lengthField);
      }
      Field address = format.get().address();
      for (int i = at; i < at + length; i += size) {
        byte[] descriptor = Arrays.copyOfRange(list, i, i + size);
        if (!disk.geometry().contains(address.get(descriptor), 1)) {
          return refused(i, address);
        }
        blocks.add(address.get(descriptor));
      }
    }
    return new Reading.Accepted(IMMED.isSet(list), Erasure.format(pattern), blocks);
  }

  private static Reading refused(int base, Field field) {
    return new Reading.Refused(
        SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(base, field)));
  }
}

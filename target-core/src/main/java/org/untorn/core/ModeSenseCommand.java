package org.untorn.core;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * MODE SENSE (SPC-5): header, block descriptor and mode pages, with the values that PC asks for.
 *
 * @param header the header of this length of the command
 * @param longLba LLBAA, which allows long block descriptors; only the CDB of 10 bytes has it
 */
record ModeSenseCommand(
    Disk disk, ModeHeader header, Optional<Field> longLba, Field allocationLength)
    implements Command.Handler {

  private static final Field LLBAA = Field.bit("LLBAA", 1, 4);
  private static final Field DBD = Field.bit("DBD", 1, 3);
  private static final Field PC = new Field("PC", 2, 7, 2);
  private static final Field PAGE_CODE = new Field("PAGE CODE", 2, 5, 6);
  private static final Field SUBPAGE_CODE = Field.bytes("SUBPAGE CODE", 3, 1);

  private static final int CURRENT = 0b00;
  private static final int CHANGEABLE = 0b01;
  private static final int DEFAULT = 0b10;

  private static final int ALL_PAGES = 0x3F;
  private static final int ALL_SUBPAGES = 0xFF;

  private static final SenseData NOTHING_SAVED =
      SenseData.illegalRequest(
          AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED, FieldPointer.inCdb(PC));

  static List<Command> rows(Disk disk) {
    ModeSenseCommand six =
        new ModeSenseCommand(
            disk, ModeHeader.SIX, Optional.empty(), Field.bytes("ALLOCATION LENGTH", 4, 1));
    ModeSenseCommand ten =
        new ModeSenseCommand(
            disk, ModeHeader.TEN, Optional.of(LLBAA), Field.bytes("ALLOCATION LENGTH", 7, 2));
    return List.of(
        Command.row("MODE SENSE(6)", "SPC-5", 0x1A, 6)
            .fields(DBD, PC, PAGE_CODE, SUBPAGE_CODE, six.allocationLength)
            .dataIn()
            .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
            .reach(Reach.STANDBY)
            .handledBy(six),
        Command.row("MODE SENSE(10)", "SPC-5", 0x5A, 10)
            .fields(LLBAA, DBD, PC, PAGE_CODE, SUBPAGE_CODE, ten.allocationLength)
            .dataIn()
            .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
            .reach(Reach.STANDBY)
            .handledBy(ten));
  }

  @Override
  public void execute(CommandTask task) {
    ModeParameters parameters = disk.state().mode();
    switch (task.getInt(PC)) {
      case CURRENT -> answer(task, page -> disk.filled(page, parameters.current(page)));
      case CHANGEABLE -> answer(task, ModePage::changeableMask);
      case DEFAULT -> answer(task, page -> disk.filled(page, page.defaults()));
      default -> task.refuse(NOTHING_SAVED);
    }
  }

  private void answer(CommandTask task, Function<ModePage, byte[]> values) {
    int pageCode = task.getInt(PAGE_CODE);
    List<ModePage> withCode =
        ModePage.TABLE.stream()
            .filter(page -> pageCode == ALL_PAGES || pageCode == page.pageCode())
            .toList();
    int subpage = task.getInt(SUBPAGE_CODE);
    List<ModePage> pages =
        withCode.stream()
            .filter(page -> subpage == ALL_SUBPAGES || subpage == page.subpageCode())
            .toList();
    boolean oneOfAll = pageCode == ALL_PAGES && subpage != 0 && subpage != ALL_SUBPAGES;
    if (withCode.isEmpty()) {
      task.refuse(PAGE_CODE);
    } else if (pages.isEmpty() || oneOfAll) {
      task.refuse(SUBPAGE_CODE);
    } else {
      task.answer(encode(task, pages, values), allocationLength);
    }
  }

  private byte[] encode(CommandTask task, List<ModePage> pages, Function<ModePage, byte[]> values) {
    boolean longDescriptor = longLba.filter(task::isSet).isPresent() && !task.isSet(DBD);
    int descriptorLength =
        task.isSet(DBD)
            ? 0
            : longDescriptor ? ModeHeader.LONG_DESCRIPTOR : ModeHeader.SHORT_DESCRIPTOR;
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(new byte[header.length()]);
    data.writeBytes(ModeHeader.descriptor(disk.geometry(), descriptorLength));
    pages.forEach(page -> data.writeBytes(values.apply(page)));
    byte[] bytes = data.toByteArray();
    header.modeDataLength().put(bytes, bytes.length - 1 - header.modeDataLength().lastByte());
    header.writeProtect().put(bytes, disk.isWriteProtected() ? 1 : 0);
    header.dpofua().put(bytes, 1);
    header.descriptorLength().put(bytes, descriptorLength);
    if (longDescriptor) {
      ModeHeader.LONGLBA.put(bytes, 1);
    }
    return bytes;
  }
}

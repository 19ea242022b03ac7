package org.untorn.core;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * LOG SENSE (SPC-5): the log pages with figures of now. Nothing can be saved, and there are no
 * thresholds: what there is are current cumulative values, which LOG SELECT can set.
 */
record LogSenseCommand(Disk disk) implements Command.Handler {

  private static final Field SP = Field.bit("SP", 1, 0);
  private static final Field PC = new Field("PC", 2, 7, 2);
  private static final Field PAGE_CODE = new Field("PAGE CODE", 2, 5, 6);
  private static final Field SUBPAGE_CODE = Field.bytes("SUBPAGE CODE", 3, 1);
  private static final Field PARAMETER_POINTER = Field.bytes("PARAMETER POINTER", 5, 2);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 7, 2);

  private static final int CUMULATIVE = 0b01;
  private static final int SUPPORTED_PAGES = 0x00;
  private static final int ALL_SUBPAGES = 0xFF;

  Command row() {
    return Command.row("LOG SENSE", "SPC-5", 0x4D, 10)
        .fields(SP, PC, PAGE_CODE, SUBPAGE_CODE, PARAMETER_POINTER, ALLOCATION_LENGTH)
        .dataIn()
        .traits(Command.Trait.DURING_ERASURE)
        .reservation(UnderReservation.ALLOWED)
        .reach(Reach.STANDBY)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    int pageCode = task.getInt(PAGE_CODE);
    boolean listsPages = pageCode == SUPPORTED_PAGES;
    boolean listsSubpages = listsPages && task.getInt(SUBPAGE_CODE) == ALL_SUBPAGES;
    Optional<SenseData> erasing =
        disk.medium().eraser().exclusive().filter(_ -> pageCode != LogPage.TEMPERATURE_CODE);
    if (erasing.isPresent()) {
      task.refuse(erasing.get());
    } else if (task.isSet(SP)) {
      task.refuse(SP);
    } else if (task.isSet(SUBPAGE_CODE) && !listsSubpages) {
      task.refuse(SUBPAGE_CODE);
    } else if (listsPages) {
      task.answer(supported(listsSubpages), ALLOCATION_LENGTH);
    } else {
      LogPage.find(pageCode)
          .ifPresentOrElse(page -> answer(task, page), () -> task.refuse(PAGE_CODE));
    }
  }

  private void answer(CommandTask task, LogPage page) {
    Optional<Field> wrong =
        page.hasCounters() && task.getInt(PC) != CUMULATIVE
            ? Optional.of(PC)
            : Optional.of(PARAMETER_POINTER)
                .filter(pointer -> task.getInt(pointer) > page.lastParameterCode());
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    // Before the figures, which only grow: so no counter shows less than it was set to.
    LogOrigins.Origins origins = disk.logOrigins().now();
    byte[] data = page.encode(LogFigures.of(disk), origins, task.getInt(PARAMETER_POINTER));
    task.answer(data, ALLOCATION_LENGTH);
  }

  /** Page 00h, or with subpages 00h/FFh: each page with its code, or with both codes. */
  private static byte[] supported(boolean subpages) {
    ByteArrayOutputStream codes = new ByteArrayOutputStream();
    codes.write(SUPPORTED_PAGES);
    if (subpages) {
      codes.write(0);
      codes.write(SUPPORTED_PAGES);
      codes.write(ALL_SUBPAGES);
    }
    for (LogPage page : LogPage.TABLE) {
      codes.write(page.pageCode());
      if (subpages) {
        codes.write(0);
      }
    }
    return LogPage.page(SUPPORTED_PAGES, subpages ? ALL_SUBPAGES : 0, false, codes.toByteArray());
  }
}

package org.untorn.core;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * MODE SELECT (SPC-5): changes mode parameters. Either the whole list is taken or nothing changes:
 * a page that the table does not have, or a bit changed that may not be, refuses it all. Other
 * nexuses get the unit attention MODE PARAMETERS CHANGED.
 *
 * @param header the header of this length of the command
 */
record ModeSelectCommand(Disk disk, ModeHeader header, Field parameterListLength)
    implements Command.Handler {

  private static final Field PF = Field.bit("PF", 1, 4);
  private static final Field SP = Field.bit("SP", 1, 0);

  /** What a parameter list asks for. */
  private sealed interface Reading {

    record Accepted(ModeParameters parameters) implements Reading {}

    record Refused(SenseData why) implements Reading {}
  }

  private static final Reading TOO_SHORT = new Reading.Refused(ParameterList.LENGTH_ERROR);

  static List<Command> rows(Disk disk) {
    return List.of(
        row("MODE SELECT(6)", 0x15, 6, Field.bytes("PARAMETER LIST LENGTH", 4, 1), disk),
        row("MODE SELECT(10)", 0x55, 10, Field.bytes("PARAMETER LIST LENGTH", 7, 2), disk));
  }

  private static Command row(
      String name, int operationCode, int length, Field parameterListLength, Disk disk) {
    ModeHeader header = length == 6 ? ModeHeader.SIX : ModeHeader.TEN;
    return Command.row(name, "SPC-5", operationCode, length)
        .fields(PF, SP, parameterListLength)
        .dataOut()
        .reservation(UnderReservation.CONFLICT)
        .reach(Reach.STANDBY)
        .handledBy(new ModeSelectCommand(disk, header, parameterListLength));
  }

  @Override
  public void execute(CommandTask task) {
    if (!task.isSet(PF)) {
      task.refuse(PF);
    } else if (task.isSet(SP)) {
      task.refuse(SP);
    } else {
      ParameterList.receive(task, task.getInt(parameterListLength), list -> select(task, list));
    }
  }

  private void select(CommandTask task, byte[] list) {
    if (list.length == 0) {
      task.complete(Outcome.GOOD);
      return;
    }
    ModeParameters before;
    Reading reading;
    synchronized (disk) { // two that select at once both count
      before = disk.state().mode();
      reading = read(list, before);
      if (reading instanceof Reading.Accepted(ModeParameters after)) {
        disk.change(state -> state.withMode(after));
      }
    }
    switch (reading) {
      case Reading.Accepted(ModeParameters after) -> taken(task, before, after);
      case Reading.Refused(SenseData why) -> task.refuse(why);
    }
  }

  /**
   * What was written while there was a write cache is flushed when there is none any more, and when
   * SWP keeps everything from being written (SPC-5, control mode page): after the change, so that
   * nothing slips in behind the flush. If that fails the change is taken back.
   */
  private void taken(CommandTask task, ModeParameters before, ModeParameters after) {
    boolean cacheOff = before.writeCacheEnabled() && !after.writeCacheEnabled();
    boolean protectionOn = !before.softwareWriteProtect() && after.softwareWriteProtect();
    if (cacheOff || protectionOn) {
      disk.store()
          .submit(
              new BlockOperation.Flush(),
              outcome ->
                  Failures.of(outcome)
                      .ifPresentOrElse(
                          why -> takeBack(task, before, after, why),
                          () -> tell(task, before, after)));
    } else {
      tell(task, before, after);
    }
  }

  private void takeBack(
      CommandTask task, ModeParameters before, ModeParameters after, SenseData why) {
    disk.change(state -> state.withMode(state.mode().without(after, before)));
    task.refuse(why);
  }

  private void tell(CommandTask task, ModeParameters before, ModeParameters after) {
    if (!after.sameAs(before)) {
      disk.attentions().raiseForOthers(task.nexus(), AdditionalSense.MODE_PARAMETERS_CHANGED);
    }
    task.complete(Outcome.GOOD);
  }

  private Reading read(byte[] list, ModeParameters before) {
    if (list.length < header.length()) {
      return TOO_SHORT;
    }
    int descriptorLength = header.descriptorLength().getInt(list);
    int at = header.length() + descriptorLength;
    if (at > list.length) {
      return TOO_SHORT;
    }
    Reading reading = descriptor(list, descriptorLength, before);
    while (at < list.length && reading instanceof Reading.Accepted(ModeParameters parameters)) {
      reading = page(list, at, parameters);
      at += length(Arrays.copyOfRange(list, at, list.length));
    }
    return reading;
  }

  /**
   * A block descriptor may repeat what is: the medium cannot be formatted to anything else. Its
   * NUMBER OF LOGICAL BLOCKS is ignored, as SBC-4 has it where MODE SELECT cannot change the
   * capacity.
   */
  private Reading descriptor(byte[] list, int length, ModeParameters before) {
    boolean longDescriptor =
        header.length() > ModeHeader.LONGLBA.byteOffset() + 1 && ModeHeader.LONGLBA.isSet(list);
    int known = longDescriptor ? ModeHeader.LONG_DESCRIPTOR : ModeHeader.SHORT_DESCRIPTOR;
    if (length != 0 && length != known) {
      return refused(0, header.descriptorLength());
    }
    byte[] actual = ModeHeader.descriptor(disk.geometry(), length);
    byte[] given = Arrays.copyOfRange(list, header.length(), header.length() + length);
    if (length != 0) {
      Field blocks = ModeHeader.blocks(length);
      System.arraycopy(actual, 0, given, 0, blocks.width() / 8);
    }
    int mismatch = Arrays.mismatch(given, actual);
    return mismatch < 0
        ? new Reading.Accepted(before)
        : refused(header.length(), Field.bytes("block descriptor", mismatch, 1));
  }

  /** How long a page says that it is, header included; one that is cut off ends the list. */
  private static int length(byte[] given) {
    boolean isSubpage = ModePage.SPF.isSet(given);
    if (given.length < (isSubpage ? ModePage.SUBPAGE_HEADER : ModePage.HEADER)) {
      return given.length;
    }
    return isSubpage
        ? ModePage.SUBPAGE_HEADER + ModePage.SUBPAGE_LENGTH.getInt(given)
        : ModePage.HEADER + ModePage.PAGE_LENGTH.getInt(given);
  }

  private Reading page(byte[] list, int at, ModeParameters parameters) {
    byte[] given = Arrays.copyOfRange(list, at, list.length);
    boolean isSubpage = ModePage.SPF.isSet(given);
    if (given.length < (isSubpage ? ModePage.SUBPAGE_HEADER : ModePage.HEADER)) {
      return TOO_SHORT;
    }
    int subpageCode = isSubpage ? ModePage.SUBPAGE_CODE.getInt(given) : 0;
    Optional<ModePage> found = ModePage.find(ModePage.PAGE_CODE.getInt(given), subpageCode);
    if (found.isEmpty()) {
      return refused(at, isSubpage ? ModePage.SUBPAGE_CODE : ModePage.PAGE_CODE);
    }
    ModePage page = found.get();
    if (isSubpage != (page.subpageCode() != 0)) {
      return refused(at, ModePage.SPF);
    }
    if (length(given) != page.length()) {
      return refused(at, isSubpage ? ModePage.SUBPAGE_LENGTH : ModePage.PAGE_LENGTH);
    }
    if (given.length < page.length()) {
      return TOO_SHORT;
    }
    byte[] bytes = Arrays.copyOf(given, page.length());
    byte[] current = disk.filled(page, parameters.current(page));
    return page.fixedBitChanged(current, bytes)
        .or(() -> page.illegalSetting(bytes))
        .<Reading>map(bit -> refused(at, bit))
        .orElseGet(
            () ->
                new Reading.Accepted(
                    page.isChangeable() ? parameters.with(page, bytes) : parameters));
  }

  private static Reading refused(int base, Field field) {
    return new Reading.Refused(
        SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(base, field)));
  }
}

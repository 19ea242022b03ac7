package org.untorn.core;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.core.LogPage.Item;
import org.untorn.core.LogPage.Parameter;
import org.untorn.vpd.Field;

/**
 * LOG SELECT (SPC-5 6.7): sets the counters of log pages, or all of a page to zero. Either the
 * whole list is taken or nothing changes. Nothing can be saved and there are no thresholds. Other
 * nexuses get the unit attention LOG PARAMETERS CHANGED.
 *
 * <pre>
 *  parameter list, per page, by ascending page code
 *  byte 0-3  page header, as LOG SENSE returns it
 *  byte 4..  parameters, by ascending parameter code
 * </pre>
 */
record LogSelectCommand(Disk disk) implements Command.Handler {

  private static final Field PCR = Field.bit("PCR", 1, 1);
  private static final Field SP = Field.bit("SP", 1, 0);
  private static final Field PC = new Field("PC", 2, 7, 2);
  private static final Field PAGE_CODE = new Field("PAGE CODE", 2, 5, 6);
  private static final Field SUBPAGE_CODE = Field.bytes("SUBPAGE CODE", 3, 1);
  private static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 7, 2);

  private static final int CUMULATIVE = 0b01;
  private static final int DEFAULT_THRESHOLD = 0b10;
  private static final int DEFAULT_CUMULATIVE = 0b11;
  private static final int ALL_PAGES = 0x00;
  private static final int ALL_SUBPAGES = 0xFF;

  /** What a parameter list asks for. */
  private sealed interface Reading {

    record Accepted(IdentityHashMap<Item, Long> values) implements Reading {}

    record Refused(SenseData why) implements Reading {}
  }

  private static final Reading TOO_SHORT = new Reading.Refused(ParameterList.LENGTH_ERROR);

  Command row() {
    return Command.row("LOG SELECT", "SPC-5", 0x4C, 10)
        .fields(PCR, SP, PC, PAGE_CODE, SUBPAGE_CODE, PARAMETER_LIST_LENGTH)
        .dataOut()
        .reservation(UnderReservation.CONFLICT)
        .reach(Reach.STANDBY)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    if (task.isSet(PARAMETER_LIST_LENGTH)) {
      withList(task);
    } else {
      withoutList(task);
    }
  }

  /** PC says of which values the list is; PCR and the codes are about a command without one. */
  private void withList(CommandTask task) {
    Optional<Field> wrong =
        List.of(PCR, SP, PAGE_CODE, SUBPAGE_CODE).stream()
            .filter(task::isSet)
            .findFirst()
            .or(() -> Optional.of(PC).filter(pc -> task.getInt(pc) != CUMULATIVE));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
    } else {
      ParameterList.receive(
          task,
          task.getInt(PARAMETER_LIST_LENGTH),
          list -> {
            switch (read(list)) {
              case Reading.Accepted(IdentityHashMap<Item, Long> values) -> set(task, values);
              case Reading.Refused(SenseData why) -> task.refuse(why);
            }
          });
    }
  }

  /** What PCR, SP and PC come to is SPC-5's table 186; which pages are meant is its table 185. */
  private void withoutList(CommandTask task) {
    int pageCode = task.getInt(PAGE_CODE);
    boolean defaults = task.getInt(PC) == DEFAULT_THRESHOLD || isDefaultCumulative(task);
    if (task.isSet(SP) && !defaults) {
      task.refuse(SP);
    } else if (task.isSet(SUBPAGE_CODE) && task.getInt(SUBPAGE_CODE) != ALL_SUBPAGES) {
      task.refuse(SUBPAGE_CODE);
    } else if (pageCode != ALL_PAGES && LogPage.find(pageCode).isEmpty()) {
      task.refuse(PAGE_CODE);
    } else if (task.isSet(PCR) || isDefaultCumulative(task)) {
      set(task, zeros(pageCode));
    } else {
      task.complete(Outcome.GOOD);
    }
  }

  private static boolean isDefaultCumulative(CommandTask task) {
    return task.getInt(PC) == DEFAULT_CUMULATIVE;
  }

  private static IdentityHashMap<Item, Long> zeros(int pageCode) {
    IdentityHashMap<Item, Long> values = new IdentityHashMap<>();
    LogPage.TABLE.stream()
        .filter(page -> pageCode == ALL_PAGES || page.pageCode() == pageCode)
        .flatMap(page -> page.parameters().stream())
        .filter(Parameter::isCounter)
        .flatMap(parameter -> parameter.items().stream())
        .forEach(item -> values.put(item, 0L));
    return values;
  }

  private void set(CommandTask task, IdentityHashMap<Item, Long> values) {
    if (!values.isEmpty()) {
      disk.logOrigins().set(values, LogFigures.of(disk));
      disk.attentions().raiseForOthers(task.nexus(), AdditionalSense.LOG_PARAMETERS_CHANGED);
    }
    task.complete(Outcome.GOOD);
  }

  private static Reading read(byte[] list) {
    IdentityHashMap<Item, Long> values = new IdentityHashMap<>();
    int lastPage = -1;
    int at = 0;
    while (at < list.length) {
      if (list.length - at < LogPage.HEADER) {
        return TOO_SHORT;
      }
      byte[] header = Arrays.copyOfRange(list, at, at + LogPage.HEADER);
      int end = at + LogPage.HEADER + LogPage.PAGE_LENGTH.getInt(header);
      int pageCode = LogPage.PAGE_CODE.getInt(header);
      Optional<LogPage> page = LogPage.find(pageCode);
      if (page.isEmpty() || pageCode <= lastPage) {
        return refused(at, LogPage.PAGE_CODE);
      } else if (LogPage.SPF.isSet(header)) {
        return refused(at, LogPage.SPF);
      } else if (LogPage.SUBPAGE_CODE.isSet(header)) {
        return refused(at, LogPage.SUBPAGE_CODE);
      } else if (end > list.length) {
        return TOO_SHORT;
      }
      Optional<Reading> wrong = readParameters(page.get(), list, at, end, values);
      if (wrong.isPresent()) {
        return wrong.get();
      }
      lastPage = pageCode;
      at = end;
    }
    return new Reading.Accepted(values);
  }

  /** Adds what a page has to the values, or says what is wrong with it. */
  private static Optional<Reading> readParameters(
      LogPage page, byte[] list, int pageAt, int end, IdentityHashMap<Item, Long> values) {
    int lastParameter = -1;
    int at = pageAt + LogPage.HEADER;
    while (at < end) {
      byte[] given = Arrays.copyOfRange(list, at, end);
      if (given.length < LogPage.PARAMETER_HEADER) {
        return Optional.of(refused(pageAt, LogPage.PAGE_LENGTH));
      }
      int code = LogPage.PARAMETER_CODE.getInt(given);
      Optional<Parameter> known = page.parameter(code).filter(Parameter::isCounter);
      if (known.isEmpty() || code <= lastParameter) {
        return Optional.of(refused(at, LogPage.PARAMETER_CODE));
      }
      Parameter parameter = known.get();
      if (LogPage.CONTROL.getInt(given) != parameter.format().code()) {
        return Optional.of(refused(at, LogPage.CONTROL));
      } else if (LogPage.PARAMETER_LENGTH.getInt(given) != parameter.length()) {
        return Optional.of(refused(at, LogPage.PARAMETER_LENGTH));
      } else if (given.length < LogPage.PARAMETER_HEADER + parameter.length()) {
        return Optional.of(refused(pageAt, LogPage.PAGE_LENGTH));
      }
      int itemAt = LogPage.PARAMETER_HEADER;
      for (Item item : parameter.items()) {
        values.put(item, Field.bytes(item.name(), itemAt, item.length()).get(given));
        itemAt += item.length();
      }
      lastParameter = code;
      at += itemAt;
    }
    return Optional.empty();
  }

  private static Reading refused(int base, Field field) {
    return new Reading.Refused(
        SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(base, field)));
  }
}

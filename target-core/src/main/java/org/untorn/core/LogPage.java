package org.untorn.core;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.untorn.vpd.Field;

/**
 * One row of the table of log pages (SPC-5, log parameters): what LOG SENSE tells of what happened.
 *
 * <pre>
 *  bit       7    6     5     4     3     2     1     0
 *  byte 0 [ DS ][SPF][            PAGE CODE            ]   DS: nothing of it is saved
 *  byte 1 [               SUBPAGE CODE                 ]   zero
 *  byte 2-3 PAGE LENGTH, of what follows
 *  per parameter
 *  byte 0-1 PARAMETER CODE
 *  byte 2 [ DU ][   ][ TSD ][ ETC ][   TMC   ][ FORMAT AND LINKING ]
 *  byte 3   PARAMETER LENGTH, of what follows
 *  byte 4.. the items
 * </pre>
 *
 * @param name the standard's name
 * @param pageCode PAGE CODE, 0 to 3Eh
 * @param parameters what the page says, by ascending parameter code
 */
record LogPage(String name, int pageCode, List<Parameter> parameters) {

  /** What a parameter is: FORMAT AND LINKING. */
  enum Format {
    /** A counter that stops at its maximum. */
    BOUNDED_DATA_COUNTER(0b00),
    /** A counter that wraps, or several. */
    UNBOUNDED_DATA_COUNTER(0b10),
    /** Something that is no counter. */
    BINARY_FORMAT_LIST(0b11);

    private final int code;

    Format(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** A parameter: a code, and one item or several behind each other. */
  record Parameter(int code, Format format, List<Item> items) {

    /** Whether LOG SELECT may give it another value: only what is counted has one. */
    boolean isCounter() {
      return format != Format.BINARY_FORMAT_LIST;
    }

    /** How many bytes follow the parameter's header. */
    int length() {
      return items.stream().mapToInt(Item::length).sum();
    }
  }

  /**
   * A number in a parameter.
   *
   * @param length bytes, 1 to 8
   */
  record Item(String name, int length, ToLongFunction<LogFigures> value) {}

  static final int HEADER = 4;
  static final Field DS = Field.bit("DS", 0, 7);
  static final Field SPF = Field.bit("SPF", 0, 6);
  static final Field PAGE_CODE = new Field("PAGE CODE", 0, 5, 6);
  static final Field SUBPAGE_CODE = Field.bytes("SUBPAGE CODE", 1, 1);
  static final Field PAGE_LENGTH = Field.bytes("PAGE LENGTH", 2, 2);

  static final int PARAMETER_HEADER = 4;
  static final Field PARAMETER_CODE = Field.bytes("PARAMETER CODE", 0, 2);

  /** All of a parameter's third byte: DU, TSD, ETC and TMC, which are zero, and the format. */
  static final Field CONTROL = Field.bytes("parameter control byte", 2, 1);

  static final Field PARAMETER_LENGTH = Field.bytes("PARAMETER LENGTH", 3, 1);

  private static final Field FORMAT_AND_LINKING = new Field("FORMAT AND LINKING", 2, 1, 2);

  /** SCOPE of a resource count: other logical units may use the same (SBC-4). */
  private static final int NOT_DEDICATED = 0b10;

  /** A disk knows no temperature of its own. */
  private static final int UNKNOWN_TEMPERATURE = 0xFF;

  /** BACKGROUND SCANNING STATUS (SBC-4): this disk never scans in the background. */
  private static final int NO_SCAN_ACTIVE = 0x00;

  /** The page that is told even while the medium is being sanitized. */
  static final int TEMPERATURE_CODE = 0x0D;

  /** All pages, by ascending page code, but for those that list them. */
  static final List<LogPage> TABLE =
      List.of(
          errors("Write Error Counters", 0x02, LogFigures::written),
          errors("Read Error Counters", 0x03, LogFigures::read),
          errors("Verify Error Counters", 0x05, LogFigures::verified),
          new LogPage(
              "Logical Block Provisioning",
              0x0C,
              List.of(
                  resources(0x0001, f -> f.sets().available()),
                  resources(0x0002, f -> f.sets().used()))),
          new LogPage(
              "Temperature",
              TEMPERATURE_CODE,
              List.of(
                  temperature(0x0000, "TEMPERATURE"),
                  temperature(0x0001, "REFERENCE TEMPERATURE"))),
          new LogPage(
              "Start-Stop Cycle Counter",
              0x0E,
              List.of(
                  new Parameter(
                      0x0004,
                      Format.BINARY_FORMAT_LIST,
                      List.of(
                          new Item(
                              "ACCUMULATED START-STOP CYCLES", 4, LogFigures::startStopCycles))))),
          new LogPage(
              "Background Scan Results",
              0x15,
              List.of(
                  new Parameter(
                      0x0000,
                      Format.BINARY_FORMAT_LIST,
                      List.of(
                          new Item("ACCUMULATED POWER ON MINUTES", 4, LogFigures::powerOnMinutes),
                          new Item("Reserved", 1, f -> 0),
                          new Item("BACKGROUND SCANNING STATUS", 1, f -> NO_SCAN_ACTIVE),
                          new Item("NUMBER OF BACKGROUND SCANS PERFORMED", 2, f -> 0),
                          new Item("BACKGROUND SCAN PROGRESS", 2, f -> 0),
                          new Item("NUMBER OF BACKGROUND MEDIUM SCANS PERFORMED", 2, f -> 0))))),
          new LogPage(
              "General Statistics and Performance",
              0x19,
              List.of(
                  new Parameter(
                      0x0001,
                      Format.UNBOUNDED_DATA_COUNTER,
                      List.of(
                          new Item("NUMBER OF READ COMMANDS", 8, f -> f.read().commands()),
                          new Item("NUMBER OF WRITE COMMANDS", 8, f -> f.written().commands()),
                          new Item(
                              "NUMBER OF LOGICAL BLOCKS RECEIVED", 8, f -> f.written().blocks()),
                          new Item(
                              "NUMBER OF LOGICAL BLOCKS TRANSMITTED", 8, f -> f.read().blocks()),
                          new Item("READ COMMAND PROCESSING INTERVALS", 8, f -> 0),
                          new Item("WRITE COMMAND PROCESSING INTERVALS", 8, f -> 0),
                          new Item("WEIGHTED NUMBER OF READ PLUS WRITE COMMANDS", 8, f -> 0),
                          new Item("WEIGHTED READ PLUS WRITE PROCESSING", 8, f -> 0))))),
          new LogPage(
              "Informational Exceptions",
              0x2F,
              List.of(
                  new Parameter(
                      0x0000,
                      Format.BINARY_FORMAT_LIST,
                      List.of(
                          new Item("ADDITIONAL SENSE CODE", 1, f -> 0),
                          new Item("ADDITIONAL SENSE CODE QUALIFIER", 1, f -> 0),
                          new Item(
                              "MOST RECENT TEMPERATURE READING", 1, f -> UNKNOWN_TEMPERATURE))))));

  /** The error counters of one kind of commands. Nothing is ever corrected or done twice. */
  private static LogPage errors(
      String name, int pageCode, Function<LogFigures, LogFigures.Kind> kind) {
    return new LogPage(
        name,
        pageCode,
        List.of(
            counter(0x0002, "TOTAL REREADS OR REWRITES", f -> 0),
            counter(0x0003, "TOTAL ERRORS CORRECTED", f -> 0),
            counter(0x0005, "TOTAL BYTES PROCESSED", f -> kind.apply(f).bytes()),
            counter(0x0006, "TOTAL UNCORRECTED ERRORS", f -> kind.apply(f).uncorrected())));
  }

  private static Parameter temperature(int code, String name) {
    return new Parameter(
        code,
        Format.BINARY_FORMAT_LIST,
        List.of(new Item("Reserved", 1, f -> 0), new Item(name, 1, f -> UNKNOWN_TEMPERATURE)));
  }

  /** An Available or Used LBA Mapping Resource Count, in threshold sets. */
  private static Parameter resources(int code, ToLongFunction<LogFigures> count) {
    return new Parameter(
        code,
        Format.BINARY_FORMAT_LIST,
        List.of(
            new Item("RESOURCE COUNT", 4, count),
            new Item("SCOPE", 1, f -> NOT_DEDICATED),
            new Item("Reserved", 3, f -> 0)));
  }

  private static Parameter counter(int code, String name, ToLongFunction<LogFigures> value) {
    return new Parameter(
        code, Format.BOUNDED_DATA_COUNTER, List.of(new Item(name, Long.BYTES, value)));
  }

  /** Whether PC means something: list parameters have no thresholds and no defaults. */
  boolean hasCounters() {
    return parameters.stream().anyMatch(Parameter::isCounter);
  }

  /** The page with a code, but for those that list the pages. */
  static Optional<LogPage> find(int pageCode) {
    return TABLE.stream().filter(page -> page.pageCode() == pageCode).findFirst();
  }

  /** The parameter with a code. */
  Optional<Parameter> parameter(int code) {
    return parameters.stream().filter(one -> one.code() == code).findFirst();
  }

  int lastParameterCode() {
    return parameters.getLast().code();
  }

  /**
   * The page with its parameters from a code on.
   *
   * @param origins what the counters are counted from
   */
  byte[] encode(LogFigures figures, LogOrigins.Origins origins, int firstParameter) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    parameters.stream()
        .filter(parameter -> parameter.code() >= firstParameter)
        .forEach(parameter -> body.writeBytes(encode(parameter, figures, origins)));
    return page(pageCode, 0, true, body.toByteArray());
  }

  /** A page around what it says. */
  static byte[] page(int pageCode, int subpageCode, boolean notSaved, byte[] body) {
    byte[] page = new byte[HEADER + body.length];
    DS.put(page, notSaved ? 1 : 0);
    SPF.put(page, subpageCode == 0 ? 0 : 1);
    PAGE_CODE.put(page, pageCode);
    SUBPAGE_CODE.put(page, subpageCode);
    PAGE_LENGTH.put(page, body.length);
    System.arraycopy(body, 0, page, HEADER, body.length);
    return page;
  }

  private static byte[] encode(
      Parameter parameter, LogFigures figures, LogOrigins.Origins origins) {
    int length = parameter.length();
    byte[] bytes = new byte[PARAMETER_HEADER + length];
    PARAMETER_CODE.put(bytes, parameter.code());
    FORMAT_AND_LINKING.put(bytes, parameter.format().code);
    PARAMETER_LENGTH.put(bytes, length);
    int at = PARAMETER_HEADER;
    for (Item item : parameter.items()) {
      long value = origins.shown(item, figures, parameter.format() == Format.BOUNDED_DATA_COUNTER);
      Field.bytes(item.name(), at, item.length()).put(bytes, value);
      at += item.length();
    }
    return bytes;
  }
}

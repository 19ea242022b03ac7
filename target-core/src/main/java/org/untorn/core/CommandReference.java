package org.untorn.core;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/** The command reference: a command table and the mode pages, rendered as Markdown. */
public final class CommandReference {

  private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

  private CommandReference() {}

  /** The whole document. */
  public static String render(CommandTable table) {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # The commands of a disk

        Made from the command table that also dispatches the commands, checks their reserved bits and
        answers REPORT SUPPORTED OPERATION CODES. Do not edit it: `CommandReferenceTest` writes it.

        A bit in no field of a command is reserved: if it is set the command ends in 05h/24h/00h with a
        pointer at it (a disk can be told to overlook reserved bits). The last byte of every CDB is
        CONTROL, of which NACA alone may be set: a CHECK CONDITION then begins an auto contingent
        allegiance (SAM-5 5.9). In a CDB of variable length (7Fh) it is byte 1, and ADDITIONAL CDB LENGTH,
        if it is not what it is here, is the field that is pointed at. A disk whose atomic limits are all
        zero has no WRITE ATOMIC, one whose medium cannot be removed no PREVENT ALLOW MEDIUM REMOVAL. What only a disk with type 2 protection has ends in 05h/20h/00h on every
        other.

        | code | command | standard | CDB | data | while another nexus holds a reservation |
        | --- | --- | --- | --- | --- | --- |
        """);
    List<Command> rows =
        Stream.concat(table.rows().stream(), table.withheld().stream())
            .sorted(DiskCommands.ORDER)
            .toList();
    rows.forEach(row -> page.append(summary(row)));
    rows.forEach(row -> page.append(section(row)));
    page.append(modePages());
    page.append(logPages());
    return page.toString();
  }

  private static String summary(Command row) {
    return "| %s | [%s](#%s) | %s | %d | %s | %s |\n"
        .formatted(
            code(row),
            row.name(),
            anchor(row),
            row.clause(),
            row.length(),
            data(row),
            conflict(row));
  }

  private static String code(Command row) {
    return "%02Xh".formatted(row.operationCode())
        + row.serviceAction().map(action -> "/" + number(action)).orElse("");
  }

  /** A service action in as many digits as its field has room for. */
  private static String number(Command.ServiceAction action) {
    return (action.field().width() > 8 ? "%04Xh" : "%02Xh").formatted(action.value());
  }

  /** The name of the heading that {@link #section} begins with, as GitHub makes it. */
  private static String anchor(Command row) {
    return row.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 ]", "").replace(' ', '-');
  }

  private static String data(Command row) {
    return switch (row.direction()) {
      case NONE -> "-";
      case IN -> "in";
      case OUT -> "out";
    };
  }

  private static String conflict(Command row) {
    String rule =
        switch (row.reservation()) {
          case ALLOWED -> "allowed";
          case ALLOWED_UNDER_PERSISTENT -> "allowed under a persistent one";
          case ALLOWED_UNDER_WRITE_EXCLUSIVE -> "allowed under Write Exclusive";
          case CONFLICT -> "conflict";
          case BY_THE_COMMAND -> "the command says";
        };
    return rule + row.harmless().map(CommandReference::exception).orElse("");
  }

  private static String exception(Command.Harmless harmless) {
    return harmless.values().entrySet().stream()
        .map(entry -> entry.getKey().name() + " " + entry.getValue())
        .sorted()
        .collect(Collectors.joining(", ", "; allowed with ", ""));
  }

  private static String section(Command row) {
    StringBuilder section = new StringBuilder();
    section.append("\n## %s\n\n".formatted(row.name()));
    section.append(
        Stream.concat(
                Stream.of("Usage map `%s`.".formatted(HEX.formatHex(row.usageData()))),
                Stream.concat(
                    row.traits().stream().flatMap(trait -> sentence(trait).stream()),
                    sentence(row.reach()).stream()))
            .collect(Collectors.joining(" ", "", "\n\n")));
    section.append("| byte | bits | field |\n| --- | --- | --- |\n".formatted());
    section.append("| 0 | 7-0 | OPERATION CODE (%02Xh) |\n".formatted(row.operationCode()));
    String control = "| %d | 7-0 | CONTROL |\n".formatted(row.control());
    if (row.hasVariableLength()) {
      section.append(control);
      section.append(
          line(Command.ADDITIONAL_CDB_LENGTH, " (%02Xh)".formatted(row.additionalLength())));
    }
    row.serviceAction()
        .ifPresent(
            action -> section.append(line(action.field(), " (%s)".formatted(number(action)))));
    row.fields().forEach(field -> section.append(line(field, "")));
    row.ignored().forEach(field -> section.append(line(field, ", ignored")));
    return section.append(row.hasVariableLength() ? "" : control).toString();
  }

  private static Optional<String> sentence(Trait trait) {
    return switch (trait) {
      case MEDIUM_ACCESS -> Optional.of("Refused while the unit is stopped.");
      case CHANGES_MEDIUM -> Optional.of("Refused while the unit is write-protected.");
      case SKIPS_UNIT_ATTENTION -> Optional.of("Carried out although a unit attention is pending.");
      case ATOMIC ->
          Optional.of("Ends in 0Bh/00h/21h if an ACA keeps it from writing (SBC-4 4.29.4).");
      case TYPE_2_PROTECTION -> Optional.of("There only with type 2 protection.");
      case REFUSED -> Optional.empty();
      case DURING_ERASURE ->
          Optional.of(
              "Carried out during FORMAT UNIT and SANITIZE, and after SANITIZE has failed.");
      case MENDS_FORMAT -> Optional.of("Carried out after FORMAT UNIT has failed.");
      case MENDS_SANITIZE -> Optional.of("Carried out after SANITIZE has failed.");
    };
  }

  private static Optional<String> sentence(Reach reach) {
    return switch (reach) {
      case ACTIVE -> Optional.empty();
      case STANDBY -> Optional.of("Carried out through a port in standby.");
      case UNAVAILABLE -> Optional.of("Carried out through a port in standby or unavailable.");
      case ALWAYS -> Optional.of("Carried out through a port in any access state.");
    };
  }

  private static String line(Field field, String remark) {
    return "| %s | %s | %s%s |\n".formatted(bytes(field), bits(field), field.name(), remark);
  }

  private static String bytes(Field field) {
    return field.lastByte() == field.byteOffset()
        ? Integer.toString(field.byteOffset())
        : field.byteOffset() + "-" + field.lastByte();
  }

  private static String bits(Field field) {
    int low = Integer.numberOfTrailingZeros(field.maskAt(field.lastByte()));
    return low == field.highBit() ? Integer.toString(low) : field.highBit() + "-" + low;
  }

  private static String modePages() {
    List<String> lines =
        ModePage.TABLE.stream()
            .flatMap(page -> page.settings().stream().map(setting -> line(page, setting)))
            .toList();
    return """

        ## Mode pages

        What is not listed is zero. MODE SELECT may change what is changeable; a reset brings the defaults
        back; nothing can be saved. ENABLED and THRESHOLD COUNT are those of the pool's threshold, if it has one; ATO is one on
        a disk with protection information.

        | page | name | byte | bits | field | default | changeable |
        | --- | --- | --- | --- | --- | --- | --- |
        """
        + String.join("", lines);
  }

  private static String line(ModePage page, ModePage.Setting setting) {
    Field field = setting.field();
    return "| %02Xh%s | %s | %s | %s | %s | %d | %s |\n"
        .formatted(
            page.pageCode(),
            page.subpageCode() == 0 ? "" : "/%02Xh".formatted(page.subpageCode()),
            page.name(),
            bytes(field),
            bits(field),
            field.name(),
            setting.value(),
            setting.changeable() ? "yes" : "no");
  }

  private static String logPages() {
    List<String> lines =
        LogPage.TABLE.stream()
            .flatMap(
                page ->
                    page.parameters().stream()
                        .flatMap(
                            parameter ->
                                parameter.items().stream()
                                    .map(item -> line(page, parameter, item))))
            .toList();
    return """

        ## Log pages

        Counted since the unit began to be served, or since LOG SELECT set the counter. LOG SENSE with page 00h lists the pages, with 00h/FFh
        their subpages, too.

        | page | name | parameter | bytes | figure |
        | --- | --- | --- | --- | --- |
        """
        + String.join("", lines);
  }

  private static String line(LogPage page, LogPage.Parameter parameter, LogPage.Item item) {
    return "| %02Xh | %s | %04Xh | %d | %s |\n"
        .formatted(page.pageCode(), page.name(), parameter.code(), item.length(), item.name());
  }
}

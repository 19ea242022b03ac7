package org.untorn.core;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * The one table of a logical unit: which commands there are. Dispatch, the check of reserved bits,
 * REPORT SUPPORTED OPERATION CODES and the command reference all come from it alone.
 *
 * <p>Invariants: no two rows answer to the same CDB, and the rows of an operation code agree on
 * whether, and where, they have a service action.
 */
public final class CommandTable {

  /** What a CDB turned out to be. */
  public sealed interface Lookup {

    /** A command of the table, well-formed as far as the table can tell. */
    record Found(Command command) implements Lookup {}

    /** No command, or one that is set where it must not be. */
    record Refused(SenseData why) implements Lookup {}
  }

  /** 05h/20h/00h: what a device server answers to an operation code that it does not have. */
  static final SenseData UNKNOWN_OPERATION_CODE =
      SenseData.illegalRequest(
          AdditionalSense.INVALID_COMMAND_OPERATION_CODE,
          FieldPointer.inCdb(Field.bytes("OPERATION CODE", 0, 1)));

  private final List<Command> rows;
  private final List<Command> withheld;
  private final boolean strict;
  private final SenseData unknown;

  /** By operation code: the rows that have it, as what looking them up gives. */
  private final Lookup.Found[][] byOperationCode = new Lookup.Found[256][0];

  /**
   * Makes a table.
   *
   * @param rows the commands, in the order in which they are reported
   * @param strict whether a reserved bit that is set is refused
   * @param unknown what answers an operation code that no row has
   */
  CommandTable(List<Command> rows, boolean strict, SenseData unknown) {
    this(rows, List.of(), strict, unknown);
  }

  /**
   * The same with commands that are not there as the unit is now: they are no invalid service
   * action, but unknown, as an operation code is that no row has (SBC-4 4.21.2.2).
   */
  CommandTable(List<Command> rows, List<Command> withheld, boolean strict, SenseData unknown) {
    this.rows = List.copyOf(rows);
    this.withheld = List.copyOf(withheld);
    this.strict = strict;
    this.unknown = unknown;
    for (Command row : this.rows) {
      Lookup.Found[] siblings = byOperationCode[row.operationCode()];
      for (Lookup.Found sibling : siblings) {
        requireDistinct(row, sibling.command());
      }
      Lookup.Found[] grown = Arrays.copyOf(siblings, siblings.length + 1);
      grown[siblings.length] = new Lookup.Found(row);
      byOperationCode[row.operationCode()] = grown;
    }
  }

  private static void requireDistinct(Command one, Command other) {
    Optional<Command.ServiceAction> action = one.serviceAction();
    Optional<Command.ServiceAction> otherAction = other.serviceAction();
    if (action.isEmpty()
        || otherAction.isEmpty()
        || !action.get().field().equals(otherAction.get().field())
        || action.get().value() == otherAction.get().value()) {
      throw new IllegalArgumentException(one + " and " + other + " cannot be told apart");
    }
  }

  /** All rows. */
  public List<Command> rows() {
    return rows;
  }

  /** The commands that are not there as the unit is now. */
  public List<Command> withheld() {
    return withheld;
  }

  /** The rows with an operation code: none, one, or one per service action. */
  public List<Command> rows(int operationCode) {
    return Arrays.stream(byOperationCode[operationCode]).map(Lookup.Found::command).toList();
  }

  /**
   * Finds the row of a CDB and checks what needs no handler: the service action, ADDITIONAL CDB
   * LENGTH, and reserved bits.
   */
  public Lookup find(byte[] cdb) {
    Lookup.Found[] siblings = byOperationCode[cdb[0] & 0xFF];
    if (siblings.length == 0) {
      return new Lookup.Refused(unknown);
    }
    for (Lookup.Found found : siblings) {
      if (found.command().isIn(cdb)) {
        return checked(found, cdb);
      }
    }
    if (withheld.stream().anyMatch(row -> row.isIn(cdb))) {
      return new Lookup.Refused(unknown);
    }
    Field serviceAction = siblings[0].command().serviceAction().orElseThrow().field();
    return new Lookup.Refused(SenseData.invalidFieldInCdb(serviceAction));
  }

  private Lookup checked(Lookup.Found found, byte[] cdb) {
    Command command = found.command();
    if (!command.hasLength(cdb)) {
      return new Lookup.Refused(SenseData.invalidFieldInCdb(Command.ADDITIONAL_CDB_LENGTH));
    }
    if (strict) {
      Optional<Field> reserved = command.reservedBitIn(cdb);
      if (reserved.isPresent()) {
        return new Lookup.Refused(SenseData.invalidFieldInCdb(reserved.get()));
      }
    }
    return found;
  }
}

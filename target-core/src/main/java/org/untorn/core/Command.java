package org.untorn.core;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.untorn.vpd.Field;

/**
 * One row of a {@link CommandTable}: everything a logical unit knows of an operation code, or of an
 * operation code with a service action.
 *
 * <pre>
 *  fixed length                              variable length (SPC-5 4.2.3)
 *  byte 0      OPERATION CODE                byte 0     OPERATION CODE 7Fh
 *  byte 1..    the fields                    byte 1     CONTROL
 *  last byte   CONTROL (SAM-5 5.2)           byte 7     ADDITIONAL CDB LENGTH: what follows it
 *                                            byte 8-9   SERVICE ACTION; fields between and behind
 * </pre>
 *
 * The fields are evaluated, or ignored as the standard allows; every other bit is reserved. Of
 * CONTROL, NACA is evaluated.
 *
 * <p>Invariants: every field lies between the first and the last byte, and no two share a bit.
 */
public final class Command {

  /** Where the data of a command goes. */
  public enum DataDirection {
    NONE,
    IN,
    OUT
  }

  /** What decides how a command is treated, beside its fields. */
  public enum Trait {
    /** Reaches the medium: refused while the unit is stopped. */
    MEDIUM_ACCESS,
    /** May change the medium: refused while the unit is write-protected. */
    CHANGES_MEDIUM,
    /** Is carried out although a unit attention is pending (SAM-5 5.14). */
    SKIPS_UNIT_ATTENTION,
    /** Writes all of its blocks or none (SBC-4 4.29). */
    ATOMIC,
    /** Is there only where the medium has type 2 protection (SBC-4 4.21.2). */
    TYPE_2_PROTECTION,
    /** Is carried out while all of the medium is being erased, and after that failed. */
    DURING_ERASURE,
    /** Is carried out after FORMAT UNIT failed, although it needs the medium. */
    MENDS_FORMAT,
    /** Is carried out after SANITIZE failed, as nearly nothing is. */
    MENDS_SANITIZE,
    /** Stands for a CDB that no command of the table answers to. */
    REFUSED
  }

  /** What a reservation of another nexus does to a command. */
  public enum UnderReservation {
    /** Nothing, be it persistent or of a RESERVE command. */
    ALLOWED,
    /** Nothing if it is persistent; a RESERVE command's is a conflict. */
    ALLOWED_UNDER_PERSISTENT,
    /** Allowed under the Write Exclusive types of persistent ones only. */
    ALLOWED_UNDER_WRITE_EXCLUSIVE,
    CONFLICT,
    /** The command is about reservations, and judges for itself. */
    BY_THE_COMMAND
  }

  /**
   * The values of some fields with which a command is {@link UnderReservation#ALLOWED} whatever its
   * row says otherwise.
   */
  public record Harmless(Map<Field, Integer> values) {

    boolean is(byte[] cdb) {
      return values.entrySet().stream()
          .allMatch(entry -> entry.getKey().getInt(cdb) == entry.getValue());
    }
  }

  /** A service action, and the field that carries it. */
  public record ServiceAction(Field field, int value) {}

  /** Carries a command out, and completes the task when it is done. */
  @FunctionalInterface
  public interface Handler {
    void execute(CommandTask task);
  }

  /** SERVICE ACTION where commands of 10 to 16 bytes have it. */
  private static final Field SERVICE_ACTION = new Field("SERVICE ACTION", 1, 4, 5);

  /** The operation code of all commands with a CDB of variable length. */
  static final int VARIABLE_LENGTH = 0x7F;

  /** How many bytes of a CDB of variable length follow byte 7. */
  static final Field ADDITIONAL_CDB_LENGTH = Field.bytes("ADDITIONAL CDB LENGTH", 7, 1);

  private static final Field LONG_SERVICE_ACTION = Field.bytes("SERVICE ACTION", 8, 2);

  /** The length of all commands of variable length that block devices have, in bytes. */
  private static final int LONG_CDB = 32;

  private final Builder builder;
  private final String name;
  private final String clause;
  private final int operationCode;
  private final Optional<ServiceAction> serviceAction;
  private final List<Field> fields;
  private final List<Field> ignored;
  private final DataDirection direction;
  private final Set<Trait> traits;
  private final UnderReservation reservation;
  private final Optional<Harmless> harmless;
  private final Reach reach;
  private final Optional<BlockCdb> addressing;
  private final Optional<ToLongFunction<byte[]>> moved;
  private final Handler handler;
  private final byte[] usageMap;
  private final byte[] definedBits;

  private Command(Builder builder) {
    this.builder = builder;
    name = builder.name;
    clause = builder.clause;
    operationCode = builder.operationCode;
    serviceAction = builder.serviceAction;
    fields = builder.fields;
    ignored = builder.ignored;
    direction = builder.direction;
    traits = builder.traits;
    reservation = builder.reservation;
    harmless = builder.harmless;
    reach = builder.reach;
    addressing = builder.addressing;
    moved = builder.moved;
    handler = builder.handler;
    usageMap = new byte[builder.length];
    usageMap[0] = (byte) 0xFF;
    naca().put(usageMap, 1);
    if (hasVariableLength()) {
      take(usageMap, ADDITIONAL_CDB_LENGTH);
    }
    serviceAction.ifPresent(action -> take(usageMap, action.field()));
    fields.forEach(field -> take(usageMap, field));
    definedBits = usageMap.clone();
    ignored.forEach(field -> take(definedBits, field));
  }

  /** The same row, carried out by another handler. */
  Command with(Handler other) {
    return builder.handledBy(other);
  }

  private void take(byte[] map, Field field) {
    for (int i = field.byteOffset(); i <= field.lastByte(); i++) {
      if ((map[i] & field.maskAt(i)) != 0) {
        throw new IllegalArgumentException(name + ": " + field.name() + " overlaps another field");
      }
      map[i] |= (byte) field.maskAt(i);
    }
  }

  /** Begins a row for an operation code. */
  static Builder row(String name, String clause, int operationCode, int length) {
    return new Builder(name, clause, operationCode, Optional.empty(), length);
  }

  /** Begins a row for one of several commands with the same operation code. */
  static Builder row(String name, String clause, int operationCode, int action, int length) {
    Optional<ServiceAction> serviceAction = Optional.of(new ServiceAction(SERVICE_ACTION, action));
    return new Builder(name, clause, operationCode, serviceAction, length);
  }

  /** Begins a row for one of the commands of variable length, which is 32 bytes. */
  static Builder variableLength(String name, String clause, int action) {
    Optional<ServiceAction> serviceAction =
        Optional.of(new ServiceAction(LONG_SERVICE_ACTION, action));
    return new Builder(name, clause, VARIABLE_LENGTH, serviceAction, LONG_CDB);
  }

  /** The standard's name: {@code WRITE ATOMIC(16)}. */
  public String name() {
    return name;
  }

  /** The standard and the clause that defines the command. */
  public String clause() {
    return clause;
  }

  /** Byte 0 of the CDB, 0 to FFh. */
  public int operationCode() {
    return operationCode;
  }

  /** Which it is of the commands that share the operation code. */
  public Optional<ServiceAction> serviceAction() {
    return serviceAction;
  }

  /** The length of the CDB in bytes. */
  public int length() {
    return usageMap.length;
  }

  /** Whether ADDITIONAL CDB LENGTH says how long the CDB is, and CONTROL is byte 1. */
  public boolean hasVariableLength() {
    return operationCode == VARIABLE_LENGTH;
  }

  /** The byte that CONTROL is in. */
  public int control() {
    return hasVariableLength() ? 1 : length() - 1;
  }

  /** Whether a CDB is one of this command's: operation code and service action are. */
  boolean isIn(byte[] cdb) {
    return (cdb[0] & 0xFF) == operationCode
        && (serviceAction.isEmpty()
            || serviceAction.get().field().get(cdb) == serviceAction.get().value());
  }

  /**
   * Whether a CDB is as long as it has to be and, if it says how long it is, says so (SPC-5 4.2.3).
   */
  boolean hasLength(byte[] cdb) {
    return !hasVariableLength()
        || (cdb.length >= length() && ADDITIONAL_CDB_LENGTH.get(cdb) == additionalLength());
  }

  /** What ADDITIONAL CDB LENGTH has to be in a CDB of this command. */
  int additionalLength() {
    return length() - ADDITIONAL_CDB_LENGTH.lastByte() - 1;
  }

  /** What the device evaluates, in the order of the layout; not the service action, not CONTROL. */
  public List<Field> fields() {
    return fields;
  }

  /** What the standard defines and the device may ignore, and does: it is not refused. */
  public List<Field> ignored() {
    return ignored;
  }

  public DataDirection direction() {
    return direction;
  }

  public Set<Trait> traits() {
    return traits;
  }

  public boolean is(Trait trait) {
    return traits.contains(trait);
  }

  public UnderReservation reservation() {
    return reservation;
  }

  /** With what in the CDB a reservation does nothing to the command, if there is such a thing. */
  public Optional<Harmless> harmless() {
    return harmless;
  }

  /** Through which target ports it is carried out. */
  public Reach reach() {
    return reach;
  }

  /** What a reservation does to a CDB of this command. */
  UnderReservation reservation(byte[] cdb) {
    return harmless.isPresent() && harmless.get().is(cdb) ? UnderReservation.ALLOWED : reservation;
  }

  public Handler handler() {
    return handler;
  }

  /** Whether as much data moves as its ranges of logical blocks hold. */
  boolean movesItsBlocks() {
    return moved.isPresent() || (addressing.isPresent() && addressing.get().movesThem());
  }

  /** How many blocks a CDB of this command asks for; 0 if the command has no such field. */
  long blocks(byte[] cdb) {
    if (addressing.isPresent()) {
      return addressing.get().blocks(cdb);
    }
    return moved.isPresent() ? moved.get().applyAsLong(cdb) : 0;
  }

  /**
   * The first block that a CDB of this command asks for; empty if the command has no such field.
   */
  OptionalLong lba(byte[] cdb) {
    return addressing.isPresent()
        ? OptionalLong.of(addressing.get().lba().get(cdb))
        : OptionalLong.empty();
  }

  /** The NACA bit of the CONTROL byte (SAM-5 5.2). */
  public Field naca() {
    return Field.bit("NACA", control(), 2);
  }

  /**
   * The CDB USAGE DATA of REPORT SUPPORTED OPERATION CODES: the operation code and the service
   * action as they stand, then a one for every bit that the device evaluates.
   */
  public byte[] usageData() {
    byte[] usage = usageMap.clone();
    usage[0] = (byte) operationCode;
    serviceAction.ifPresent(action -> action.field().put(usage, action.value()));
    return usage;
  }

  /** The first bit of a CDB that is set and reserved, most significant first. */
  Optional<Field> reservedBitIn(byte[] cdb) {
    for (int i = 1; i < length(); i++) {
      int stray = cdb[i] & ~definedBits[i] & 0xFF;
      if (stray != 0) {
        int bit = 31 - Integer.numberOfLeadingZeros(stray);
        return Optional.of(Field.bit("reserved", i, bit));
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects a row. */
  static final class Builder {
    private final String name;
    private final String clause;
    private final int operationCode;
    private final Optional<ServiceAction> serviceAction;
    private final int length;
    private List<Field> fields = List.of();
    private List<Field> ignored = List.of();
    private DataDirection direction = DataDirection.NONE;
    private final Set<Trait> traits = EnumSet.noneOf(Trait.class);
    private UnderReservation reservation = UnderReservation.CONFLICT;
    private Optional<Harmless> harmless = Optional.empty();
    private Reach reach = Reach.ACTIVE;
    private Optional<BlockCdb> addressing = Optional.empty();
    private Optional<ToLongFunction<byte[]>> moved = Optional.empty();
    private Handler handler = task -> {};

    private Builder(
        String name,
        String clause,
        int operationCode,
        Optional<ServiceAction> serviceAction,
        int length) {
      this.name = name;
      this.clause = clause;
      this.operationCode = operationCode;
      this.serviceAction = serviceAction;
      this.length = length;
    }

    Builder fields(Field... evaluated) {
      return fields(List.of(evaluated));
    }

    Builder fields(List<Field> evaluated) {
      fields = List.copyOf(evaluated);
      return this;
    }

    /** Adds fields that the standard defines and the device ignores. */
    Builder ignores(List<Field> defined) {
      ignored = Stream.concat(ignored.stream(), defined.stream()).toList();
      return this;
    }

    /** Says how the command addresses blocks, for those who count them. */
    Builder addresses(BlockCdb cdb) {
      addressing = Optional.of(cdb);
      return this;
    }

    /** Says how many blocks the command writes, where no range of blocks is in its CDB. */
    Builder moves(ToLongFunction<byte[]> blocks) {
      moved = Optional.of(blocks);
      return this;
    }

    /**
     * Adds to the fields what the command expects of protection information, if it can say that;
     * one that can is there for type 2 protection only.
     */
    Builder expects(List<Field> tags) {
      if (tags.isEmpty()) {
        return this;
      }
      return fields(
              Stream.concat(fields.stream(), tags.stream())
                  .sorted(Comparator.comparingInt(Field::byteOffset))
                  .toList())
          .traits(Trait.TYPE_2_PROTECTION);
    }

    Builder dataIn() {
      direction = DataDirection.IN;
      return this;
    }

    Builder dataOut() {
      direction = DataDirection.OUT;
      return this;
    }

    Builder traits(Trait... has) {
      traits.addAll(List.of(has));
      return this;
    }

    Builder reservation(UnderReservation rule) {
      reservation = rule;
      return this;
    }

    Builder reach(Reach through) {
      reach = through;
      return this;
    }

    /** Says with which values of some fields a reservation does nothing. */
    Builder harmlessWith(Map<Field, Integer> values) {
      harmless = Optional.of(new Harmless(Map.copyOf(values)));
      return this;
    }

    /** Ends the row. */
    Command handledBy(Handler with) {
      handler = with;
      return new Command(this);
    }
  }
}

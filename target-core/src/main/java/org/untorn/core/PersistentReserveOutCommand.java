package org.untorn.core;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.untorn.core.Command.UnderReservation;
import org.untorn.core.PersistentReservations.Result;
import org.untorn.vpd.Field;

/**
 * PERSISTENT RESERVE OUT (SPC-5): registers with the unit, reserves it, and takes it from others.
 *
 * <pre>
 *  parameter list of all service actions but REGISTER AND MOVE
 *    0-7    RESERVATION KEY: what the nexus is registered with
 *    8-15   SERVICE ACTION RESERVATION KEY
 *    20     reserved | SPEC_I_PT | ALL_TG_PT | reserved | APTPL
 *    24..   with SPEC_I_PT the {@link TransportIdList}
 * </pre>
 *
 * <p>Who is not registered, or gives another key, gets RESERVATION CONFLICT. The newest APTPL of
 * those that register says for all whether what there is survives a loss of power (SPC-5 5.13).
 */
record PersistentReserveOutCommand(Disk disk, Action action) implements Command.Handler {

  /** The service actions with this parameter list. */
  enum Action {
    REGISTER(0x00, "REGISTER"),
    RESERVE(0x01, "RESERVE"),
    RELEASE(0x02, "RELEASE"),
    CLEAR(0x03, "CLEAR"),
    PREEMPT(0x04, "PREEMPT"),
    PREEMPT_AND_ABORT(0x05, "PREEMPT AND ABORT"),
    REGISTER_AND_IGNORE_EXISTING_KEY(0x06, "REGISTER AND IGNORE EXISTING KEY");

    private final int code;
    private final String title;

    Action(int code, String title) {
      this.code = code;
      this.title = title;
    }

    /** Whether APTPL means something. */
    private boolean registers() {
      return this == REGISTER || this == REGISTER_AND_IGNORE_EXISTING_KEY;
    }

    /** Whether the CDB's SCOPE and TYPE mean something. */
    private boolean hasType() {
      return this == RESERVE || this == RELEASE || this == PREEMPT || this == PREEMPT_AND_ABORT;
    }
  }

  static final Field SCOPE = new Field("SCOPE", 2, 7, 4);
  static final Field TYPE = new Field("TYPE", 2, 3, 4);
  static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 5, 4);

  static final Field RESERVATION_KEY = Field.bytes("RESERVATION KEY", 0, 8);
  static final Field ACTION_KEY = Field.bytes("SERVICE ACTION RESERVATION KEY", 8, 8);
  private static final Field SPEC_I_PT = Field.bit("SPEC_I_PT", 20, 3);
  private static final Field ALL_TG_PT = Field.bit("ALL_TG_PT", 20, 2);
  private static final Field APTPL = Field.bit("APTPL", 20, 0);

  /** The shortest parameter list, and without TransportIDs the only one. */
  static final int BASIC_LENGTH = 24;

  /** A bound on what is kept for a command; room for a few hundred initiator ports. */
  private static final int LONGEST_LIST = 1 << 16;

  static List<Command> rows(Disk disk) {
    return Arrays.stream(Action.values())
        .map(
            action ->
                row(action.code, action.title, action.hasType())
                    .handledBy(new PersistentReserveOutCommand(disk, action)))
        .toList();
  }

  static Command.Builder row(int code, String title, boolean hasType) {
    Command.Builder row =
        Command.row("PERSISTENT RESERVE OUT: " + title, "SPC-5", 0x5F, code, 10)
            .dataOut()
            .reach(Reach.STANDBY)
            .reservation(UnderReservation.BY_THE_COMMAND);
    return hasType
        ? row.fields(SCOPE, TYPE, PARAMETER_LIST_LENGTH)
        : row.fields(PARAMETER_LIST_LENGTH).ignores(List.of(SCOPE, TYPE));
  }

  /**
   * Gets a parameter list that is at least as long as the shortest; while a RESERVE command holds
   * the unit the command conflicts, whoever sends it (SPC-2 5.5.1).
   */
  static void receive(Disk disk, CommandTask task, Consumer<byte[]> then) {
    long length = task.get(PARAMETER_LIST_LENGTH);
    if (disk.reservations().isReserved()) {
      task.complete(new Outcome.ReservationConflict());
    } else if (length < BASIC_LENGTH || length > LONGEST_LIST) {
      task.refuse(ParameterList.LENGTH_ERROR);
    } else {
      ParameterList.receive(task, (int) length, then);
    }
  }

  static Result refused(Field field) {
    return new Result.Refused(
        SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(0, field)));
  }

  @Override
  public void execute(CommandTask task) {
    receive(
        disk,
        task,
        list ->
            disk.reservations()
                .change(
                    before -> carryOut(task, list, before),
                    action.registers() ? Optional.of(APTPL.isSet(list)) : Optional.empty(),
                    result -> finish(task, result)));
  }

  private Result carryOut(CommandTask task, byte[] list, PersistentReservations before) {
    if (SPEC_I_PT.isSet(list) && action != Action.REGISTER) {
      return refused(SPEC_I_PT);
    }
    if (!SPEC_I_PT.isSet(list) && list.length != BASIC_LENGTH) {
      return new Result.Refused(ParameterList.LENGTH_ERROR);
    }
    Nexus nexus = task.nexus();
    boolean rightKey = before.isRegistered(nexus, RESERVATION_KEY.get(list));
    return switch (action) {
      case REGISTER -> {
        boolean first = !before.isRegistered(nexus) && !RESERVATION_KEY.isSet(list);
        yield rightKey || first ? register(nexus, list, before) : PersistentReservations.CONFLICT;
      }
      case REGISTER_AND_IGNORE_EXISTING_KEY -> register(nexus, list, before);
      case RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_AND_ABORT ->
          rightKey ? asRegistered(task, list, before) : PersistentReservations.CONFLICT;
    };
  }

  private Result register(Nexus nexus, byte[] list, PersistentReservations before) {
    if (before.isRegistered(nexus) && SPEC_I_PT.isSet(list)) {
      return refused(SPEC_I_PT);
    }
    if (!ACTION_KEY.isSet(list)) {
      return before.isRegistered(nexus)
          ? before.unregister(nexus)
          : new Result.Done(before, Map.of(), Set.of());
    }
    Set<String> ports =
        ALL_TG_PT.isSet(list)
            ? disk.profile().targetPorts(nexus.targetPort())
            : Set.of(nexus.targetPort());
    Set<Nexus> nexuses = new LinkedHashSet<>();
    ports.forEach(port -> nexuses.add(new Nexus(nexus.initiatorPort(), port)));
    if (SPEC_I_PT.isSet(list)) {
      switch (TransportIdList.read(list, ports, disk.attentions().established())) {
        case TransportIdList.Named(Set<Nexus> named) -> {
          if (named.stream().anyMatch(before::isRegistered)) {
            return refused(TransportIdList.FIRST);
          }
          nexuses.addAll(named);
        }
        case TransportIdList.Wrong(SenseData why) -> {
          return new Result.Refused(why);
        }
      }
    }
    return before.register(nexuses, ACTION_KEY.get(list));
  }

  private Result asRegistered(CommandTask task, byte[] list, PersistentReservations before) {
    Nexus nexus = task.nexus();
    Optional<ReservationType> type =
        ReservationType.of(task.getInt(TYPE)).filter(_ -> !task.isSet(SCOPE));
    long victim = ACTION_KEY.get(list);
    return switch (action) {
      case RELEASE -> before.release(nexus, type);
      case CLEAR -> before.clear(nexus);
      case RESERVE ->
          type.map(known -> before.reserve(nexus, known)).orElseGet(() -> wrongType(task));
      case PREEMPT, PREEMPT_AND_ABORT -> {
        if (!before.mayPreempt(victim)) {
          yield refused(ACTION_KEY);
        }
        yield before.takesOver(victim)
            ? type.map(known -> before.preemptReservation(nexus, known, victim))
                .orElseGet(() -> wrongType(task))
            : before.preemptRegistrations(nexus, victim);
      }
      case REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY ->
          throw new IllegalStateException(action + " registers");
    };
  }

  private static Result wrongType(CommandTask task) {
    return new Result.Refused(SenseData.invalidFieldInCdb(task.isSet(SCOPE) ? SCOPE : TYPE));
  }

  private void finish(CommandTask task, Result result) {
    if (action == Action.PREEMPT_AND_ABORT && result instanceof Result.Done done) {
      var _ =
          task.unit()
              .signal(new UnitSignal.Preempted(done.removed(), task.nexus(), task.tag()))
              .thenRun(() -> task.complete(Outcome.GOOD));
    } else {
      answer(task, result);
    }
  }

  static void answer(CommandTask task, Result result) {
    switch (result) {
      case Result.Done _ -> task.complete(Outcome.GOOD);
      case Result.Conflict _ -> task.complete(new Outcome.ReservationConflict());
      case Result.Refused(SenseData why) -> task.refuse(why);
    }
  }
}

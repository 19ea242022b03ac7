package org.untorn.core;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.untorn.core.Command.UnderReservation;
import org.untorn.core.PersistentReservations.Result;

/**
 * Who may use a logical unit: its persistent reservations, and the reservation of SPC-2's RESERVE
 * command, of which there is at most one at a time of either kind.
 *
 * <p>The whole is one immutable state, swapped under this object's lock and read without it: a
 * command that finds no reservation looks at one reference. While APTPL is activated (SPC-5 5.13)
 * each change is saved, in order, before it is answered; what the store has holds after a power on.
 */
final class Reservations {

  /**
   * Both kinds.
   *
   * @param aptpl whether the persistent ones persist through the loss of power
   * @param reservedBy the nexus whose RESERVE command holds the unit
   */
  private record State(
      PersistentReservations persistent, boolean aptpl, Optional<Nexus> reservedBy) {

    static final State NONE = new State(PersistentReservations.NONE, false, Optional.empty());

    boolean isFree() {
      return reservedBy.isEmpty() && persistent.held().isEmpty();
    }

    State reservedBy(Optional<Nexus> nexus) {
      return new State(persistent, aptpl, nexus);
    }

    /** What a power on finds. */
    PersistentReservations lasting() {
      return aptpl ? persistent.afterPowerLoss() : PersistentReservations.NONE;
    }
  }

  private static final SenseData NOT_SAVED =
      new SenseData(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);

  private final UnitAttentions attentions;
  private final ReservationStore store;

  /** Replaced under this object's lock, read without it. */
  private volatile State state = State.NONE;

  /** Whether the state has no reservation: all that most commands look at. */
  private volatile boolean free = true;

  /**
   * Those of a unit.
   *
   * @param saved what was saved last; whatever it is persists through the loss of power
   */
  Reservations(
      UnitAttentions attentions, ReservationStore store, Optional<PersistentReservations> saved) {
    this.attentions = attentions;
    this.store = store;
    saved.ifPresent(kept -> become(new State(kept, !kept.keys().isEmpty(), Optional.empty())));
  }

  /** The registrations, and the persistent reservation if there is one. */
  PersistentReservations persistent() {
    return state.persistent();
  }

  /** Whether the persistent ones persist through the loss of power now (PTPL_A). */
  boolean persistThroughPowerLoss() {
    return state.aptpl();
  }

  /** Whether a RESERVE command holds the unit, whoever sent it. */
  boolean isReserved() {
    return state.reservedBy().isPresent();
  }

  /** Whether a reservation keeps a nexus from a command with this rule. */
  boolean conflicts(CommandTask task) {
    if (free) {
      return false;
    }
    return conflicts(task.nexus(), task.reservation());
  }

  /** Whether a reservation keeps a nexus from something with this rule. */
  boolean conflicts(Nexus nexus, UnderReservation rule) {
    State now = state;
    return now.persistent().conflicts(nexus, rule)
        || (now.reservedBy().filter(holder -> !holder.equals(nexus)).isPresent()
            && rule != UnderReservation.ALLOWED
            && rule != UnderReservation.BY_THE_COMMAND);
  }

  /** The same for a service action that leaves APTPL as it is. */
  void change(Function<PersistentReservations, Result> action, Consumer<Result> then) {
    change(action, Optional.empty(), then);
  }

  /**
   * Carries a service action of PERSISTENT RESERVE OUT out, and tells whom it concerns. If what has
   * changed cannot be saved, it has changed all the same, until the power is lost.
   *
   * @param aptpl what the service action says of APTPL, which counts if it is carried out
   * @param then called once with the result, on any thread, when it is saved
   */
  void change(
      Function<PersistentReservations, Result> action,
      Optional<Boolean> aptpl,
      Consumer<Result> then) {
    Result result;
    synchronized (this) {
      State before = state;
      result = action.apply(before.persistent());
      if (result instanceof Result.Done done) {
        become(new State(done.after(), aptpl.orElse(before.aptpl()), before.reservedBy()));
        done.told().forEach(attentions::raise);
        if (!before.lasting().equals(state.lasting())) {
          Result saved = result;
          store.save(
              SavedReservations.encode(state.lasting()),
              problem -> then.accept(problem.isEmpty() ? saved : new Result.Refused(NOT_SAVED)));
          return;
        }
      }
    }
    then.accept(result);
  }

  /**
   * RESERVE, with the exceptions of compatible reservation handling (SPC-5 5.14.3).
   *
   * @return whether it is GOOD, and no conflict
   */
  synchronized boolean reserve(Nexus nexus) {
    if (toleratedUnderPersistent(nexus)) {
      return true;
    }
    boolean mine = state.reservedBy().map(nexus::equals).orElse(true);
    if (mine && state.persistent().keys().isEmpty()) {
      become(state.reservedBy(Optional.of(nexus)));
      return true;
    }
    return false;
  }

  /** RELEASE; from one who has not reserved it does nothing, which is GOOD, too. */
  synchronized boolean release(Nexus nexus) {
    if (toleratedUnderPersistent(nexus)) {
      return true;
    }
    end(nexus);
    return state.persistent().keys().isEmpty();
  }

  /** Ends what a RESERVE command of this nexus holds: the nexus is gone, or gives it back. */
  synchronized void end(Nexus nexus) {
    if (state.reservedBy().filter(nexus::equals).isPresent()) {
      become(state.reservedBy(Optional.empty()));
    }
  }

  /** A reset ends the reservation of a RESERVE command; persistent ones stay. */
  synchronized void reset() {
    become(state.reservedBy(Optional.empty()));
  }

  /** With APTPL registrations and reservations are there again, else they are gone (SPC-5 5.13). */
  synchronized void powerOn() {
    become(new State(state.lasting(), state.aptpl(), Optional.empty()));
  }

  /** Whether RESERVE and RELEASE do nothing and are GOOD: the nexus has access as it is. */
  private boolean toleratedUnderPersistent(Nexus nexus) {
    PersistentReservations persistent = state.persistent();
    return persistent.held().isPresent() && persistent.mayAccess(nexus);
  }

  private void become(State next) {
    state = next;
    free = next.isFree();
  }
}

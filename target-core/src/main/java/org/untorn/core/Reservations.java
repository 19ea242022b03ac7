package org.untorn.core;

import java.util.Optional;
import java.util.function.Function;
import org.untorn.core.Command.UnderReservation;
import org.untorn.core.PersistentReservations.Result;

/**
 * Who may use a logical unit: its persistent reservations, and the reservation of SPC-2's RESERVE
 * command, of which there is at most one at a time of either kind.
 *
 * <p>The whole is one immutable state, swapped under this object's lock and read without it: a
 * command that finds no reservation looks at one reference.
 */
final class Reservations {

  /**
   * Both kinds.
   *
   * @param reservedBy the nexus whose RESERVE command holds the unit
   */
  private record State(PersistentReservations persistent, Optional<Nexus> reservedBy) {

    static final State NONE = new State(PersistentReservations.NONE, Optional.empty());

    boolean isFree() {
      return reservedBy.isEmpty() && persistent.held().isEmpty();
    }
  }

  private final UnitAttentions attentions;

  /** Replaced under this object's lock, read without it. */
  private volatile State state = State.NONE;

  /** Whether the state has no reservation: all that most commands look at. */
  private volatile boolean free = true;

  Reservations(UnitAttentions attentions) {
    this.attentions = attentions;
  }

  /** The registrations, and the persistent reservation if there is one. */
  PersistentReservations persistent() {
    return state.persistent();
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
    State now = state;
    Nexus nexus = task.nexus();
    UnderReservation rule = task.reservation();
    return now.persistent().conflicts(nexus, rule)
        || (now.reservedBy().filter(holder -> !holder.equals(nexus)).isPresent()
            && rule != UnderReservation.ALLOWED
            && rule != UnderReservation.BY_THE_COMMAND);
  }

  /** Carries a service action of PERSISTENT RESERVE OUT out, and tells whom it concerns. */
  synchronized Result change(Function<PersistentReservations, Result> action) {
    Result result = action.apply(state.persistent());
    if (result instanceof Result.Done done) {
      become(new State(done.after(), state.reservedBy()));
      done.told().forEach(attentions::raise);
    }
    return result;
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
      become(new State(state.persistent(), Optional.of(nexus)));
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
      become(new State(state.persistent(), Optional.empty()));
    }
  }

  /** A reset ends the reservation of a RESERVE command; persistent ones stay. */
  synchronized void reset() {
    become(new State(state.persistent(), Optional.empty()));
  }

  /** Nothing persists through the loss of power: this device has no APTPL (SPC-5 5.14.5). */
  synchronized void powerOn() {
    become(State.NONE);
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

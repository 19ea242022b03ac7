package org.untorn.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.untorn.core.Command.UnderReservation;

/**
 * Who is registered with a logical unit, and who has reserved it (SPC-5 5.14, persistent
 * reservations). Immutable: each service action of PERSISTENT RESERVE OUT is a function from one to
 * the next.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Every key is other than zero, and every registered nexus has one.
 *   <li>A reservation has a registered holder. Under an all registrants type every registered nexus
 *       is a holder, and the reservation ends with the last registration.
 *   <li>The generation goes up by one with every service action that may change registrations.
 * </ol>
 *
 * @param generation PRGENERATION
 * @param keys the registered nexuses, in the order in which they registered, each with its key
 * @param held the reservation, if there is one
 */
record PersistentReservations(int generation, Map<Nexus, Long> keys, Optional<Held> held) {

  static final PersistentReservations NONE =
      new PersistentReservations(0, Map.of(), Optional.empty());

  /**
   * A reservation.
   *
   * @param holder who made it; one of many holders under an all registrants type
   */
  record Held(ReservationType type, Nexus holder) {}

  /** What a service action comes to. */
  sealed interface Result {

    /**
     * It was carried out.
     *
     * @param told the unit attention that each of these nexuses is owed
     * @param removed the nexuses that lost their registration to PREEMPT
     */
    record Done(PersistentReservations after, Map<Nexus, AdditionalSense> told, Set<Nexus> removed)
        implements Result {}

    /** RESERVATION CONFLICT, and nothing has changed. */
    record Conflict() implements Result {}

    /** CHECK CONDITION, and nothing has changed. */
    record Refused(SenseData why) implements Result {}
  }

  static final Result CONFLICT = new Result.Conflict();

  PersistentReservations {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /** The same as a power on finds it: the generation begins anew (SPC-5, PRGENERATION). */
  PersistentReservations afterPowerLoss() {
    return new PersistentReservations(0, keys, held);
  }

  boolean isRegistered(Nexus nexus) {
    return keys.containsKey(nexus);
  }

  /** Whether a nexus is registered, and with this key. */
  boolean isRegistered(Nexus nexus, long key) {
    Long registered = keys.get(nexus);
    return registered != null && registered == key;
  }

  /** Whether a nexus holds the reservation. */
  boolean isHolder(Nexus nexus) {
    return held.isPresent()
        && (held.get().type().allRegistrants()
            ? isRegistered(nexus)
            : held.get().holder().equals(nexus));
  }

  /** Whether a nexus may do all that a holder may, or there is no reservation. */
  boolean mayAccess(Nexus nexus) {
    return held.isEmpty()
        || isHolder(nexus)
        || (held.get().type().registrantsOnly() && isRegistered(nexus));
  }

  /** Whether the reservation keeps a nexus from a command with this rule (SPC-5 table 67). */
  boolean conflicts(Nexus nexus, UnderReservation rule) {
    if (mayAccess(nexus)) {
      return false;
    }
    return switch (rule) {
      case ALLOWED, ALLOWED_UNDER_PERSISTENT, BY_THE_COMMAND -> false;
      case ALLOWED_UNDER_WRITE_EXCLUSIVE -> !held.orElseThrow().type().writeExclusive();
      case CONFLICT -> true;
    };
  }

  /** Registers nexuses, or gives them another key. */
  Result register(Set<Nexus> nexuses, long key) {
    Map<Nexus, Long> more = new LinkedHashMap<>(keys);
    nexuses.forEach(nexus -> more.put(nexus, key));
    return done(new PersistentReservations(generation + 1, more, held), Map.of());
  }

  /** Takes a registration back, and with it the reservation if it was the last that held it. */
  Result unregister(Nexus nexus) {
    PersistentReservations after = without(Set.of(nexus));
    boolean released = held.isPresent() && after.held.isEmpty();
    return done(
        after.counted(),
        released && held.get().type().registrantsOnly()
            ? after.tell(AdditionalSense.RESERVATIONS_RELEASED, (one, key) -> true)
            : Map.of());
  }

  /** Makes a reservation; a holder may ask again for what it has. */
  Result reserve(Nexus nexus, ReservationType type) {
    if (held.isPresent()) {
      return isHolder(nexus) && held.get().type() == type ? done(this, Map.of()) : CONFLICT;
    }
    return done(heldBy(nexus, type), Map.of());
  }

  /**
   * Ends the reservation if the nexus holds it.
   *
   * @param type what the initiator believes to hold, if it is one at all
   */
  Result release(Nexus nexus, Optional<ReservationType> type) {
    if (!isHolder(nexus)) {
      return done(this, Map.of());
    }
    ReservationType actual = held.orElseThrow().type();
    if (!type.equals(Optional.of(actual))) {
      return new Result.Refused(
          SenseData.illegalRequest(AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION));
    }
    return done(
        new PersistentReservations(generation, keys, Optional.empty()),
        actual.allRegistrants() || actual.registrantsOnly()
            ? tell(AdditionalSense.RESERVATIONS_RELEASED, (one, key) -> !one.equals(nexus))
            : Map.of());
  }

  /** Ends everything. */
  Result clear(Nexus nexus) {
    return done(
        new PersistentReservations(generation + 1, Map.of(), Optional.empty()),
        tell(AdditionalSense.RESERVATIONS_PREEMPTED, (one, key) -> !one.equals(nexus)));
  }

  /** Whether PREEMPT with this key takes the reservation over, and does not only unregister. */
  boolean takesOver(long victim) {
    return held.isPresent()
        && (held.get().type().allRegistrants()
            ? victim == 0
            : isRegistered(held.get().holder(), victim));
  }

  /** Whether PREEMPT may name this key: zero only names the holders of an all registrants type. */
  boolean mayPreempt(long victim) {
    return victim != 0 || (held.isPresent() && held.get().type().allRegistrants());
  }

  /** Removes the registrations with a key, which do not hold the reservation alone. */
  Result preemptRegistrations(Nexus nexus, long victim) {
    Set<Nexus> removed = registered((one, key) -> key == victim);
    if (removed.isEmpty()) {
      return CONFLICT;
    }
    return new Result.Done(
        without(removed).counted(),
        tell(
            AdditionalSense.REGISTRATIONS_PREEMPTED,
            (one, key) -> removed.contains(one) && !one.equals(nexus)),
        removed);
  }

  /**
   * Takes the reservation over, and removes the registrations with the key of whoever held it, or
   * all others for zero; never the own one.
   */
  Result preemptReservation(Nexus nexus, ReservationType type, long victim) {
    Set<Nexus> removed =
        registered((one, key) -> !one.equals(nexus) && (victim == 0 || key == victim));
    Map<Nexus, AdditionalSense> told =
        new LinkedHashMap<>(
            tell(AdditionalSense.REGISTRATIONS_PREEMPTED, (one, key) -> removed.contains(one)));
    if (held.orElseThrow().type() != type) {
      told.putAll(
          tell(
              AdditionalSense.RESERVATIONS_RELEASED,
              (one, key) -> !removed.contains(one) && !one.equals(nexus)));
    }
    return new Result.Done(without(removed).heldBy(nexus, type).counted(), told, removed);
  }

  /**
   * Moves the reservation to another nexus, and registers that.
   *
   * @param unregister whether the nexus that held it loses its registration
   */
  Result move(Nexus from, Nexus to, long key, boolean unregister) {
    if (!isHolder(from) || held.orElseThrow().type().allRegistrants()) {
      return CONFLICT;
    }
    Map<Nexus, Long> moved = new LinkedHashMap<>(keys);
    if (unregister) {
      moved.remove(from);
    }
    moved.put(to, key);
    return done(
        new PersistentReservations(
            generation + 1, moved, Optional.of(new Held(held.get().type(), to))),
        Map.of());
  }

  private static Result done(PersistentReservations after, Map<Nexus, AdditionalSense> told) {
    return new Result.Done(after, told, Set.of());
  }

  private PersistentReservations counted() {
    return new PersistentReservations(generation + 1, keys, held);
  }

  private PersistentReservations heldBy(Nexus nexus, ReservationType type) {
    return new PersistentReservations(generation, keys, Optional.of(new Held(type, nexus)));
  }

  /** Without some registrations, and without a reservation that nobody would hold any more. */
  private PersistentReservations without(Set<Nexus> nexuses) {
    Map<Nexus, Long> rest = new LinkedHashMap<>(keys);
    rest.keySet().removeAll(nexuses);
    Optional<Held> stillHeld =
        held.flatMap(
            one ->
                !nexuses.contains(one.holder())
                    ? held
                    : rest.keySet().stream()
                        .findFirst()
                        .filter(_ -> one.type().allRegistrants())
                        .map(heir -> new Held(one.type(), heir)));
    return new PersistentReservations(generation, rest, stillHeld);
  }

  private Set<Nexus> registered(BiPredicate<Nexus, Long> which) {
    Set<Nexus> found = new LinkedHashSet<>();
    keys.forEach(
        (nexus, key) -> {
          if (which.test(nexus, key)) {
            found.add(nexus);
          }
        });
    return found;
  }

  private Map<Nexus, AdditionalSense> tell(
      AdditionalSense condition, BiPredicate<Nexus, Long> whom) {
    Map<Nexus, AdditionalSense> told = new LinkedHashMap<>();
    registered(whom).forEach(nexus -> told.put(nexus, condition));
    return told;
  }
}

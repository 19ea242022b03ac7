package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.AdditionalSense.REGISTRATIONS_PREEMPTED;
import static org.untorn.core.AdditionalSense.RESERVATIONS_PREEMPTED;
import static org.untorn.core.AdditionalSense.RESERVATIONS_RELEASED;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.untorn.core.Command.UnderReservation;
import org.untorn.core.PersistentReservations.Held;
import org.untorn.core.PersistentReservations.Result;

/** The service actions as functions: three nexuses, A and B with a key of their own, C without. */
class PersistentReservationsTest {

  private static final Nexus A = new Nexus("a", "t");
  private static final Nexus B = new Nexus("b", "t");
  private static final Nexus C = new Nexus("c", "t");
  private static final List<Nexus> ALL = List.of(A, B, C);
  private static final List<ReservationType> TYPES = List.of(ReservationType.values());

  private static PersistentReservations with(Map<Nexus, Long> keys, Optional<Held> held) {
    return new PersistentReservations(7, keys, held);
  }

  /** A and B are registered, and A has reserved. */
  private static PersistentReservations heldByA(ReservationType type) {
    Map<Nexus, Long> keys = new LinkedHashMap<>();
    keys.put(A, 0xAL);
    keys.put(B, 0xBL);
    return with(keys, Optional.of(new Held(type, A)));
  }

  private static Result.Done done(Result result) {
    assertThat(result).isInstanceOf(Result.Done.class);
    return (Result.Done) result;
  }

  /**
   * SPC-5's table of what is allowed from whom, by type: a holder; a registered nexus that is none;
   * one that is not registered. R: under the read rule; W: any command.
   */
  @Test
  void who_may_do_what_under_which_type_is_as_the_standards_table_has_it() {
    Map<ReservationType, List<String>> table =
        Map.of(
            ReservationType.WRITE_EXCLUSIVE, List.of("RW", "R", "R"),
            ReservationType.EXCLUSIVE_ACCESS, List.of("RW", "", ""),
            ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, List.of("RW", "RW", "R"),
            ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, List.of("RW", "RW", ""),
            ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS, List.of("RW", "RW", "R"),
            ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS, List.of("RW", "RW", ""));
    assertThat(table).hasSameSizeAs(ReservationType.values());
    table.forEach(
        (type, rights) -> {
          PersistentReservations state = heldByA(type);
          for (int i = 0; i < ALL.size(); i++) {
            Nexus nexus = ALL.get(i);
            String may =
                (state.conflicts(nexus, UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE) ? "" : "R")
                    + (state.conflicts(nexus, UnderReservation.CONFLICT) ? "" : "W");
            assertThat(may).as("%s of %s", type, nexus).isEqualTo(rights.get(i));
            for (UnderReservation rule :
                List.of(
                    UnderReservation.ALLOWED,
                    UnderReservation.ALLOWED_UNDER_PERSISTENT,
                    UnderReservation.BY_THE_COMMAND)) {
              assertThat(state.conflicts(nexus, rule)).isFalse();
            }
          }
        });
  }

  @Test
  void without_a_reservation_registrations_keep_nobody_out() {
    assertThat(with(Map.of(A, 1L), Optional.empty()).conflicts(C, UnderReservation.CONFLICT))
        .isFalse();
  }

  @Test
  void registering_counts_a_generation_and_reserving_and_releasing_do_not() {
    Result.Done registered = done(PersistentReservations.NONE.register(Set.of(A), 1));
    assertThat(registered.after().generation()).isEqualTo(1);
    Result.Done reserved = done(registered.after().reserve(A, ReservationType.EXCLUSIVE_ACCESS));
    assertThat(reserved.after().generation()).isEqualTo(1);
    Result.Done released =
        done(reserved.after().release(A, Optional.of(ReservationType.EXCLUSIVE_ACCESS)));
    assertThat(released.after().generation()).isEqualTo(1);
    assertThat(done(released.after().unregister(A)).after())
        .isEqualTo(new PersistentReservations(2, Map.of(), Optional.empty()));
  }

  @Test
  void unregistering_the_only_holder_ends_the_reservation_and_registrants_are_told() {
    for (ReservationType type : ReservationType.values()) {
      Result.Done result = done(heldByA(type).unregister(A));
      assertThat(result.after().isRegistered(A)).isFalse();
      assertThat(result.after().held().isPresent()).isEqualTo(type.allRegistrants());
      assertThat(result.told())
          .isEqualTo(type.registrantsOnly() ? Map.of(B, RESERVATIONS_RELEASED) : Map.of());
      assertThat(done(result.after().unregister(B)).after().held()).isEmpty();
      Result.Done other = done(heldByA(type).unregister(B));
      assertThat(other.after().held()).isEqualTo(heldByA(type).held());
      assertThat(other.told()).isEmpty();
    }
  }

  @Test
  void releasing_tells_the_registrants_of_types_that_they_share() {
    for (ReservationType type : ReservationType.values()) {
      Result.Done result = done(heldByA(type).release(A, Optional.of(type)));
      assertThat(result.after().held()).isEmpty();
      assertThat(result.told())
          .isEqualTo(
              type.allRegistrants() || type.registrantsOnly()
                  ? Map.of(B, RESERVATIONS_RELEASED)
                  : Map.of());
      for (ReservationType other : ReservationType.values()) {
        if (other != type) {
          assertThat(heldByA(type).release(A, Optional.of(other)))
              .isInstanceOf(Result.Refused.class);
        }
      }
      if (!type.allRegistrants()) {
        assertThat(done(heldByA(type).release(B, Optional.of(type))).after())
            .isEqualTo(heldByA(type));
      }
    }
  }

  @Test
  void reserving_again_is_good_for_a_holder_with_the_same_type_and_a_conflict_otherwise() {
    for (ReservationType type : ReservationType.values()) {
      for (ReservationType other : ReservationType.values()) {
        Result again = heldByA(type).reserve(A, other);
        assertThat(again instanceof Result.Conflict).isEqualTo(other != type);
      }
      assertThat(heldByA(type).reserve(B, type) instanceof Result.Conflict)
          .isEqualTo(!type.allRegistrants());
    }
  }

  @Test
  void clearing_ends_everything_and_tells_the_others() {
    Result.Done result = done(heldByA(ReservationType.WRITE_EXCLUSIVE).clear(B));
    assertThat(result.after()).isEqualTo(new PersistentReservations(8, Map.of(), Optional.empty()));
    assertThat(result.told()).isEqualTo(Map.of(A, RESERVATIONS_PREEMPTED));
  }

  @Test
  void preempting_the_holder_takes_its_reservation_and_its_registration() {
    Map<Nexus, Long> keys = new LinkedHashMap<>();
    keys.put(A, 1L);
    keys.put(B, 2L);
    keys.put(C, 3L);
    PersistentReservations state =
        with(keys, Optional.of(new Held(ReservationType.WRITE_EXCLUSIVE, A)));
    assertThat(state.takesOver(1)).isTrue();
    assertThat(state.takesOver(3)).isFalse();
    Result.Done same = done(state.preemptReservation(B, ReservationType.WRITE_EXCLUSIVE, 1));
    assertThat(same.after().held()).contains(new Held(ReservationType.WRITE_EXCLUSIVE, B));
    assertThat(same.after().keys()).containsOnlyKeys(B, C);
    assertThat(same.after().generation()).isEqualTo(8);
    assertThat(same.told()).isEqualTo(Map.of(A, REGISTRATIONS_PREEMPTED));
    assertThat(same.removed()).containsExactly(A);
    Result.Done changed = done(state.preemptReservation(B, ReservationType.EXCLUSIVE_ACCESS, 1));
    assertThat(changed.told())
        .isEqualTo(Map.of(A, REGISTRATIONS_PREEMPTED, C, RESERVATIONS_RELEASED));
  }

  @Test
  void a_holder_that_preempts_itself_changes_the_type_and_stays_registered() {
    PersistentReservations state = heldByA(ReservationType.WRITE_EXCLUSIVE);
    Result.Done result = done(state.preemptReservation(A, ReservationType.EXCLUSIVE_ACCESS, 0xA));
    assertThat(result.after().held()).contains(new Held(ReservationType.EXCLUSIVE_ACCESS, A));
    assertThat(result.after().keys()).containsOnlyKeys(A, B);
    assertThat(result.told()).isEqualTo(Map.of(B, RESERVATIONS_RELEASED));
    assertThat(result.removed()).isEmpty();
  }

  @Test
  void preempting_registrations_leaves_the_reservation_alone() {
    PersistentReservations state = heldByA(ReservationType.WRITE_EXCLUSIVE);
    Result.Done result = done(state.preemptRegistrations(A, 0xB));
    assertThat(result.after().held()).isEqualTo(state.held());
    assertThat(result.after().keys()).containsOnlyKeys(A);
    assertThat(result.told()).isEqualTo(Map.of(B, REGISTRATIONS_PREEMPTED));
    assertThat(state.preemptRegistrations(A, 0xC)).isInstanceOf(Result.Conflict.class);
    Result.Done own = done(state.preemptRegistrations(B, 0xB));
    assertThat(own.told()).isEmpty();
    assertThat(own.removed()).containsExactly(B);
  }

  @Test
  void zero_preempts_the_holders_of_an_all_registrants_type_and_nobody_else() {
    for (ReservationType type : ReservationType.values()) {
      PersistentReservations state = heldByA(type);
      assertThat(state.mayPreempt(0)).isEqualTo(type.allRegistrants());
      assertThat(state.takesOver(0)).isEqualTo(type.allRegistrants());
      assertThat(state.takesOver(0xA)).isEqualTo(!type.allRegistrants());
    }
    Result.Done result =
        done(
            heldByA(ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS)
                .preemptReservation(B, ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS, 0));
    assertThat(result.after().keys()).containsOnlyKeys(B);
    assertThat(result.removed()).containsExactly(A);
    assertThat(PersistentReservations.NONE.mayPreempt(0)).isFalse();
  }

  @Test
  void moving_hands_the_reservation_over_and_can_unregister() {
    PersistentReservations state = heldByA(ReservationType.EXCLUSIVE_ACCESS);
    Result.Done moved = done(state.move(A, C, 0xC, false));
    assertThat(moved.after().held()).contains(new Held(ReservationType.EXCLUSIVE_ACCESS, C));
    assertThat(moved.after().keys())
        .containsExactly(Map.entry(A, 0xAL), Map.entry(B, 0xBL), Map.entry(C, 0xCL));
    assertThat(done(state.move(A, B, 0xD, true)).after().keys())
        .containsExactly(Map.entry(B, 0xDL));
    assertThat(state.move(B, C, 0xC, false)).isInstanceOf(Result.Conflict.class);
    assertThat(heldByA(ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS).move(A, C, 0xC, false))
        .isInstanceOf(Result.Conflict.class);
  }

  /** Whatever is done in whatever order, the invariants of the type hold. */
  @Test
  void no_sequence_of_service_actions_breaks_an_invariant() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    PersistentReservations state = PersistentReservations.NONE;
    Set<String> seen = new HashSet<>();
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Nexus nexus = ALL.get(random.nextInt(3));
      Nexus other = ALL.get(random.nextInt(3));
      long key = 1L + random.nextInt(3);
      ReservationType type = TYPES.get(random.nextInt(TYPES.size()));
      PersistentReservations before = state;
      int action = random.nextInt(7);
      steps.add(action + " " + nexus.initiatorPort() + " " + key + " " + type);
      Result result =
          !before.isRegistered(nexus)
              ? before.register(Set.of(nexus), key)
              : switch (action) {
                case 0 -> before.unregister(nexus);
                case 1, 2 -> before.reserve(nexus, type);
                case 3 -> before.release(nexus, before.held().map(Held::type));
                case 4 ->
                    random.nextInt(20) == 0 ? before.clear(nexus) : before.reserve(other, type);
                case 5 ->
                    before.takesOver(key)
                        ? before.preemptReservation(nexus, type, key)
                        : before.preemptRegistrations(nexus, key);
                default ->
                    nexus.equals(other)
                        ? before.register(Set.of(nexus), key)
                        : before.move(nexus, other, key, random.nextBoolean());
              };
      if (result instanceof Result.Done one
          && (action != 4 || before.isRegistered(other) || before.held().isPresent())) {
        state = one.after();
        seen.add(state.held().map(held -> held.type().name()).orElse("none"));
        PersistentReservations now = state;
        assertThat(now.held().isEmpty() || now.isRegistered(now.held().get().holder()))
            .as("a registered holder; seed %s, last of %s steps %s", seed, i, steps.getLast())
            .isTrue();
        assertThat(one.told().keySet()).as("told; seed %s", seed).doesNotContain(nexus);
        assertThat(now.keys().values()).doesNotContain(0L);
      }
    }
    assertThat(seen).as("seed %s", seed).hasSize(7);
  }
}

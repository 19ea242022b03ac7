package org.untorn.iscsi.auth;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an initiator has to prove before it is let in. */
public sealed interface Authentication {

  /** Nothing. */
  record None() implements Authentication {}

  /**
   * That it knows the secret of one of some users, by CHAP. The initiator may ask the same of the
   * target.
   *
   * <p>Invariants: there is a user and an algorithm; the target's secret is no user's, for then
   * whoever answers could be shown its own answer (RFC 7143 9.2.1).
   *
   * @param users secrets by CHAP_N
   * @param target how the target proves itself; empty: it does not
   * @param algorithms what is accepted
   */
  record Chap(Map<String, Secret> users, Optional<Credential> target, Set<ChapAlgorithm> algorithms)
      implements Authentication {

    public Chap {
      users = Map.copyOf(users);
      algorithms = Set.copyOf(algorithms);
      if (users.isEmpty() || algorithms.isEmpty()) {
        throw new IllegalArgumentException("CHAP without a user or an algorithm");
      }
      if (target.isPresent() && users.containsValue(target.get().secret())) {
        throw new IllegalArgumentException("the target's secret is an initiator's, too");
      }
    }

    /** The users of a target that does not prove itself, by every algorithm. */
    public static Chap of(Map<String, Secret> users) {
      return new Chap(users, Optional.empty(), EnumSet.allOf(ChapAlgorithm.class));
    }
  }
}

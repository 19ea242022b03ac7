package org.untorn.iscsi.login;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.untorn.iscsi.auth.Authentication;

/** Whether an initiator may log in somewhere. */
public sealed interface Access {

  /**
   * It may, once it has proven what it must.
   *
   * @param luns the logical units that it may use: the numbers that they have, by the numbers that
   *     it sees them under; empty: all, under their own
   */
  record Granted(Authentication authentication, Optional<SortedMap<Integer, Integer>> luns)
      implements Access {

    public Granted {
      luns = luns.map(map -> Collections.unmodifiableSortedMap(new TreeMap<>(map)));
    }

    /** Access to all units. */
    public static Granted to(Authentication authentication) {
      return new Granted(authentication, Optional.empty());
    }
  }

  /** It may not, whoever it is. */
  record Denied() implements Access {}

  /** Access for everybody. */
  Access OPEN = Granted.to(new Authentication.None());
}

package org.untorn.iscsi.login;

import java.util.function.Supplier;
import org.untorn.iscsi.auth.Authentication;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.auth.ChapAlgorithm;

/**
 * How far the initiator has proven who it is (RFC 7143 12.1.3).
 *
 * <pre>
 *  Open      nothing to prove
 *  Required ─AuthMethod=CHAP─► Agreed ─CHAP_A─► Challenged ─CHAP_N, CHAP_R are right─► Proven
 * </pre>
 *
 * A login leaves the security stage from Open or Proven only.
 */
sealed interface Security {

  /** Nothing is to be proven. */
  record Open() implements Security {}

  /** No method was agreed on yet. */
  record Required(Authentication.Chap by, Challenge challenge) implements Security {}

  /** The initiator has to say which algorithms it knows. */
  record Agreed(Authentication.Chap by, Challenge challenge) implements Security {}

  /** The initiator has to answer the challenge. */
  record Challenged(Authentication.Chap by, Challenge challenge, ChapAlgorithm algorithm)
      implements Security {}

  /** The initiator knows the secret of a user. */
  record Proven(String user) implements Security {}

  /**
   * Where a login begins that has to prove so much.
   *
   * @param fresh a challenge that was never used
   */
  static Security of(Authentication required, Supplier<Challenge> fresh) {
    return switch (required) {
      case Authentication.None _ -> new Open();
      case Authentication.Chap chap -> new Required(chap, fresh.get());
    };
  }

  /** Whether there is nothing left to prove. */
  default boolean isSettled() {
    return switch (this) {
      case Open _, Proven _ -> true;
      case Required _, Agreed _, Challenged _ -> false;
    };
  }
}

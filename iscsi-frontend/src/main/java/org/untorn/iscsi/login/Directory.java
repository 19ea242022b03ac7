package org.untorn.iscsi.login;

import java.util.OptionalInt;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.login.AccessControl.Initiator;

/** What a login on one connection must know of the node it happens on. Answers do not wait. */
public interface Directory {

  /** The portal group tag under which a target is reached here; empty if it is not. */
  OptionalInt portalGroupTag(String targetName);

  /** The initiator at the other end of this connection, if it has that name. */
  Initiator initiator(String initiatorName);

  /**
   * Whether an initiator may log in.
   *
   * @param targetName where to; empty to discover targets
   */
  Access access(Initiator initiator, String targetName);

  /** A challenge that was never used. */
  Challenge freshChallenge();

  /** Whether an initiator port has a session with this handle (RFC 7143 6.3.1). */
  boolean sessionExists(String initiatorName, long isid, String targetName, int tsih);

  /** Whether one more session would be too many. */
  boolean isFull();
}

package org.untorn.iscsi.login;

import java.net.InetAddress;
import java.util.Optional;

/** Who may log in where. Answers do not wait, and are the same every time. */
public interface AccessControl {

  /**
   * Who asks.
   *
   * @param name the InitiatorName, as it was sent
   * @param address where it comes from; empty if that is no Internet address
   */
  record Initiator(String name, Optional<InetAddress> address) {}

  /** Whether an initiator may log in to a target, named in lower case. */
  Access toTarget(String targetName, Initiator initiator);

  /** Whether an initiator may discover targets. */
  Access toDiscovery(Initiator initiator);

  /** Everybody may do everything. */
  static AccessControl open() {
    return new AccessControl() {
      @Override
      public Access toTarget(String targetName, Initiator initiator) {
        return Access.OPEN;
      }

      @Override
      public Access toDiscovery(Initiator initiator) {
        return Access.OPEN;
      }
    };
  }
}

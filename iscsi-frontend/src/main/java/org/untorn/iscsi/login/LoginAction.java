package org.untorn.iscsi.login;

import org.untorn.iscsi.pdu.LoginResponse;

/** What a login wants done, in order. */
public sealed interface LoginAction {

  /** Send a response. */
  record Send(LoginResponse response) implements LoginAction {}

  /**
   * Make the session, ending the one that it reinstates, then send the response and enter the full
   * feature phase.
   */
  record Establish(LoginResult result, LoginResponse response) implements LoginAction {}

  /**
   * Close the connection, after what was sent.
   *
   * @param why what the log says of it, after the address: one line, without any secret
   * @param unproven whether the initiator could not prove who it is
   */
  record Close(String why, boolean unproven) implements LoginAction {}
}

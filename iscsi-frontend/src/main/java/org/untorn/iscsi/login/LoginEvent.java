package org.untorn.iscsi.login;

import org.untorn.iscsi.pdu.LoginRequest;

/** What can happen to a connection that is not in the full feature phase. */
public sealed interface LoginEvent {

  /** A Login Request; its data stays the caller's. */
  record Request(LoginRequest pdu) implements LoginEvent {}

  /** A PDU of another kind, or a broken one. */
  record OtherPdu() implements LoginEvent {}

  /** The login took too long. */
  record Timeout() implements LoginEvent {}
}

package org.untorn.iscsi.session;

/**
 * The states of a connection as its target sees them (RFC 7143 8.1.4), a pure function of state and
 * event. The numbers are the standard's.
 *
 * <pre>
 *  S1 FREE ─accepted─► S3 XPT_UP ─login request─► S4 IN_LOGIN ─success─► S5 LOGGED_IN
 *     ▲                   │                          │                     │  │
 *     ├──────lost─────────┴───────lost, refused──────┘      logout request │  │ logout asked for
 *     │                                                                    ▼  ▼
 *     └──────────lost───────────────────────────────────── S6 IN_LOGOUT ◄─ S7 LOGOUT_REQUESTED
 * </pre>
 *
 * S2 is an initiator's only. S8 CLEANUP_WAIT, where a failed connection waits to be recovered,
 * needs error recovery level 1: here a connection that is lost is cleaned up at once.
 */
public enum ConnectionState {
  /** S1. */
  FREE,
  /** S3: the transport is up, no login yet. */
  XPT_UP,
  /** S4. */
  IN_LOGIN,
  /** S5: full feature phase. */
  LOGGED_IN,
  /** S6: a logout is being carried out; no further PDU is taken. */
  IN_LOGOUT,
  /** S7: the target asked for a logout, or said that it drops the connection. */
  LOGOUT_REQUESTED;

  /** What can happen. */
  public enum Event {
    /** T3: the transport connection was accepted. */
    ACCEPTED,
    /** T4: the first login request came. */
    LOGIN_REQUEST,
    /** T5: the final login response with status 0 goes out. */
    LOGIN_SUCCEEDED,
    /** T7: the login was refused or timed out. */
    LOGIN_FAILED,
    /** T11: an asynchronous message that announces the end goes out. */
    END_ANNOUNCED,
    /** T9, T10: a logout request is carried out. */
    LOGOUT_REQUEST,
    /** T13, T15 to T18: the transport connection is gone. */
    TRANSPORT_LOST
  }

  /** The next state; an event that means nothing in a state does not change it. */
  public ConnectionState next(Event event) {
    return switch (event) {
      case ACCEPTED -> this == FREE ? XPT_UP : this;
      case LOGIN_REQUEST -> this == XPT_UP ? IN_LOGIN : this;
      case LOGIN_SUCCEEDED -> this == IN_LOGIN ? LOGGED_IN : this;
      case LOGIN_FAILED -> this == XPT_UP || this == IN_LOGIN ? FREE : this;
      case END_ANNOUNCED -> this == LOGGED_IN ? LOGOUT_REQUESTED : this;
      case LOGOUT_REQUEST -> this == LOGGED_IN || this == LOGOUT_REQUESTED ? IN_LOGOUT : this;
      case TRANSPORT_LOST -> FREE;
    };
  }

  /** Whether requests of the full feature phase are taken. */
  public boolean isFullFeature() {
    return this == LOGGED_IN || this == LOGOUT_REQUESTED;
  }
}

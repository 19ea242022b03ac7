package org.untorn.iscsi.initiator;

/** A session or a login that did not go as it must; says what the target did. */
public final class InitiatorException extends RuntimeException {

  private static final long serialVersionUID = 1;

  InitiatorException(String message) {
    super(message);
  }

  InitiatorException(String message, Throwable cause) {
    super(message, cause);
  }
}

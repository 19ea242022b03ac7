package org.untorn.testkit;

/** The target cannot do what was asked; the message is its own, one line that says what to do. */
public final class UntornException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UntornException(String message) {
    super(message);
  }

  UntornException(String message, Throwable cause) {
    super(message, cause);
  }
}

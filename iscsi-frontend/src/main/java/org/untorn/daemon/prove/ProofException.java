package org.untorn.daemon.prove;

/** A disk that does not even answer as a disk does; says what it did. */
public final class ProofException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ProofException(String message) {
    super(message);
  }

  ProofException(String message, Throwable cause) {
    super(message, cause);
  }
}

package org.untorn.testkit.vm;

/**
 * A Linux machine could not be had or has stopped answering; the message says which, and quotes
 * what the machine said last. It tells nothing about the target.
 */
public final class LinuxMachineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LinuxMachineException(String message) {
    super(message);
  }

  LinuxMachineException(String message, Throwable cause) {
    super(message, cause);
  }
}

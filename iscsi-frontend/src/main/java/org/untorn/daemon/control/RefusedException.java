package org.untorn.daemon.control;

import java.io.IOException;

/** A daemon says, in one line, that what it was asked for cannot be: a status of 400 to 499. */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1;

  public RefusedException(String why) {
    super(why);
  }
}

package org.untorn.iscsi.session;

import java.time.Duration;
import org.untorn.iscsi.login.LocalParameters;

/**
 * How connections behave.
 *
 * @param parameters what this side brings to negotiations
 * @param commandWindow the commands that an initiator may have outstanding
 * @param loginTimeout from the transport connection to the full feature phase
 * @param pingAfter silence after which an initiator is pinged; zero: never
 * @param pingTimeout further silence after which its connection is closed
 */
public record ConnectionOptions(
    LocalParameters parameters,
    int commandWindow,
    Duration loginTimeout,
    Duration pingAfter,
    Duration pingTimeout) {

  /** What suits a disk on a network. */
  public static final ConnectionOptions DEFAULT =
      new ConnectionOptions(
          LocalParameters.DEFAULT,
          128,
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));

  /** The same with another window, and another time for the login. */
  public ConnectionOptions with(int window, Duration timeout) {
    return new ConnectionOptions(parameters, window, timeout, pingAfter, pingTimeout);
  }

  public ConnectionOptions {
    if (commandWindow < 1) {
      throw new IllegalArgumentException("a command window of " + commandWindow);
    }
  }
}

package org.untorn.daemon.volume;

import java.io.Console;
import java.util.Optional;

/** Whether somebody looks at what this process prints. */
public final class Terminal {

  private Terminal() {}

  /** Standard input and output are a terminal. */
  public static boolean isThere() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }
}

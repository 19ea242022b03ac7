package org.untorn.daemon.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that proves to a daemon's control API that a command may ask it. */
public final class TokenOption {

  @Option(
      names = "--control-token",
      paramLabel = "FILE",
      order = 92,
      description =
          "A file of mode 0600 with the control API's token. Default: the environment variable "
              + ControlToken.VARIABLE
              + ", if it is set.")
  private Optional<Path> file = Optional.empty();

  /**
   * The token, if there is one.
   *
   * @throws IOException that says in one line what is wrong with the file
   */
  public Optional<ControlToken> load() throws IOException {
    return ControlToken.load(file);
  }
}

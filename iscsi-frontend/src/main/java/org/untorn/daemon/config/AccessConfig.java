package org.untorn.daemon.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who may log in, as far as it is not said of one target, and how much of it at once; and who may
 * ask the control API. It holds names only: the secrets stay where they are until the daemon
 * starts.
 *
 * @param secrets the file with the secrets of the users; empty: they are in the environment, if
 *     anywhere
 * @param algorithms what CHAP may be done with, by their names; empty: everything there is
 * @param discovery the rules of discovery sessions
 * @param limits how much is taken at once
 * @param controlToken the file with the token of the control API; empty: it is in the environment,
 *     if anywhere
 */
public record AccessConfig(
    Optional<Path> secrets,
    List<String> algorithms,
    List<AccessRule> discovery,
    LimitsConfig limits,
    Optional<Path> controlToken) {

  /** Everybody may discover everything. */
  public static final AccessConfig OPEN =
      new AccessConfig(
          Optional.empty(), List.of(), List.of(), LimitsConfig.DEFAULT, Optional.empty());

  /** The algorithms of CHAP by name, the strongest first (RFC 7143 12.1.3, and IANA for PPP). */
  public static final List<String> ALGORITHMS = List.of("SHA3-256", "SHA-256", "SHA-1", "MD5");

  public AccessConfig {
    algorithms = List.copyOf(algorithms);
    discovery = List.copyOf(discovery);
  }

  /** Reads the name of a file. */
  static Parsed<Path> file(String text) {
    try {
      return Parsed.value(Path.of(text));
    } catch (InvalidPathException problem) {
      return Parsed.wrong("'" + text + "' is no file: " + problem.getReason());
    }
  }

  /** Reads the name of an algorithm. */
  static Parsed<String> algorithm(String text) {
    return ALGORITHMS.contains(text)
        ? Parsed.value(text)
        : Parsed.wrong(
            "no algorithm is named '%s'; there are %s"
                .formatted(text, String.join(", ", ALGORITHMS)));
  }
}

package org.untorn.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * A program that others wrote and that a suite judges the target by.
 *
 * <p>Where the program is not installed no test passes: in continuous integration ({@code CI=true})
 * the test fails; elsewhere it is aborted, says which program is missing, and {@link SkipSummary}
 * lists it when all tests have run.
 */
public final class ExternalTool {

  private static final int KEPT_LINES = 200_000;

  private final Path program;

  private ExternalTool(Path program) {
    this.program = program;
  }

  /**
   * Finds a program on the {@code PATH}.
   *
   * @param hint where it comes from, for whoever lacks it (a distribution's package)
   */
  public static ExternalTool find(String name, String hint) {
    return locate(name)
        .map(ExternalTool::new)
        .orElseGet(() -> missing(name, hint, "true".equals(System.getenv("CI"))));
  }

  /** What happens to a test whose program is missing: it never returns. */
  static ExternalTool missing(String name, String hint, boolean inContinuousIntegration) {
    String message = name + " is not installed (" + hint + ")";
    if (inContinuousIntegration) {
      throw new AssertionError(message);
    }
    throw new TestAbortedException(message);
  }

  /**
   * Runs the program to its end.
   *
   * @throws IllegalStateException if it does not end within {@code limit}; it is killed, and what
   *     it printed is quoted
   */
  public ToolRun run(Duration limit, String... arguments) {
    return run(Path.of("."), limit, arguments);
  }

  /** Runs the program to its end in a directory. */
  public ToolRun run(Path directory, Duration limit, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).directory(directory.toFile()).start();
      process.getOutputStream().close();
      ProcessOutput output =
          ProcessOutput.collect(process.getInputStream(), KEPT_LINES, line -> {});
      ProcessOutput errors =
          ProcessOutput.collect(process.getErrorStream(), KEPT_LINES, line -> {});
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            String.join(" ", command)
                + " did not end within "
                + limit
                + "\n"
                + output.finish()
                + errors.finish());
      }
      return new ToolRun(command, process.exitValue(), output.finish(), errors.finish());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + program + " ran", e);
    }
  }

  private static Optional<Path> locate(String name) {
    Stream<String> path =
        Stream.concat(
            Optional.ofNullable(System.getenv("PATH")).stream()
                .flatMap(all -> Stream.of(all.split(File.pathSeparator))),
            Stream.of("/usr/sbin", "/sbin"));
    return path.map(directory -> Path.of(directory, name)).filter(Files::isExecutable).findFirst();
  }
}

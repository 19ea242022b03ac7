package org.untorn.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A target for a test class, in one line:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final UntornExtension target = UntornExtension.inMemory("--size", "256MiB");
 * }</pre>
 *
 * It is started before the first test and ended with SIGTERM after the last; a target that does not
 * end with exit code 0 fails the class. A failing test carries what the target printed on standard
 * error as a suppressed exception. A directory store lives in a temporary directory, which is
 * removed at the end, as is the file of a configuration.
 */
public final class UntornExtension
    implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler {

  private final boolean onDisk;
  private final Optional<String> configuration;
  private final List<String> options;
  private Optional<Path> directory = Optional.empty();
  private Optional<UntornProcess> process = Optional.empty();

  private UntornExtension(boolean onDisk, Optional<String> configuration, String... options) {
    this.onDisk = onDisk;
    this.configuration = configuration;
    this.options = List.of(options);
  }

  /** A target whose blocks live in memory. */
  public static UntornExtension inMemory(String... options) {
    return new UntornExtension(false, Optional.empty(), options);
  }

  /** A target that a YAML text describes, whose blocks live in memory. */
  public static UntornExtension configured(String yaml) {
    return new UntornExtension(false, Optional.of(yaml));
  }

  /** A target whose blocks live in a temporary directory. */
  public static UntornExtension inDirectory(String... options) {
    return new UntornExtension(true, Optional.empty(), options);
  }

  /** The running target. */
  public UntornProcess process() {
    return process.orElseThrow(() -> new IllegalStateException("the target is not running"));
  }

  /** Where and what the target serves. */
  public Ready ready() {
    return process().ready();
  }

  /** The URL of its first logical unit. */
  public String url() {
    return process().url();
  }

  /** Kills the target (SIGKILL) and starts it again on the same store. */
  public void killAndRestart() {
    UntornProcess old = process();
    old.kill();
    process = Optional.of(old.again());
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    List<String> arguments = new ArrayList<>();
    Path made = Files.createTempDirectory("untorn-");
    directory = Optional.of(made);
    if (onDisk) {
      arguments.addAll(List.of("--dir", made.toString()));
    } else {
      arguments.add("--ram");
    }
    if (configuration.isPresent()) {
      Path file = Files.writeString(made.resolve("untorn.yaml"), configuration.get());
      arguments.addAll(List.of("--config", file.toString()));
    }
    arguments.addAll(options);
    process = Optional.of(UntornProcess.serve(arguments.toArray(String[]::new)));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    try {
      process.ifPresent(UntornExtension::endInOrder);
    } finally {
      process = Optional.empty();
      directory.ifPresent(UntornExtension::remove);
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    process.ifPresent(
        target ->
            failure.addSuppressed(new AssertionError("the target printed:\n" + target.errors())));
    throw failure;
  }

  private static void endInOrder(UntornProcess target) {
    int exitCode = target.terminate();
    if (exitCode != 0) {
      throw new AssertionError(
          "the target ended with exit code " + exitCode + " and printed:\n" + target.errors());
    }
  }

  private static void remove(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(UntornExtension::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

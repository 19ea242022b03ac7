package org.untorn.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * A target for a test class, in one line:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final UntornExtension untorn = UntornExtension.breakable("--size", "256MiB");
 * }</pre>
 *
 * It listens on a free port of the loopback, is started before the first test and ended with
 * SIGTERM after the last; a target that does not end with exit code 0 fails the class. In a field
 * that is not static it is another one for each test. Tests may have parameters: {@link IscsiUrl},
 * {@link Ready}, and of a breakable target {@link Untorn}, if one extension of the class gives
 * them.
 *
 * <p>A {@link #breakable} target is put in order before each test: no faults, power on, chance that
 * begins anew from the test's seed, a history and counters that begin with the test. What is stored
 * stays, but for snapshots that a test took. Rules are added in a test: those of an option or a
 * configuration are gone when the first one begins. Tests that run at the same time need a target
 * each.
 *
 * <p>A failing test carries what the target printed on standard error as a suppressed exception; of
 * a breakable target also the one line that does the same again, and where its history is, which
 * {@code untorn verdict} reads. A directory store lives in a temporary directory, which is removed
 * at the end, as is the file of a configuration.
 */
public final class UntornExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver,
        LifecycleMethodExecutionExceptionHandler,
        TestExecutionExceptionHandler {

  private final boolean onDisk;
  private final boolean breakable;
  private final OptionalLong seed;
  private final Optional<String> configuration;
  private final List<String> options;
  private Optional<Path> directory = Optional.empty();
  private Optional<UntornProcess> process = Optional.empty();
  private Optional<Untorn> untorn = Optional.empty();
  private boolean forOneTest;

  /** Classes within the one that it was started for. */
  private int nested;

  private UntornExtension(
      boolean onDisk,
      boolean breakable,
      OptionalLong seed,
      Optional<String> configuration,
      List<String> options) {
    this.onDisk = onDisk;
    this.breakable = breakable;
    this.seed = seed;
    this.configuration = configuration;
    this.options = List.copyOf(options);
  }

  /** A target whose blocks live in memory. */
  public static UntornExtension inMemory(String... options) {
    return new UntornExtension(
        false, false, OptionalLong.empty(), Optional.empty(), List.of(options));
  }

  /** A target that a YAML text describes, whose blocks live in memory. */
  public static UntornExtension configured(String yaml) {
    return new UntornExtension(false, false, OptionalLong.empty(), Optional.of(yaml), List.of());
  }

  /** A target whose blocks live in a temporary directory. */
  public static UntornExtension inDirectory(String... options) {
    return new UntornExtension(
        true, false, OptionalLong.empty(), Optional.empty(), List.of(options));
  }

  /**
   * A target in memory whose power can be cut, which takes fault rules and keeps a history: {@link
   * #untorn}.
   *
   * @param options of {@code untorn serve}, {@code --defect flush-lies} among them
   */
  public static UntornExtension breakable(String... options) {
    return inMemory(options).broken();
  }

  /** The same as {@link #breakable}, of a target that a YAML text describes. */
  public static UntornExtension breakableAs(String yaml) {
    return configured(yaml).broken();
  }

  private UntornExtension broken() {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--power", "--faults", "--history"));
    return new UntornExtension(onDisk, true, seed, configuration, all);
  }

  /** The same; its chance comes from this seed and not from a new one, if nobody says another. */
  public UntornExtension seeded(long other) {
    return new UntornExtension(onDisk, breakable, OptionalLong.of(other), configuration, options);
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

  /** What breaks the target, and says what it did, in the test that runs. */
  public Untorn untorn() {
    return untorn.orElseThrow(
        () ->
            new IllegalStateException(
                breakable
                    ? "no test is running"
                    : "this target cannot be broken: make it by UntornExtension.breakable"));
  }

  /**
   * Kills the target (SIGKILL) and starts it again on the same store.
   *
   * @throws IllegalStateException if it is a breakable one, which loses what it holds by {@link
   *     Power}
   */
  public void killAndRestart() {
    if (breakable) {
      throw new IllegalStateException("a breakable target is not killed: use power().cycle()");
    }
    UntornProcess old = process();
    old.kill();
    process = Optional.of(old.again());
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    if (process.isPresent()) {
      nested++;
      return;
    }
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
  public void beforeEach(ExtensionContext context) throws IOException {
    if (process.isEmpty()) {
      forOneTest = true;
      beforeAll(context);
    }
    if (breakable) {
      untorn = Optional.of(Untorn.begin(ready(), Seed.of(context, runSeed())));
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      untorn.ifPresent(Untorn::end);
    } finally {
      untorn = Optional.empty();
      if (forOneTest) {
        afterAll(context);
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (nested > 0) {
      nested--;
      return;
    }
    try {
      process.ifPresent(UntornExtension::endInOrder);
    } finally {
      process = Optional.empty();
      directory.ifPresent(UntornExtension::remove);
      directory = Optional.empty();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Ready.class
        || (type == Untorn.class && breakable)
        || parameter.isAnnotated(IscsiUrl.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return parameter
        .findAnnotation(IscsiUrl.class)
        .map(asked -> Injected.url(ready(), asked.lun(), type))
        .orElseGet(() -> type == Ready.class ? ready() : untorn());
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(context, failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(context, failure);
  }

  private Throwable explained(ExtensionContext context, Throwable failure) {
    if (failure instanceof TestAbortedException) {
      return failure;
    }
    process.ifPresent(
        target ->
            failure.addSuppressed(new AssertionError("the target printed:\n" + target.errors())));
    untorn.ifPresent(
        broken -> {
          String why = FailureNote.of(context, runSeed(), broken);
          System.err.println(why);
          failure.addSuppressed(new AssertionError(why));
        });
    return failure;
  }

  private long runSeed() {
    return Seed.ofRun(seed);
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

package org.untorn.testkit;

import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A target in a process of its own: the daemon, started from this JVM's class path as {@code untorn
 * serve --json} on a port that the kernel chooses.
 *
 * <pre>
 *   start ──► ready ──► terminate (SIGTERM)     ends in order; the exit code is the daemon's
 *                 └───► kill (SIGKILL) ──► again   a new process: same arguments, same directory, same port
 * </pre>
 *
 * A process that does not become ready in time, or ends before, is an {@link IllegalStateException}
 * that quotes what it printed.
 */
public final class UntornProcess implements AutoCloseable {

  private static final String MAIN_CLASS = "org.untorn.daemon.Main";
  private static final String ANY_PORT = "127.0.0.1:0";
  private static final String LISTEN = "--listen";

  /** As the script {@code untorn} has them. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-Xms64m",
          "-Xmx240m",
          "-XX:MaxDirectMemorySize=" + halfOfMemory(),
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  /** They halve what a start costs, and what the target can do later. */
  private static final List<String> BRIEF_OPTIONS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** What a user's shell has for other targets. */
  private static final Set<String> SECRETS = Set.of("UNTORN_CONTROL_TOKEN", "UNTORN_SECRETS");

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int KEPT_LINES = 400;

  /** The processes that have to end with this JVM: tests are interrupted too. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final List<String> jvmOptions;
  private final List<String> serveArguments;
  private final Process process;
  private final ProcessOutput errors;
  private final Ready ready;

  private UntornProcess(List<String> listen, List<String> jvmOptions, List<String> serveArguments) {
    this.jvmOptions = jvmOptions;
    this.serveArguments = List.copyOf(serveArguments);
    List<String> command = command(listen, jvmOptions, serveArguments);
    CompletableFuture<String> readyLine = new CompletableFuture<>();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(SECRETS);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
    RUNNING.add(process);
    errors = ProcessOutput.collect(process.getErrorStream(), KEPT_LINES, line -> {});
    ProcessOutput.collect(process.getInputStream(), KEPT_LINES, readyLine::complete);
    var _ =
        process
            .onExit()
            .thenRun(
                () -> {
                  RUNNING.remove(process);
                  readyLine.completeExceptionally(new IOException("it ended before it was ready"));
                });
    ready = Ready.parse(await(command, readyLine));
  }

  /**
   * Starts a target and waits until it is ready.
   *
   * @param serveArguments what follows {@code untorn serve --json --listen 127.0.0.1:0 --control
   *     127.0.0.1:0}; each {@code --listen} in it is one more portal
   */
  public static UntornProcess serve(String... serveArguments) {
    return new UntornProcess(List.of(ANY_PORT), JVM_OPTIONS, List.of(serveArguments));
  }

  /** As {@link #serve}, for a target that will not live long: it starts faster and works slower. */
  public static UntornProcess serveBriefly(String... serveArguments) {
    List<String> options = Stream.concat(JVM_OPTIONS.stream(), BRIEF_OPTIONS.stream()).toList();
    return new UntornProcess(List.of(ANY_PORT), options, List.of(serveArguments));
  }

  /** Where and what it serves. */
  public Ready ready() {
    return ready;
  }

  /** The URL of its first logical unit. */
  public String url() {
    return ready.url();
  }

  /** What it printed on its standard error until now. */
  public String errors() {
    return errors.soFar();
  }

  /** What the host knows it by. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end (SIGTERM), waits, and gives its exit code. */
  public int terminate() {
    process.destroy();
    return await();
  }

  /** Ends it at once (SIGKILL), whatever it was doing, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    var _ = await();
  }

  /**
   * Starts another process with the same arguments where this one listened, so that its initiators
   * find it again; this one must have ended.
   */
  public UntornProcess again() {
    if (process.isAlive()) {
      throw new IllegalStateException("the first process still runs");
    }
    List<String> rest = new ArrayList<>(serveArguments);
    for (int at = rest.indexOf(LISTEN); at >= 0; at = rest.indexOf(LISTEN)) {
      rest.subList(at, at + 2).clear();
    }
    return new UntornProcess(
        ready.portals().stream().map(Ready.Portal::toString).toList(), jvmOptions, rest);
  }

  /** Ends it if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  private int await() {
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "the target did not end within " + PATIENCE + "; it printed:\n" + errors.soFar());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the target ended", e);
    }
  }

  private String await(List<String> command, CompletableFuture<String> readyLine) {
    try {
      return readyLine.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new IllegalStateException(
          "the target did not become ready: " + command + "\n" + errors.finish(), e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the target started", e);
    }
  }

  private static long halfOfMemory() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize()
        / 2;
  }

  private static List<String> command(
      List<String> listen, List<String> jvmOptions, List<String> serveArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath(), MAIN_CLASS));
    command.addAll(List.of("serve", "--json", "--control", ANY_PORT));
    listen.forEach(portal -> command.addAll(List.of(LISTEN, portal)));
    command.addAll(serveArguments);
    return command;
  }

  /** This JVM's class path without jSCSI, whose jars carry a logging configuration of their own. */
  public static String classPath() {
    return String.join(
        File.pathSeparator,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("jscsi"))
            .toList());
  }
}

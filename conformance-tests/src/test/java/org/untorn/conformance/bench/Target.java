package org.untorn.conformance.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A target in a process of its own, on a port of its own, and one logical unit of it.
 *
 * @param name what the tables call it
 * @param url of the unit
 * @param process it is ended by its own handle, never by a name
 * @param start how long it took from its start until it was ready
 */
record Target(String name, String url, Process process, Duration start) implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";

  /** Longer than any of them takes on a busy machine. */
  private static final int PATIENCE_MILLIS = 30_000;

  private static final int GRACE_MILLIS = 2_000;

  /** Untorn as its script starts it. */
  static Target untorn(String name, Path root, Path log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(root.resolve("untorn").toString(), "serve", "--json"));
    command.addAll(List.of("--listen", LOOPBACK + ":0"));
    command.addAll(List.of(arguments));
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = Optional.ofNullable(output.readLine()).orElse("");
    JsonNode ready = new ObjectMapper().readTree(line);
    if (!ready.path("event").asText().equals("ready")) {
      throw new IOException(name + " did not start: " + Files.readString(log));
    }
    Duration start = Duration.ofNanos(System.nanoTime() - begin);
    return new Target(name, ready.path("url").asText(), process, start);
  }

  /** The smallest target there is: {@code minitarget.c}. */
  static Target minimal(String name, Path program, Path file, long bytes) throws IOException {
    int port = freePort();
    Process process =
        new ProcessBuilder(program.toString(), "" + port, file.toString(), "" + bytes)
            .inheritIO()
            .start();
    awaitListening(port, process);
    return new Target(
        name, "iscsi://" + LOOPBACK + ":" + port + "/minimal/0", process, Duration.ZERO);
  }

  /**
   * tgtd, an ordinary process, with one target for each of its backing stores on the same image: as
   * Debian's package has it, with no parameter changed.
   *
   * @param control the number of its control socket, which other tgtds do not use
   */
  static List<Target> tgt(String suffix, Path image, Path log, int control, List<String> stores)
      throws IOException, InterruptedException {
    int port = freePort();
    Process process =
        new ProcessBuilder(
                "tgtd", "-f", "--iscsi", "portal=" + LOOPBACK + ":" + port, "-C", "" + control)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    awaitListening(port, process);
    List<Target> targets = new ArrayList<>();
    for (String store : stores) {
      String tid = "" + (targets.size() + 1);
      String name = "iqn.2026-11.org.untorn.bench:" + store;
      tgtadm(control, "--op", "new", "--mode", "target", "--tid", tid, "-T", name);
      List<String> unit =
          List.of("--op", "new", "--mode", "logicalunit", "--tid", tid, "--lun", "1");
      List<String> arguments = new ArrayList<>(unit);
      arguments.addAll(List.of("--bstype", store, "-b", image.toString()));
      tgtadm(control, arguments.toArray(String[]::new));
      tgtadm(control, "--op", "bind", "--mode", "target", "--tid", tid, "-I", "ALL");
      String url = "iscsi://" + LOOPBACK + ":" + port + "/" + name + "/1";
      targets.add(new Target("tgt " + store + suffix, url, process, Duration.ZERO));
    }
    return targets;
  }

  private static void tgtadm(int control, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tgtadm", "-C", "" + control, "--lld", "iscsi"));
    command.addAll(List.of(arguments));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitListening(int port, Process process) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (System.nanoTime() < deadline && process.isAlive()) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    throw new IOException("nobody listens on port " + port + ": " + process.info());
  }

  /** The most memory that the process had, in MiB, as the kernel counts it. */
  long peakMemory() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(0);
  }

  /** Asks the process to end, and ends it if it does not: tgtd never does while it has targets. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

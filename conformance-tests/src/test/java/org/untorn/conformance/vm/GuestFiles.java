package org.untorn.conformance.vm;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.untorn.testkit.vm.LinuxMachine;

/** What a test brings to its guest: files of this host, and programs that are compiled here. */
final class GuestFiles {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private GuestFiles() {}

  /**
   * Brings a file to a machine.
   *
   * @param then what the machine does with the file, which is its standard input
   */
  static void bring(LinuxMachine machine, Path file, String then) throws IOException {
    String name = "/" + UUID.randomUUID();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        name,
        exchange -> {
          exchange.sendResponseHeaders(200, Files.size(file));
          try (OutputStream out = exchange.getResponseBody()) {
            Files.copy(file, out);
          }
        });
    server.start();
    try {
      machine
          .run(
              LIMIT,
              "set -o pipefail; busybox wget -q -O - http://%s:%d%s | %s"
                  .formatted(machine.hostAddress(), server.getAddress().getPort(), name, then))
          .successfulOutput();
    } finally {
      server.stop(0);
    }
  }

  /**
   * Compiles a C source beside this class and brings the program, which needs no library there.
   *
   * @param folder an empty one, for what is made on the way
   * @param libraries what it is linked with, as {@code -lm}
   * @return where the program is on the machine
   */
  static String bringProgram(LinuxMachine machine, Path folder, String name, String... libraries)
      throws IOException, InterruptedException {
    Path source = folder.resolve(name + ".c");
    try (InputStream in = GuestFiles.class.getResourceAsStream(name + ".c")) {
      if (in == null) {
        throw new IOException("there is no " + name + ".c");
      }
      Files.write(source, in.readAllBytes());
    }
    List<String> compiler =
        new ArrayList<>(
            List.of("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", name));
    compiler.add(source.toString());
    compiler.addAll(List.of(libraries));
    execute(folder, compiler);
    String place = "/var/tmp/" + name;
    bring(machine, folder.resolve(name), "cat >%1$s && chmod 755 %1$s".formatted(place));
    return place;
  }

  /** Runs a command of this host. */
  static void execute(Path folder, List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + output);
    }
  }
}

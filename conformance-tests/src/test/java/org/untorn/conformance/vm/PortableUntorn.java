package org.untorn.conformance.vm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.untorn.testkit.UntornProcess;
import org.untorn.testkit.vm.LinuxMachine;
import org.untorn.testkit.vm.ScriptRun;

/**
 * The command {@code untorn} on a machine that has no Java: a small runtime is linked here and
 * fetched from there.
 *
 * <pre>
 *   /var/tmp/untorn
 *     ├── java/           the runtime
 *     ├── jars/           this JVM's class path
 *     ├── classes.jsa     the classes that a run loads, ready to map: emulated, a start is slow enough
 *     └── untorn          starts it
 * </pre>
 *
 * @param machine where it is
 */
record PortableUntorn(LinuxMachine machine) {

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String PLACE = "/var/tmp/untorn";

  /** What the command line loads. */
  private static final String MODULES =
      "java.base,java.logging,java.management,java.naming,java.xml,jdk.httpserver,jdk.unsupported";

  /**
   * Brings it to a machine.
   *
   * @param folder an empty one, for what is made on the way
   */
  static PortableUntorn on(LinuxMachine machine, Path folder)
      throws IOException, InterruptedException {
    link(folder);
    GuestFiles.bring(
        machine,
        folder.resolve("untorn.tar"),
        "{ rm -rf %1$s; mkdir %1$s && busybox tar x -C %1$s; }".formatted(PLACE));
    return new PortableUntorn(machine);
  }

  /** Runs it. */
  ScriptRun run(String arguments) {
    return machine.run(LIMIT, PLACE + "/untorn -XX:SharedArchiveFile=classes.jsa -- " + arguments);
  }

  /** Takes it away. */
  void remove() {
    machine.sh("rm -rf " + PLACE);
  }

  private static void link(Path folder) throws IOException, InterruptedException {
    String bin = System.getProperty("java.home") + "/bin/";
    execute(
        folder,
        bin + "jlink",
        "--add-modules=" + MODULES,
        "--strip-debug",
        "--generate-cds-archive",
        "--output=java");
    Files.createDirectory(folder.resolve("jars"));
    List<String> jars = new ArrayList<>();
    List<Path> entries =
        Stream.of(UntornProcess.classPath().split(File.pathSeparator)).map(Path::of).toList();
    for (Path entry : entries) {
      String jar = "jars/%d.jar".formatted(jars.size());
      if (Files.isDirectory(entry)) {
        execute(folder, bin + "jar", "-c", "-f", jar, "-C", entry.toString(), ".");
      } else {
        Files.copy(entry, folder.resolve(jar));
      }
      jars.add(jar);
    }
    Files.writeString(
        folder.resolve("untorn"),
        """
        #!/bin/bash
        # untorn JVM-OPTION -- ARGUMENT...
        cd "$(dirname "$0")" || exit
        option=$1
        shift 2
        exec java/bin/java "$option" -Xlog:disable -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \\
          --enable-native-access=ALL-UNNAMED -cp %s org.untorn.daemon.Main "$@"
        """
            .formatted(String.join(":", jars)));
    execute(folder, "chmod", "755", "untorn");
    execute(
        folder,
        "sh",
        "-c",
        "./untorn -XX:ArchiveClassesAtExit=classes.jsa -- doctor . || [ $? = 1 ]");
    execute(folder, "tar", "-c", "-f", "untorn.tar", "java", "jars", "classes.jsa", "untorn");
  }

  private static void execute(Path folder, String... command)
      throws IOException, InterruptedException {
    GuestFiles.execute(folder, List.of(command));
  }
}

package org.untorn.conformance.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The targets of one run and where their files are: started together, filled alike, ended together.
 *
 * <p>Each volume is written once from start to end, with the same commands of 4 KiB: a page cache
 * that was filled by large writes makes small overwrites several times dearer, so only targets with
 * the same history may be compared.
 */
final class Arena implements AutoCloseable {

  /** Small enough to be filled soon and to stay in the cache. */
  private static final int VOLUME_MIB = 256;

  private final Options options;
  private final List<Target> targets = new ArrayList<>();
  private final List<Path> directories = new ArrayList<>();

  /** An empty arena; what it will start ends with this JVM, whatever ends it. */
  Arena(Options options) {
    this.options = options;
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> targets.forEach(target -> target.process().destroyForcibly())));
  }

  /** Untorn with its store in a directory under this one. */
  Target untorn(String name, Path parent) throws IOException {
    Path directory = scratch(parent);
    return add(
        Target.untorn(
            name,
            options.root(),
            directory.resolve("log"),
            "--dir",
            directory.resolve("store").toString(),
            "--size",
            VOLUME_MIB + "MiB"));
  }

  /** Untorn with its store in memory. */
  Target untornInMemory(String name, String... more) throws IOException {
    Path log = scratch(options.programs()).resolve("log");
    List<String> arguments = new ArrayList<>(List.of("--ram", "--size", VOLUME_MIB + "MiB"));
    arguments.addAll(List.of(more));
    return add(Target.untorn(name, options.root(), log, arguments.toArray(String[]::new)));
  }

  /** Untorn with the units of a configuration file. */
  Target untornConfigured(String name, String yaml) throws IOException {
    Path directory = scratch(options.programs());
    Path file = Files.writeString(directory.resolve("untorn.yaml"), yaml);
    return add(
        Target.untorn(name, options.root(), directory.resolve("log"), "--config", file.toString()));
  }

  /** tgt's backing stores on an image under this directory. */
  List<Target> tgt(String suffix, Path parent, List<String> stores)
      throws IOException, InterruptedException {
    Path directory = scratch(parent);
    Path image = directory.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) VOLUME_MIB << 20);
    }
    int control = (int) (ProcessHandle.current().pid() % 30_000) + targets.size();
    List<Target> found = Target.tgt(suffix, image, directory.resolve("log"), control, stores);
    targets.addAll(found);
    return found;
  }

  /** The minimal target on a file under this directory. */
  Target minimal(String name, Path parent) throws IOException {
    Path file = scratch(parent).resolve("image");
    Path program = options.programs().resolve("minitarget");
    return add(Target.minimal(name, program, file, (long) VOLUME_MIB << 20));
  }

  private Target add(Target target) {
    targets.add(target);
    return target;
  }

  private Path scratch(Path parent) throws IOException {
    Path directory = Files.createTempDirectory(parent, "untorn-bench");
    directories.add(directory);
    return directory;
  }

  /** Writes every block of a target once. */
  void fill(Target target) throws IOException, InterruptedException {
    var _ =
        Slice.run(
            List.of(
                options.programs().resolve("load-raw").toString(),
                "-O",
                "-q",
                "32",
                "-r",
                "write",
                target.url()));
  }

  /** Asks one target for one slice of a cell. */
  Slice slice(Target target, Cell cell, List<String> more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(options.programs().resolve(cell.client().program()).toString());
    command.addAll(cell.options());
    command.addAll(List.of("-t", "" + options.seconds(), "-w", "60"));
    command.addAll(List.of("-P", "" + target.process().pid()));
    command.addAll(more);
    command.add(target.url());
    return Slice.run(command);
  }

  @Override
  public void close() throws IOException {
    targets.forEach(Target::close);
    for (Path directory : directories) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}

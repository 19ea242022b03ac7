package org.untorn.daemon.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where the blocks are kept. */
public sealed interface Storage {

  /** In files in a directory, which is made if it is not there. */
  record Directory(Path path) implements Storage {

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** The directory of that name. */
  static Parsed<Storage> directory(String path) {
    try {
      return Parsed.value(new Directory(Path.of(path)));
    } catch (InvalidPathException problem) {
      return Parsed.wrong("'" + path + "' is no directory: " + problem.getReason());
    }
  }

  /** In memory: they are gone when the daemon ends. */
  record Memory() implements Storage {

    @Override
    public String toString() {
      return "memory, gone at the end";
    }
  }
}

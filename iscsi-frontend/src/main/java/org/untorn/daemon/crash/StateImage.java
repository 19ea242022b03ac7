package org.untorn.daemon.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;

/**
 * A raw image that is patched from one crash state into the next. What somebody else has written
 * into it, a checker that repairs for one, is gone with the next state: the image is made anew
 * then, of the base.
 *
 * <p>Used by one thread.
 */
final class StateImage {

  /** Its time of change as this leaves it: whoever writes to it sets another one. */
  private static final FileTime UNTOUCHED = FileTime.fromMillis(0);

  private final Path path;
  private final BaseImage base;
  private final Places places;
  private final int[] held;

  StateImage(Path path, BaseImage base, Places places) {
    this.path = path;
    this.base = base;
    this.places = places;
    this.held = new int[places.count()];
  }

  Path path() {
    return path;
  }

  /** Makes it hold a state. */
  void become(CrashState state) throws IOException {
    boolean mine = Files.exists(path) && Files.getLastModifiedTime(path).equals(UNTOUCHED);
    if (!mine) {
      Files.deleteIfExists(path);
    }
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      if (!mine) {
        beginAnew(file);
      }
      for (int place = 0; place < held.length; place++) {
        int version = places.version(place, state);
        if (version != held[place]) {
          base.put(places, place, version, (offset, bytes) -> write(file, offset, bytes));
          held[place] = version;
        }
      }
    }
    Files.setLastModifiedTime(path, UNTOUCHED);
  }

  private void beginAnew(FileChannel file) throws IOException {
    Arrays.fill(held, 0);
    if (base.bytes() > 0) {
      write(file, base.bytes() - 1, ByteBuffer.allocate(1));
    }
    for (BaseImage.Run run : base.runs()) {
      write(file, run.offset(), base.read(run));
    }
  }

  private static void write(FileChannel file, long offset, ByteBuffer bytes) throws IOException {
    for (long at = offset; bytes.hasRemaining(); ) {
      at += file.write(bytes, at);
    }
  }
}

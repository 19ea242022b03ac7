package org.untorn.daemon.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.untorn.daemon.volume.Content;
import org.untorn.daemon.volume.ContentSink;
import org.untorn.daemon.volume.RecordingNames;
import org.untorn.daemon.volume.VolumeAdmin;
import org.untorn.daemon.volume.VolumeAnswer;

/**
 * A recording with what its volume held when it began, taken out of a pool. The base is kept in a
 * temporary directory until it is closed.
 */
final class RecordedRun implements AutoCloseable {

  private final RecordingNames names;
  private final Path directory;

  /** Removes the directory if the process is told to end. */
  private final Thread cleaner;

  private final BaseImage base;
  private final Recording recording;
  private final Places places;

  private RecordedRun(
      RecordingNames names, Path directory, Thread cleaner, BaseImage base, Recording recording) {
    this.names = names;
    this.directory = directory;
    this.cleaner = cleaner;
    this.base = base;
    this.recording = recording;
    this.places = new Places(recording, base::fingerprint);
  }

  /**
   * The recording of a volume.
   *
   * @param parent where the temporary directory is made
   * @throws IOException that says what to do if there is none
   */
  static RecordedRun open(VolumeAdmin admin, String volume, Path parent) throws IOException {
    RecordingNames names = new RecordingNames(volume);
    if (admin.list().find(names.tape()).isEmpty() || admin.list().find(names.base()).isEmpty()) {
      throw new IOException(
          "nothing is recorded of %s; 'untorn serve --record' records".formatted(volume));
    }
    Path directory = Files.createTempDirectory(parent, ".untorn-states-");
    Thread cleaner = new Thread(() -> removeAtEnd(directory), "untorn-states-end");
    Runtime.getRuntime().addShutdownHook(cleaner);
    try {
      Recording recording = recording(admin, names, directory.resolve("tape"));
      BaseImage base = new BaseImage(directory.resolve("base"));
      try {
        copy(admin, names.base(), base);
        return new RecordedRun(names, directory, cleaner, base, recording);
      } catch (IOException | RuntimeException problem) {
        base.close();
        throw problem;
      }
    } catch (IOException | RuntimeException problem) {
      remove(directory);
      Runtime.getRuntime().removeShutdownHook(cleaner);
      throw problem;
    }
  }

  private static Recording recording(VolumeAdmin admin, RecordingNames names, Path file)
      throws IOException {
    try (FileChannel tape =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      copy(admin, names.tape(), new Tape(tape));
      return Recording.of(tape.map(FileChannel.MapMode.READ_ONLY, 0, tape.size()));
    } catch (IllegalArgumentException problem) {
      throw new IOException(
          "the recording of %s cannot be read: %s".formatted(names.volume(), problem.getMessage()),
          problem);
    }
  }

  private static void copy(VolumeAdmin admin, String name, ContentSink sink) throws IOException {
    if (admin.exportTo(name, sink) instanceof VolumeAnswer.Refused(var _, String why)) {
      throw new IOException(why);
    }
  }

  /** What was recorded, up to where the last data is; in a file, as it may be long. */
  private record Tape(FileChannel file) implements ContentSink {
    @Override
    public void begin(Content content) {}

    @Override
    public void data(long offset, ByteBuffer piece) throws IOException {
      long at = offset;
      while (piece.hasRemaining()) {
        at += file.write(piece, at);
      }
    }

    @Override
    public void end() {}
  }

  Recording recording() {
    return recording;
  }

  Places places() {
    return places;
  }

  /** A new image in the temporary directory. */
  StateImage image(String name) {
    return new StateImage(directory.resolve(name), base, places);
  }

  /** A name in the temporary directory. */
  Path file(String name) {
    return directory.resolve(name);
  }

  /**
   * Makes a volume of a state. What was durable at its point is made once, and shared: the volume
   * takes room for what was not.
   */
  VolumeAnswer mount(VolumeAdmin admin, CrashState state, String name) throws IOException {
    Optional<RecordedChange> last = recording.change(state.after());
    int settled =
        recording.changes().stream()
            .mapToInt(RecordedChange::durableAt)
            .filter(at -> last.isPresent() && at <= last.get().sentAt())
            .max()
            .orElse(0);
    VolumeAnswer stage = stage(admin, settled);
    return stage instanceof VolumeAnswer.Done(var origin)
        ? overlay(admin, durable(settled), origin.name(), state, name)
        : stage;
  }

  /** What is durable at a place in the recording, made of the nearest that is there. */
  private VolumeAnswer stage(VolumeAdmin admin, int settled) throws IOException {
    int nearest =
        admin.list().volumes().stream()
            .mapToInt(volume -> names.placeOf(volume.name()))
            .filter(place -> place <= settled)
            .max()
            .orElse(0);
    String origin = nearest <= 0 ? names.base() : names.stage(nearest);
    return Math.max(nearest, 0) == settled
        ? new VolumeAnswer.Done(admin.list().find(origin).orElseThrow())
        : overlay(admin, durable(nearest), origin, durable(settled), names.stage(settled));
  }

  /** All that is durable at a place in the recording, and nothing else. */
  private CrashState durable(int settled) {
    SortedMap<Integer, BitSet> lost = new TreeMap<>();
    int last = 0;
    for (RecordedChange change : recording.changes()) {
      last = change.number();
      if (change.durableAt() > settled) {
        lost.put(last, CrashState.WHOLE);
      }
    }
    return new CrashState(last, lost);
  }

  /** Makes a volume that holds a state over one that holds another. */
  private VolumeAnswer overlay(
      VolumeAdmin admin, CrashState before, String origin, CrashState state, String name)
      throws IOException {
    return admin.overlay(
        origin,
        name,
        sink -> {
          sink.begin(
              new Content(base.blockLength(), OptionalLong.of(base.bytes()), OptionalLong.empty()));
          for (int place = 0; place < places.count(); place++) {
            if (places.differs(place, before, state)) {
              base.put(
                  places,
                  place,
                  places.version(place, state),
                  (offset, bytes) -> sink.data(offset, onHeap(bytes)));
            }
          }
          sink.end();
        });
  }

  /** What is recorded lies in a mapped file, which not every sink can take. */
  private static ByteBuffer onHeap(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }

  @Override
  public void close() throws IOException {
    try {
      base.close();
    } finally {
      remove(directory);
      Runtime.getRuntime().removeShutdownHook(cleaner);
    }
  }

  /** Removes it with all that is in it, what a checker has made there, too. */
  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void removeAtEnd(Path directory) {
    try {
      remove(directory);
    } catch (IOException problem) {
      System.err.println("untorn: " + directory + " is left: " + problem.getMessage());
    }
  }
}

package org.untorn.daemon.crash;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
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
  private final BaseImage base;
  private final Recording recording;
  private final Places places;

  private RecordedRun(RecordingNames names, Path directory, BaseImage base, Recording recording) {
    this.names = names;
    this.directory = directory;
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
    Recording recording = recording(admin, names);
    Path directory = Files.createTempDirectory(parent, ".untorn-states-");
    try {
      BaseImage base = new BaseImage(directory.resolve("base"));
      try {
        copy(admin, names.base(), base);
        return new RecordedRun(names, directory, base, recording);
      } catch (IOException | RuntimeException problem) {
        base.close();
        throw problem;
      }
    } catch (IOException | RuntimeException problem) {
      remove(directory);
      throw problem;
    }
  }

  private static Recording recording(VolumeAdmin admin, RecordingNames names) throws IOException {
    Tape tape = new Tape();
    copy(admin, names.tape(), tape);
    try {
      return Recording.of(ByteBuffer.wrap(tape.bytes.toByteArray()));
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

  /** What was recorded, up to where the last data is. */
  private static final class Tape implements ContentSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void begin(Content content) {}

    @Override
    public void data(long offset, ByteBuffer piece) {
      while (bytes.size() < offset) {
        bytes.write(0);
      }
      bytes.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
      piece.position(piece.limit());
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
              base.put(places, place, places.version(place, state), sink::data);
            }
          }
          sink.end();
        });
  }

  @Override
  public void close() throws IOException {
    base.close();
    remove(directory);
  }

  private static void remove(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : List.copyOf(files.toList())) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}

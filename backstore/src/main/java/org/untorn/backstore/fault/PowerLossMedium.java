package org.untorn.backstore.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.untorn.backstore.Medium;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Purpose;

/**
 * A filter that knows what a power failure may leave behind: every image that the assumptions of
 * {@link Medium} allow, and no other.
 *
 * <pre>
 *   write s1 s2 s3   sync   write s4 s5   delete f     power fails
 *   [---- stable --------]  [ s4 ][ s5 ] [ f is gone ]   any subset of these three happened
 * </pre>
 *
 * What was done since the last sync is a list of events, one for each 512-byte sector that a write
 * changed and one for each removal; an image is what is stable with a subset of the events applied
 * in order. So a sector that was written twice may hold either version. A sector may be torn, too:
 * a part of its bytes is new and the rest is old. A sync makes the events of its file stable, and
 * all removals.
 *
 * <p>The stable content is kept in memory, so this is for small pools. Safe for many threads;
 * everything is guarded by this object's monitor.
 */
public final class PowerLossMedium implements Medium {

  private static final int SECTOR_BYTES = 512;

  private final Medium below;
  private final Observer observer;
  private final MemoryMedium stable;
  private final List<Event> events = new ArrayList<>();
  private Optional<Purpose> failing = Optional.empty();

  /** Is told after each write, sync and removal, while nobody else gets at the medium. */
  @FunctionalInterface
  public interface Observer {
    void changed(PowerLossMedium medium);
  }

  /** Takes what {@code below} holds now as stable. */
  public PowerLossMedium(Medium below, Observer observer) throws IOException {
    this.below = below;
    this.observer = observer;
    this.stable = copy(below);
  }

  /** Takes what {@code below} holds now as stable. */
  public PowerLossMedium(Medium below) throws IOException {
    this(below, medium -> {});
  }

  /**
   * How many events a power failure may undo. Who makes survivors of that number holds this
   * object's monitor meanwhile: a sync in the background takes events away.
   */
  public synchronized int unsynced() {
    return events.size();
  }

  /** What is left if all events reached the medium. */
  public synchronized MemoryMedium imageWithEverything() throws IOException {
    return imageAfterPowerLoss(all());
  }

  /**
   * What is left if all events reached the medium in part.
   *
   * @param random where each of them is torn
   */
  public synchronized MemoryMedium imageWithEverythingTorn(RandomGenerator random)
      throws IOException {
    return imageAfterPowerLoss(all(), all(), random);
  }

  private BitSet all() {
    BitSet all = new BitSet();
    all.set(0, events.size());
    return all;
  }

  /** What is left if of the events exactly {@code survivors} reached the medium. */
  public synchronized MemoryMedium imageAfterPowerLoss(BitSet survivors) throws IOException {
    return imageAfterPowerLoss(survivors, new BitSet(), new Random(0));
  }

  /**
   * What is left if of the events exactly {@code survivors} reached the medium, those of {@code
   * torn} among them in part.
   *
   * @param random where each of those is torn
   */
  public synchronized MemoryMedium imageAfterPowerLoss(
      BitSet survivors, BitSet torn, RandomGenerator random) throws IOException {
    MemoryMedium image = copy(stable);
    for (int i = survivors.nextSetBit(0); i >= 0; i = survivors.nextSetBit(i + 1)) {
      if (torn.get(i) && events.get(i) instanceof Event.Sector sector) {
        tear(sector, image, random);
      } else {
        apply(events.get(i), image);
      }
    }
    return image;
  }

  /** The first bytes are new, or the last ones. */
  private static void tear(Event.Sector sector, MemoryMedium image, RandomGenerator random) {
    int length = sector.data().remaining();
    int cut = random.nextInt(length);
    boolean head = random.nextBoolean();
    int from = head ? 0 : cut;
    ByteBuffer part = sector.data().slice(from, head ? cut : length - cut);
    image.write(sector.file(), sector.offset() + from, List.of(part), Purpose.DATA);
  }

  /**
   * Lets the next sync for that purpose fail as Linux does: what it should have covered never
   * becomes stable, not by a later sync either, but reads go on seeing it until the power fails.
   */
  public synchronized void failNextSync(Purpose purpose) {
    failing = Optional.of(purpose);
  }

  @Override
  public List<String> files() throws IOException {
    return below.files();
  }

  @Override
  public long length(String file) throws IOException {
    return below.length(file);
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    below.read(file, offset, into, purpose);
  }

  @Override
  public synchronized void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    long end = offset;
    for (ByteBuffer buffer : data) {
      end += buffer.remaining();
    }
    below.write(file, offset, data, purpose);
    long first = offset / SECTOR_BYTES * SECTOR_BYTES;
    for (long at = first; at < end; at += SECTOR_BYTES) {
      long length = Math.min(SECTOR_BYTES, below.length(file) - at);
      ByteBuffer sector = ByteBuffer.allocate((int) length);
      below.read(file, at, sector, purpose);
      Event.Sector event = new Event.Sector(file, at, sector);
      if (!changesNothing(event)) {
        events.add(event);
      }
    }
    observer.changed(this);
  }

  /** Whether the newest version of the sector is the same: then it is all one which survives. */
  private boolean changesNothing(Event.Sector sector) {
    for (int i = events.size() - 1; i >= 0; i--) {
      Event earlier = events.get(i);
      if (earlier instanceof Event.Sector other
          && other.offset() == sector.offset()
          && other.file().equals(sector.file())) {
        return other.data().equals(sector.data());
      }
      if (earlier instanceof Event.Removal && earlier.file().equals(sector.file())) {
        return false;
      }
    }
    ByteBuffer found = ByteBuffer.allocate(sector.data().remaining());
    stable.read(sector.file(), sector.offset(), found, Purpose.DATA);
    return stable.length(sector.file()) >= sector.offset() + found.remaining()
        && found.equals(sector.data());
  }

  @Override
  public synchronized void sync(String file, Purpose purpose) throws IOException {
    if (failing.filter(purpose::equals).isPresent()) {
      failing = Optional.empty();
      events.removeIf(event -> event instanceof Event.Sector && event.file().equals(file));
      throw new IOException("sync of " + file + ": planted failure");
    }
    below.sync(file, purpose);
    List<Event> kept = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Removal || event.file().equals(file)) {
        apply(event, stable);
      } else {
        kept.add(event);
      }
    }
    events.clear();
    events.addAll(kept);
    observer.changed(this);
  }

  @Override
  public synchronized void delete(String file) throws IOException {
    below.delete(file);
    events.add(new Event.Removal(file));
    observer.changed(this);
  }

  @Override
  public void close() throws IOException {
    below.close();
  }

  private static void apply(Event event, MemoryMedium to) {
    switch (event) {
      case Event.Sector sector ->
          to.write(sector.file(), sector.offset(), List.of(sector.data()), Purpose.DATA);
      case Event.Removal removal -> to.delete(removal.file());
    }
  }

  private static MemoryMedium copy(Medium from) throws IOException {
    MemoryMedium copy = new MemoryMedium(8 << 10);
    for (String file : from.files()) {
      ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(from.length(file)));
      from.read(file, 0, content, Purpose.DATA);
      copy.write(file, 0, List.of(content), Purpose.DATA);
    }
    return copy;
  }

  /** What a power failure may undo. */
  private sealed interface Event {
    String file();

    /** A sector was written; the last one of a file may be shorter. */
    record Sector(String file, long offset, ByteBuffer data) implements Event {}

    /** A file was removed. */
    record Removal(String file) implements Event {}
  }
}

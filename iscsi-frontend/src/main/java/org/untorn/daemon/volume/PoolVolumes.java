package org.untorn.daemon.volume;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.Pool;
import org.untorn.backstore.Volumes;
import org.untorn.backstore.fault.RecordedEvent;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.volume.VolumeAnswer.Done;
import org.untorn.daemon.volume.VolumeAnswer.Reason;
import org.untorn.daemon.volume.VolumeAnswer.Refused;

/**
 * The volumes of a pool that this process has open.
 *
 * <p>Each request is checked and done under this object's monitor, which nobody holds while content
 * moves. What is moved has a name of its own until it is whole: {@code .export-n} is the moment
 * that an export hands out, {@code .import-n} what has arrived of an import. A process that was
 * killed leaves these behind, and the next opening removes them; users' names do not begin with a
 * dot.
 */
public final class PoolVolumes implements VolumeAdmin {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
  private static final String EXPORT = ".export-";
  private static final String IMPORT = ".import-";

  private final Pool pool;
  private final PoolRoom room;
  private final Served served;
  private final AtomicLong transfers = new AtomicLong();

  private PoolVolumes(Pool pool, PoolRoom room, Served served) {
    this.pool = pool;
    this.room = room;
    this.served = served;
  }

  /** Takes over an open pool: lets it take what it may, and removes what a killed process left. */
  public static PoolVolumes of(Pool pool, PoolRoom room, Served served) throws IOException {
    for (Volumes.Description volume : pool.list()) {
      if (volume.name().startsWith(EXPORT) || volume.name().startsWith(IMPORT)) {
        pool.delete(volume.name());
      }
    }
    room.grant(pool, 0);
    return new PoolVolumes(pool, room, served);
  }

  @Override
  public PoolInfo list() {
    Pool.Space space = pool.space();
    // What belongs to recordings comes behind all that users named.
    List<VolumeInfo> volumes =
        pool.list().stream()
            .sorted(Comparator.comparing(volume -> volume.name().startsWith(".")))
            .map(this::info)
            .toList();
    return new PoolInfo(space.capacity(), space.used(), volumes);
  }

  @Override
  public synchronized VolumeAnswer perform(VolumeRequest request) {
    try {
      return switch (request) {
        case VolumeRequest.Create create -> create(create);
        case VolumeRequest.Resize resize -> resize(resize);
        case VolumeRequest.Snapshot(String volume, String name) -> branch(volume, name, false);
        case VolumeRequest.Clone(String origin, String name) -> branch(origin, name, true);
        case VolumeRequest.Rollback rollback -> rollback(rollback);
        case VolumeRequest.Delete(String name) -> delete(name);
      };
    } catch (IOException problem) {
      return new Refused(Reason.FAILED, String.valueOf(problem.getMessage()));
    } finally {
      room.grant(pool, 0);
    }
  }

  private VolumeAnswer create(VolumeRequest.Create create) throws IOException {
    Optional<Refused> refused =
        newName(create.name())
            .or(() -> shape(create.size(), create.blockSize()))
            .or(() -> protection(create.protection()));
    if (refused.isPresent()) {
      return refused.get();
    }
    long blocks = create.size().bytes() / create.blockSize();
    Geometry geometry = Geometry.ofData(create.blockSize(), blocks, create.protection());
    room.grant(pool, geometry.storedBytes());
    pool.create(create.name(), geometry);
    return done(create.name());
  }

  private VolumeAnswer resize(VolumeRequest.Resize resize) throws IOException {
    Optional<VolumeInfo> found = list().find(resize.name());
    if (found.isEmpty()) {
      return unknown(resize.name());
    }
    VolumeInfo volume = found.get();
    if (!volume.writable()) {
      return new Refused(
          Reason.CONFLICT,
          "%s is a snapshot and keeps its size; resize a clone of it".formatted(volume.name()));
    }
    Geometry before = volume.geometry();
    Optional<Refused> refused = shape(resize.size(), before.dataLength());
    if (refused.isPresent()) {
      return refused.get();
    }
    if (resize.size().bytes() < before.bytes() && !resize.shrink()) {
      return new Refused(
          Reason.CONFLICT,
          "%s has %s: %s would cut off what lies behind; say --shrink if that is meant"
              .formatted(volume.name(), new Size(before.bytes()), resize.size()));
    }
    long blocks = resize.size().bytes() / before.dataLength();
    room.grant(pool, before.withBlocks(blocks).storedBytes());
    pool.resize(volume.name(), blocks);
    served.capacityChanged(volume.name(), resize.size().bytes() < before.bytes());
    return done(volume.name());
  }

  private VolumeAnswer branch(String origin, String name, boolean writable) throws IOException {
    Optional<VolumeInfo> found = list().find(origin);
    if (found.isEmpty()) {
      return unknown(origin);
    }
    Optional<Refused> refused = newName(name);
    if (refused.isPresent()) {
      return refused.get();
    }
    room.grant(pool, found.get().geometry().storedBytes());
    if (writable) {
      pool.cloneOf(origin, name);
    } else {
      pool.snapshot(origin, name);
    }
    return done(name);
  }

  private VolumeAnswer rollback(VolumeRequest.Rollback rollback) throws IOException {
    String name = rollback.volume();
    Optional<VolumeInfo> volume = list().find(name);
    Optional<VolumeInfo> snapshot = list().find(rollback.snapshot());
    if (volume.isEmpty() || snapshot.isEmpty()) {
      return unknown(volume.isEmpty() ? name : rollback.snapshot());
    }
    if (!volume.get().writable() || snapshot.get().writable()) {
      return new Refused(
          Reason.CONFLICT,
          "a volume goes back to a snapshot; %s is a %s and %s a %s"
              .formatted(name, volume.get().kind(), rollback.snapshot(), snapshot.get().kind()));
    }
    Geometry before = snapshot.get().geometry();
    Geometry now = volume.get().geometry();
    if (now.dataLength() != before.dataLength() || now.protection() != before.protection()) {
      return new Refused(
          Reason.CONFLICT,
          "%s is no snapshot of %s: its blocks have another %s"
              .formatted(
                  rollback.snapshot(),
                  name,
                  now.dataLength() == before.dataLength()
                      ? "type of protection information"
                      : "length"));
    }
    List<String> initiators = served.initiators(name);
    if (!initiators.isEmpty() && !rollback.force()) {
      return new Refused(
          Reason.CONFLICT,
          ("%s is in use by %s, which would go on with what it remembers of the blocks; log out"
                  + " there first, or say --force")
              .formatted(name, String.join(", ", initiators)));
    }
    pool.rollback(name, rollback.snapshot());
    served.contentReplaced(name);
    if (!volume.get().geometry().equals(snapshot.get().geometry())) {
      served.capacityChanged(name, false); // of what is gone contentReplaced has told
    }
    return done(name);
  }

  private VolumeAnswer delete(String name) throws IOException {
    Optional<VolumeInfo> found = list().find(name);
    if (found.isEmpty()) {
      return unknown(name);
    }
    if (!found.get().luns().isEmpty()) {
      return new Refused(
          Reason.CONFLICT,
          "%s is served as %s; serve without it first"
              .formatted(name, found.get().luns().getFirst()));
    }
    pool.delete(name);
    String memory = VolumeMemory.nameFor(name);
    if (list().find(memory).isPresent()) {
      pool.delete(memory);
    }
    served.deleted(name);
    return new Done(found.get());
  }

  @Override
  public VolumeAnswer exportTo(String name, ContentSink sink) throws IOException {
    Optional<VolumeInfo> found = list().find(name);
    if (found.isEmpty()) {
      return unknown(name);
    }
    VolumeInfo volume = found.get();
    if (!volume.writable()) {
      VolumeReader.read(pool.open(name), volume.mappedBytes(), sink);
      return new Done(volume);
    }
    String moment = EXPORT + transfers.incrementAndGet();
    VolumeAnswer taken;
    synchronized (this) {
      pool.snapshot(name, moment);
      taken = done(moment);
    }
    try {
      VolumeReader.read(pool.open(moment), ((Done) taken).volume().mappedBytes(), sink);
      return new Done(volume);
    } finally {
      pool.delete(moment);
    }
  }

  @Override
  public VolumeAnswer importFrom(String name, ContentSource source) {
    Optional<Refused> refused = newName(name);
    if (refused.isPresent()) {
      return refused.get();
    }
    String arriving = IMPORT + transfers.incrementAndGet();
    try {
      VolumeWriter writer = new VolumeWriter(pool, room, arriving);
      source.copyTo(writer);
      return appear(arriving, name);
    } catch (IOException problem) {
      return new Refused(Reason.FAILED, name + " was not imported: " + problem.getMessage());
    } finally {
      drop(arriving);
    }
  }

  @Override
  public VolumeAnswer overlay(String origin, String name, ContentSource source) {
    Optional<Refused> refused = newName(name);
    if (refused.isEmpty() && list().find(origin).isEmpty()) {
      refused = Optional.of(unknown(origin));
    }
    if (refused.isPresent()) {
      return refused.get();
    }
    String arriving = IMPORT + transfers.incrementAndGet();
    try {
      synchronized (this) {
        pool.cloneOf(origin, arriving);
        room.grant(pool, list().find(origin).orElseThrow().geometry().bytes());
      }
      source.copyTo(new OverlayWriter(pool.open(arriving)));
      return appear(arriving, name);
    } catch (IOException problem) {
      return new Refused(Reason.FAILED, name + " was not made: " + problem.getMessage());
    } finally {
      drop(arriving);
    }
  }

  /**
   * Begins a recording of a volume: keeps what it holds now, and makes what is recorded on. One
   * that there was before is gone.
   *
   * @param size of the recording at most
   */
  public synchronized BlockStore record(String volume, Size size) throws IOException {
    if (pool.open(volume).geometry().protection() != 0) {
      throw new IOException(
          "%s has protection information, which no recording holds: serve it without --record"
              .formatted(volume));
    }
    RecordingNames names = new RecordingNames(volume);
    for (VolumeInfo one : list().volumes()) {
      if (names.owns(one.name())) {
        pool.delete(one.name());
      }
    }
    pool.snapshot(volume, names.base());
    pool.create(
        names.tape(), new Geometry(RecordedEvent.BLOCK, size.bytes() / RecordedEvent.BLOCK));
    room.grant(pool, 0);
    return pool.open(names.tape());
  }

  /**
   * A clone of what has arrived is made in constant time, and under the name that it shall have.
   */
  private synchronized VolumeAnswer appear(String arriving, String name) throws IOException {
    Optional<Refused> refused = newName(name);
    if (refused.isPresent()) {
      return refused.get();
    }
    pool.cloneOf(arriving, name);
    return done(name);
  }

  private synchronized void drop(String arriving) {
    try {
      if (list().find(arriving).isPresent()) {
        pool.delete(arriving);
      }
    } catch (IOException stopped) {
      // The pool has stopped: the next opening removes it.
    } finally {
      room.grant(pool, 0);
    }
  }

  private VolumeAnswer done(String name) {
    return new Done(list().find(name).orElseThrow());
  }

  private VolumeInfo info(Volumes.Description volume) {
    return new VolumeInfo(
        volume.name(),
        volume.writable(),
        volume.geometry(),
        volume.mappedBlocks(),
        served.luns(volume.name()));
  }

  private Optional<Refused> newName(String name) {
    if (!NAME.matcher(name).matches() && !RecordingNames.isStage(name)) {
      return Optional.of(
          new Refused(
              Reason.INVALID,
              "'%s' is no name: up to 64 letters, digits, '.', '_' and '-', and no '.' or '-' first"
                  .formatted(name)));
    }
    return list().find(name).isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refused(
                Reason.CONFLICT,
                "there is a %s already; choose another name, or delete it first".formatted(name)));
  }

  private static Optional<Refused> shape(Size size, int blockSize) {
    if (blockSize != 512 && blockSize != 4096) {
      return Optional.of(
          new Refused(
              Reason.INVALID,
              "a block size of %d: 512 and 4096 are supported".formatted(blockSize)));
    }
    return size.bytes() >= blockSize && size.bytes() % blockSize == 0
        ? Optional.empty()
        : Optional.of(
            new Refused(
                Reason.INVALID,
                "a size of %s is not a whole number of blocks of %d bytes"
                    .formatted(size, blockSize)));
  }

  private static Optional<Refused> protection(int type) {
    return type >= 0 && type <= 3
        ? Optional.empty()
        : Optional.of(
            new Refused(
                Reason.INVALID,
                "protection information of type %d: 0 (none), 1, 2 and 3 are supported"
                    .formatted(type)));
  }

  private static Refused unknown(String name) {
    return new Refused(
        Reason.NOT_FOUND, "there is no volume %s; 'untorn volume list' shows all".formatted(name));
  }
}

package org.untorn.backstore;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * All volumes and their roots. It changes by {@link #apply} alone, record after record in the order
 * of their sequences: when they are published and, the same way, when they are replayed.
 */
final class Catalog {

  private final ConcurrentMap<String, Volume> byName = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, Volume> byId = new ConcurrentHashMap<>();
  private final BlockMaps maps = new BlockMaps();

  /** Changed, like the maps, between two changes. */
  private final Set<Volume> kept = new HashSet<>();

  private volatile boolean keepsDurableRoots;
  private long lastId;

  /** The maps of all roots. */
  BlockMaps maps() {
    return maps;
  }

  /**
   * From now on each volume has a durable root. It costs memory for what was changed since the last
   * sync, and each sync makes the changes behind it copy more. Says whether that is news.
   */
  boolean keepDurableRoots() {
    boolean news = !keepsDurableRoots;
    keepsDurableRoots = true;
    capture();
    promote();
    return news;
  }

  Collection<Volume> volumes() {
    return byName.values();
  }

  Optional<Volume> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<Volume> find(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** An identity that no volume ever had. */
  synchronized long nextId() {
    lastId++;
    return lastId;
  }

  /** The last identity that was given out. */
  synchronized long lastId() {
    return lastId;
  }

  /** Identities up to this one are not given out again. */
  synchronized void reserveId(long id) {
    lastId = Math.max(lastId, id);
  }

  /** Takes in a volume from a checkpoint. */
  void restore(Checkpoint.Line line) {
    add(new Volume(line.id(), line.name(), line.writable(), line.root()));
  }

  /** All volumes as they are now; each root is shared, and to be released. */
  List<Checkpoint.Line> lines() {
    return byId.values().stream().map(this::line).toList();
  }

  private Checkpoint.Line line(Volume volume) {
    Root root = maps.share(volume.visible());
    return new Checkpoint.Line(volume.id(), volume.name(), volume.writable(), root);
  }

  /** The durable roots, as far as they are kept; each is shared, and to be released. */
  List<Root> durableRoots() {
    return byId.values().stream()
        .flatMap(volume -> Stream.concat(volume.captured().stream(), volume.durable().stream()))
        .map(maps::share)
        .toList();
  }

  /**
   * A volume that is a writable one's newest root and stays so, to be read until {@link #letGo}. It
   * has no name, and no record says that it is there: it does not survive the process.
   */
  Volume keep(Volume origin) {
    Volume point = new Volume(0, origin.name(), false, maps.share(origin.visible()));
    kept.add(point);
    return point;
  }

  /** Gives back what {@link #keep} has kept; once more does nothing. */
  void letGo(Volume point) {
    if (kept.remove(point)) {
      point.delete(maps);
    }
  }

  /** The roots that are kept; each is shared, and to be released. */
  List<Root> keptRoots() {
    return kept.stream().map(point -> maps.share(point.visible())).toList();
  }

  /**
   * Does what a record says. A record whose volume is gone says nothing any more.
   *
   * @param location where the record's payload is
   */
  void apply(Change change, long location) {
    maps.tidy();
    switch (change) {
      case Change.Create create ->
          add(new Volume(create.volume(), create.name(), true, Root.empty(create.geometry())));
      case Change.Branch branch -> {
        Volume origin = byId.get(branch.origin());
        if (origin != null) {
          Root root = maps.share(origin.visible());
          add(new Volume(branch.volume(), branch.name(), branch.writable(), root));
        }
      }
      case Change.Nothing nothing -> {}
      case Change.Write write -> {
        Volume volume = byId.get(write.volume());
        if (volume != null) {
          volume.publish(maps.with(volume.visible(), write.written(location)));
        }
      }
      case Change.Unmap unmap -> {
        Volume volume = byId.get(unmap.volume());
        if (volume != null) {
          Root root = volume.visible();
          for (BlockExtent extent : unmap.extents()) {
            root = maps.without(root, extent.lba(), extent.count());
          }
          volume.publish(root);
        }
      }
      case Change.Resize resize -> {
        Volume volume = byId.get(resize.volume());
        if (volume != null) {
          volume.publish(maps.resized(volume.visible(), resize.blocks()));
        }
      }
      case Change.Rollback rollback -> {
        Volume volume = byId.get(rollback.volume());
        Volume snapshot = byId.get(rollback.snapshot());
        if (volume != null && snapshot != null) {
          Root left = volume.visible();
          volume.publish(maps.share(snapshot.visible()));
          maps.release(left);
        }
      }
      case Change.Delete delete -> {
        Volume volume = byId.remove(delete.volume());
        if (volume != null) {
          byName.remove(volume.name());
          volume.delete(maps);
        }
      }
    }
  }

  private synchronized void add(Volume volume) {
    byId.put(volume.id(), volume);
    byName.put(volume.name(), volume);
    lastId = Math.max(lastId, volume.id());
  }

  /** Notes every visible root as a sync begins. */
  void capture() {
    if (keepsDurableRoots) {
      byId.values().forEach(volume -> volume.capture(maps));
    }
  }

  /** Moves every durable root up once that sync has ended. */
  void promote() {
    byId.values().forEach(volume -> volume.promote(maps));
  }
}

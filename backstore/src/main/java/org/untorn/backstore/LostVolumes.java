package org.untorn.backstore;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds out what lost records did to the volumes, from the records behind them.
 *
 * <pre>
 *   [ 15 ] ~~~~~~~~~~ [ 17 write to volume 4 ]             nobody made a volume 4: it was made by 16
 *   [ 15 ] ~~~~~~~~~~ [ 17 write behind a volume's end ]   16 made it longer
 * </pre>
 */
final class LostVolumes {

  private final Catalog catalog;

  /** The numbers that were given out behind the checkpoint, as far as records say so. */
  private final Set<Long> made = new HashSet<>();

  /** What there is to say of each volume, by its number. */
  private final SortedMap<Long, String> lost = new TreeMap<>();

  private final SortedMap<Long, String> changed = new TreeMap<>();
  private long before;

  LostVolumes(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The checkpoint was read: all that gets a new number from now on is told by a record. */
  void begin() {
    before = catalog.lastId();
  }

  /** What is lost of volumes that nobody has deleted since. */
  List<String> sentences() {
    return Stream.concat(lost.values().stream(), changed.values().stream()).toList();
  }

  /** Looks at the next record; a volume that was made longer is so again. */
  void look(Change change) {
    switch (change) {
      case Change.Create create -> made.add(create.volume());
      case Change.Branch branch -> lookAt(branch);
      case Change.Write write -> {
        lookAt(write.volume());
        lengthen(write);
      }
      case Change.Unmap unmap -> lookAt(unmap.volume());
      case Change.Resize resize -> lookAt(resize.volume());
      case Change.Delete delete -> {
        lookAt(delete.volume());
        lost.remove(delete.volume());
        changed.remove(delete.volume());
      }
      case Change.Rollback rollback -> lookAt(rollback);
      case Change.Nothing nothing -> {}
    }
  }

  /** Says whether it is lost. */
  private boolean lookAt(long volume) {
    if (volume > before && made.add(volume)) {
      String all = "a volume is lost, its name and all that was written to it: number " + volume;
      lost.put(volume, all);
      catalog.reserveId(volume);
    }
    return lost.containsKey(volume);
  }

  private void lookAt(Change.Branch branch) {
    made.add(branch.volume());
    if (lookAt(branch.origin())) {
      lost.put(
          branch.volume(),
          "volume %s is lost: it was made from a volume that is lost, number %d"
              .formatted(branch.name(), branch.origin()));
      catalog.reserveId(branch.volume());
    }
  }

  private void lookAt(Change.Rollback rollback) {
    boolean snapshotIsLost = lookAt(rollback.snapshot());
    if (!lookAt(rollback.volume()) && snapshotIsLost) {
      note(
          rollback.volume(),
          "was rolled back to a snapshot that is lost: it holds what it held before");
    }
  }

  private void lengthen(Change.Write write) {
    long end = write.lba() + write.blocks();
    boolean isLonger =
        catalog
            .find(write.volume())
            .filter(volume -> volume.visible().geometry().blocks() < end)
            .isPresent();
    if (isLonger) {
      catalog.apply(new Change.Resize(write.volume(), end), Location.NONE);
      note(
          write.volume(),
          "was made longer by a record that is lost: it ends behind the last block that was written");
    }
  }

  private void note(long volume, String what) {
    catalog
        .find(volume)
        .ifPresent(found -> changed.put(volume, "volume %s %s".formatted(found.name(), what)));
  }
}

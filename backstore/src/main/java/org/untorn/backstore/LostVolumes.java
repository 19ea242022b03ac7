package org.untorn.backstore;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

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

  private final Set<Long> lost = new HashSet<>();
  private final Set<Long> longer = new HashSet<>();
  private long before;

  LostVolumes(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The checkpoint was read: all that gets a new number from now on is told by a record. */
  void begin() {
    before = catalog.lastId();
  }

  /** Says what is lost, if the next record tells; a volume that was made longer is so again. */
  Optional<String> look(Change change) {
    return switch (change) {
      case Change.Create create -> {
        made.add(create.volume());
        yield Optional.empty();
      }
      case Change.Branch branch -> lookAt(branch);
      case Change.Write write -> lookAt(write.volume()).or(() -> lengthen(write));
      case Change.Unmap unmap -> lookAt(unmap.volume());
      case Change.Resize resize -> lookAt(resize.volume());
      case Change.Delete delete -> lookAt(delete.volume());
      case Change.Rollback rollback -> lookAt(rollback);
      case Change.Nothing nothing -> Optional.empty();
    };
  }

  private Optional<String> lookAt(long volume) {
    boolean isNews = volume > before && made.add(volume) && lost.add(volume);
    catalog.reserveId(volume);
    return isNews
        ? Optional.of("a volume is lost, its name and all that was written to it: number " + volume)
        : Optional.empty();
  }

  private Optional<String> lookAt(Change.Branch branch) {
    made.add(branch.volume());
    Optional<String> origin = lookAt(branch.origin());
    if (!lost.contains(branch.origin())) {
      return origin;
    }
    lost.add(branch.volume());
    return Optional.of(
        "volume %s is lost: it was made from a volume that is lost, number %d"
            .formatted(branch.name(), branch.origin()));
  }

  private Optional<String> lookAt(Change.Rollback rollback) {
    Optional<String> volume = lookAt(rollback.volume());
    lookAt(rollback.snapshot());
    if (volume.isPresent() || !lost.contains(rollback.snapshot())) {
      return volume;
    }
    return catalog
        .find(rollback.volume())
        .map(
            left ->
                "volume %s was rolled back to a snapshot that is lost: it holds what it held before"
                    .formatted(left.name()));
  }

  private Optional<String> lengthen(Change.Write write) {
    long end = write.lba() + write.blocks();
    Optional<Volume> volume =
        catalog.find(write.volume()).filter(each -> each.visible().geometry().blocks() < end);
    volume.ifPresent(each -> catalog.apply(new Change.Resize(each.id(), end), Location.NONE));
    return volume
        .filter(each -> longer.add(each.id()))
        .map(
            each ->
                "volume %s was made longer by a record that is lost: it ends behind the last block that was written"
                    .formatted(each.name()));
  }
}

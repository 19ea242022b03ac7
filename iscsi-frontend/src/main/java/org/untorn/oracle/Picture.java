package org.untorn.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A part of a disk as it was found at one moment, in terms of the writes since the last cut. */
final class Picture {

  private final TreeMap<Long, Seen> blocks = new TreeMap<>();
  private final Map<Long, List<Issued>> covering;

  private Picture(Map<Long, List<Issued>> covering) {
    this.covering = covering;
  }

  /** Which writes cover each block. */
  static Map<Long, List<Issued>> covering(Collection<Issued> writes) {
    Map<Long, List<Issued>> covering = new HashMap<>();
    for (Issued issued : writes) {
      for (long lba = issued.write().lba(); lba < issued.write().end(); lba++) {
        covering.computeIfAbsent(lba, _ -> new ArrayList<>()).add(issued);
      }
    }
    return covering;
  }

  /**
   * Makes one of contents.
   *
   * @param found by LBA
   * @param before what the blocks held before the writes; a block that is not there held nobody
   *     knows what, but nothing that was written since
   */
  static Picture of(
      Map<Long, Long> found,
      Map<Long, Long> before,
      Map<Long, List<Issued>> covering,
      Origins origins) {
    Picture picture = new Picture(covering);
    found.forEach(
        (lba, content) -> {
          List<Issued> writers =
              picture.covering(lba).stream()
                  .filter(issued -> issued.write().contentAt(lba) == content)
                  .toList();
          Long held = before.get(lba);
          boolean asBefore = held == null ? writers.isEmpty() : held.equals(content);
          Optional<Origins.Origin> origin =
              writers.isEmpty() && !asBefore ? origins.of(content, lba) : Optional.empty();
          picture.blocks.put(lba, new Seen(lba, writers, asBefore, origin));
        });
    return picture;
  }

  /** The writes that cover a block. */
  List<Issued> covering(long lba) {
    return covering.getOrDefault(lba, List.of());
  }

  /** All blocks, in order. */
  Collection<Seen> blocks() {
    return blocks.values();
  }

  /** The blocks of a range that were found, in order. */
  Collection<Seen> blocks(long from, long end) {
    return blocks.subMap(from, end).values();
  }
}

package org.untorn.daemon.crash;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.untorn.backstore.BlockExtent;
import org.untorn.oracle.Content;

/**
 * The blocks that a recording changes, and what may stand there. A place is one block that was
 * written, or a run of blocks that were only ever unmapped, all by the same commands.
 *
 * <p>The newest version of a place that survives is what it holds; version 0 is what it held when
 * the recording began.
 */
final class Places {

  /** A version of a place: block {@code block} of a change, with its fingerprint. */
  private record Version(RecordedChange change, int block, long content) {}

  /** Says what a run of blocks held when the recording began. */
  @FunctionalInterface
  interface Base {
    /** A fingerprint; {@link Content#ZEROS} of zeros. */
    long of(BlockExtent place);
  }

  private final int blockLength;
  private final List<BlockExtent> extents = new ArrayList<>();
  private final List<List<Version>> versions = new ArrayList<>();
  private final List<Long> bases = new ArrayList<>();
  private final Map<Integer, List<Integer>> ofChange = new HashMap<>();

  /** By the number of a change the fingerprint of all places when nothing up to it is lost. */
  private final Map<Integer, Long> whole = new HashMap<>();

  Places(Recording recording, Base base) {
    this.blockLength = recording.geometry().blockLength();
    for (BlockExtent place : cut(recording)) {
      extents.add(place);
      versions.add(new ArrayList<>());
      bases.add(base.of(place));
    }
    long fingerprint = 0;
    whole.put(0, fingerprint);
    for (RecordedChange change : recording.changes()) {
      fingerprint += take(change);
      whole.put(change.number(), fingerprint);
    }
  }

  /** The places of a recording, in the order of their blocks. */
  private static List<BlockExtent> cut(Recording recording) {
    TreeSet<Long> edges = new TreeSet<>();
    List<BlockExtent> all = new ArrayList<>();
    for (RecordedChange change : recording.changes()) {
      for (BlockExtent extent : change.extents()) {
        all.add(extent);
        edges.add(extent.lba());
        edges.add(extent.lba() + extent.count());
        if (change.writes()) {
          for (long lba = extent.lba(); lba < extent.lba() + extent.count(); lba++) {
            edges.add(lba);
          }
        }
      }
    }
    TreeSet<Long> begins = new TreeSet<>();
    all.forEach(e -> begins.addAll(edges.subSet(e.lba(), e.lba() + e.count())));
    List<BlockExtent> places = new ArrayList<>();
    for (long lba : begins) {
      Long end = edges.higher(lba);
      places.add(new BlockExtent(lba, (end == null ? lba + 1 : end) - lba));
    }
    return places;
  }

  /** Returns by how much it changes the fingerprint of all places. */
  private long take(RecordedChange change) {
    List<Integer> places = new ArrayList<>();
    long difference = 0;
    int block = 0;
    for (BlockExtent extent : change.extents()) {
      int place = find(extent.lba());
      for (long lba = extent.lba(); lba < extent.lba() + extent.count(); place++) {
        places.add(place);
        List<Version> all = versions.get(place);
        long before = all.isEmpty() ? bases.get(place) : all.getLast().content;
        all.add(new Version(change, block, content(change, block)));
        difference += mixed(place, all.getLast().content) - mixed(place, before);
        lba += extents.get(place).count();
        block++;
      }
    }
    ofChange.put(change.number(), places);
    return difference;
  }

  private int find(long lba) {
    int low = 0;
    int high = extents.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (extents.get(middle).lba() < lba) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long content(RecordedChange change, int block) {
    return change.writes()
        ? Content.of(change.data().slice(block * blockLength, blockLength))
        : Content.ZEROS;
  }

  int count() {
    return extents.size();
  }

  /** Which blocks a place is. */
  BlockExtent extent(int place) {
    return extents.get(place);
  }

  /** The places that a change touches; of a write that of each of its blocks. */
  List<Integer> of(RecordedChange change) {
    return ofChange.getOrDefault(change.number(), List.of());
  }

  /** Which command's version a place holds in a state; 0 if it holds what it did before all. */
  int version(int place, CrashState state) {
    return newest(place, state).map(version -> version.change.number()).orElse(0);
  }

  private Optional<Version> newest(int place, CrashState state) {
    List<Version> all = versions.get(place);
    for (int i = all.size() - 1; i >= 0; i--) {
      Version version = all.get(i);
      int number = version.change.number();
      if (number <= state.after() && !state.loses(number, version.block)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  /** The bytes of a written version of a place; none of one that was unmapped, which is zeros. */
  Optional<ByteBuffer> bytes(int place, int version) {
    return versions.get(place).stream()
        .filter(one -> one.change.number() == version && one.change.writes())
        .findFirst()
        .map(one -> one.change.data().slice(one.block * blockLength, blockLength));
  }

  /** The same number for all states with the same content, and for no others, but by accident. */
  long fingerprint(CrashState state) {
    long fingerprint = whole.getOrDefault(state.after(), 0L);
    CrashState nothingLost = CrashState.whole(state.after());
    for (int place : touchedByLosses(state)) {
      fingerprint +=
          mixed(place, content(place, state)) - mixed(place, content(place, nothingLost));
    }
    return fingerprint;
  }

  /** Whether a place holds something else in one state than in another. */
  boolean differs(int place, CrashState one, CrashState other) {
    return content(place, one) != content(place, other);
  }

  private Set<Integer> touchedByLosses(CrashState state) {
    Set<Integer> places = new HashSet<>();
    state
        .lost()
        .forEach(
            (number, blocks) -> {
              List<Integer> all = ofChange.getOrDefault(number, List.of());
              if (blocks.isEmpty()) {
                places.addAll(all);
              } else {
                blocks.stream().forEach(block -> places.add(all.get(block)));
              }
            });
    return places;
  }

  private long content(int place, CrashState state) {
    return newest(place, state).map(Version::content).orElse(bases.get(place));
  }

  private static long mixed(int place, long content) {
    long mixed = (content + place * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 30 ^ place) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}

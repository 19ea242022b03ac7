package org.untorn.backstore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * What is alive in some segments, and where its copies are.
 *
 * <pre>
 *   segment 3   [ - - A A B B B - - C C - ]       - is dead
 *   entries           |A  |B  |     |C            may begin or end inside each other
 *   stretches         [ A A B B B ] [ C C ]       copied as they are: an entry stays in one piece
 * </pre>
 *
 * Since a location means the same bytes for ever, and the copies are the same bytes, a location may
 * be replaced by its copy's wherever it is found and whenever that happens. Units are 512 bytes.
 */
final class Relocation implements LongUnaryOperator {

  private final IntMap indexes = new IntMap();
  private final List<Victim> victims = new ArrayList<>();

  /** One segment. */
  static final class Victim {
    private final Segment segment;
    private final BitSet live = new BitSet();

    /** Units that must stay behind the one in front of them. */
    private final BitSet joined = new BitSet();

    private final IntStack copied = new IntStack();
    private final List<Long> copies = new ArrayList<>();

    private Victim(Segment segment) {
      this.segment = segment;
    }

    Segment segment() {
      return segment;
    }

    long liveBytes() {
      return (long) live.cardinality() * Location.UNIT_BYTES;
    }

    /**
     * The first stretch of live units at or behind {@code unit}, of {@code limit} units if it can
     * be cut there, else of as few more as it must.
     */
    Optional<Stretch> next(int unit, int limit) {
      int from = live.nextSetBit(unit);
      if (from < 0) {
        return Optional.empty();
      }
      int end = live.nextClearBit(from);
      int to = Math.min(end, from + limit);
      while (to < end && to > from && joined.get(to)) {
        to--;
      }
      return Optional.of(new Stretch(from, to > from ? to : joined.nextClearBit(from + 1)));
    }

    /** The stretch has a copy. */
    void copied(Stretch stretch, long copy) {
      copied.push(stretch.from());
      copied.push(stretch.to());
      copies.add(copy);
    }

    private void mark(int unit, int units) {
      live.set(unit, unit + units);
      joined.set(unit + 1, unit + units);
    }

    private long locationOf(int unit, long original) {
      int low = 0;
      int high = copies.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (copied.get(2 * middle + 1) <= unit) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      boolean found = low < copies.size() && copied.get(2 * low) <= unit;
      return found ? copies.get(low) + unit - copied.get(2 * low) : original;
    }
  }

  /** Units {@code from} up to {@code to} of a segment. */
  record Stretch(int from, int to) {
    int bytes() {
      return (to - from) * Location.UNIT_BYTES;
    }
  }

  Relocation(List<Segment> segments) {
    for (Segment segment : segments) {
      victims.add(new Victim(segment));
      indexes.put(segment.number(), victims.size());
    }
  }

  List<Victim> victims() {
    return victims;
  }

  boolean isEmpty() {
    return victims.stream().allMatch(victim -> victim.copies.isEmpty());
  }

  /** Notes what a leaf refers to. All is noted before the first copy. */
  void mark(LeafView leaf) {
    for (int i = 0; i < leaf.count(); i++) {
      long location = leaf.location(i);
      int index = (int) indexes.get(Location.segment(location));
      if (index != 0) {
        int unit = Location.unit(location);
        if (Kind.isPart(leaf.kind(i))) {
          // All of the granule is needed to check the part.
          unit -= (int) (leaf.start(i) % Kind.GRANULE_UNITS);
          victims.get(index - 1).mark(unit, Kind.GRANULE_UNITS);
        } else {
          victims.get(index - 1).mark(unit, leaf.units(i));
        }
      }
    }
  }

  /** Lets a leaf refer to the copies. */
  void relocate(LeafView leaf) {
    for (int i = 0; i < leaf.count(); i++) {
      long location = leaf.location(i);
      long copy = applyAsLong(location);
      if (copy != location) {
        leaf.relocate(i, copy);
      }
    }
  }

  /** A location's copy, or itself if it has none. */
  @Override
  public long applyAsLong(long location) {
    int index = (int) indexes.get(Location.segment(location));
    return index == 0
        ? location
        : victims.get(index - 1).locationOf(Location.unit(location), location);
  }
}

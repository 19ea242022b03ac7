package org.untorn.daemon.crash;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * The states that a power cut may leave of a recorded run. After each command that was sent, each
 * choice is legal of what was not durable then: an atomic change is whole or absent; of a plain
 * write each block survives or not, whatever its neighbours do. States with the same content are
 * one.
 *
 * <p>If there are more than are wanted, it is a sample that one seed draws: the first and the last
 * state and, if half the sample holds them, all in which nothing is lost; then single losses, lone
 * survivors, torn last writes and wild mixtures.
 *
 * @param complete whether these are all
 * @param all in the order of the commands after which the power goes, those with the fewest losses
 *     first
 */
record CrashStates(boolean complete, List<CrashState> all) {

  /** So many choices are gone through to find out how many states there are. */
  private static final long MOST_CHOICES = 1 << 18;

  CrashStates {
    all = List.copyOf(all);
  }

  /** All of them if there are no more than {@code most}, else so many. */
  static CrashStates of(Recording recording, Places places, int most, long seed) {
    if (choices(recording) <= MOST_CHOICES) {
      Found found = new Found(places);
      found.add(CrashState.whole(0));
      for (RecordedChange last : recording.changes()) {
        addAll(found, recording.atRisk(last), last.number());
      }
      if (found.states.size() <= most) {
        return new CrashStates(true, found.sorted());
      }
    }
    return new CrashStates(false, new Sample(recording, places, most, seed).draw());
  }

  /** What can be lost by itself: a block of a plain write, or a change. */
  private record Atom(int number, BitSet blocks) {}

  private static List<Atom> atoms(RecordedChange change) {
    List<Atom> atoms = new ArrayList<>();
    if (!change.tears()) {
      return List.of(new Atom(change.number(), CrashState.WHOLE));
    }
    for (int block = 0; block < change.blocks(); block++) {
      BitSet one = new BitSet();
      one.set(block);
      atoms.add(new Atom(change.number(), one));
    }
    return atoms;
  }

  /** How many choices there are after all commands together, or more than enough. */
  private static long choices(Recording recording) {
    long choices = 1;
    for (RecordedChange last : recording.changes()) {
      long atoms =
          recording.atRisk(last).stream().mapToLong(one -> one.tears() ? one.blocks() : 1).sum();
      choices += atoms < 20 ? 1L << atoms : MOST_CHOICES;
      if (choices > MOST_CHOICES) {
        break;
      }
    }
    return choices;
  }

  private static void addAll(Found found, List<RecordedChange> atRisk, int after) {
    List<Atom> atoms = atRisk.stream().flatMap(change -> atoms(change).stream()).toList();
    for (long choice = 0; choice < 1L << atoms.size(); choice++) {
      TreeMap<Integer, BitSet> lost = new TreeMap<>();
      for (int i = 0; i < atoms.size(); i++) {
        if ((choice >> i & 1) == 1) {
          lost.computeIfAbsent(atoms.get(i).number, _ -> new BitSet()).or(atoms.get(i).blocks);
        }
      }
      found.add(CrashState.of(after, lost, atRisk));
    }
  }

  /** States, no two with the same content. */
  private static final class Found {
    private final Places places;
    private final List<CrashState> states = new ArrayList<>();
    private final Set<Long> fingerprints = new HashSet<>();

    private Found(Places places) {
      this.places = places;
    }

    private void add(CrashState state) {
      if (fingerprints.add(places.fingerprint(state))) {
        states.add(state);
      }
    }

    private List<CrashState> sorted() {
      return states.stream()
          .sorted(
              Comparator.comparingInt(CrashState::after)
                  .thenComparingInt(state -> state.lost().size())
                  .thenComparing(CrashState::toString))
          .toList();
    }
  }

  /** A seeded choice of states. */
  private static final class Sample {

    private static final int PATIENCE = 200;

    private final Recording recording;
    private final Found found;
    private final int most;
    private final Random random;

    private Sample(Recording recording, Places places, int most, long seed) {
      this.recording = recording;
      this.found = new Found(places);
      this.most = most;
      this.random = new Random(seed);
    }

    private List<CrashState> draw() {
      List<RecordedChange> changes = recording.changes();
      if (most > 1) {
        found.add(CrashState.whole(0));
        found.add(CrashState.whole(changes.getLast().number()));
      }
      if (changes.size() <= most / 2) {
        changes.forEach(change -> found.add(CrashState.whole(change.number())));
      }
      for (long tries = (long) most * PATIENCE; tries > 0 && found.states.size() < most; tries--) {
        found.add(one(changes.get(random.nextInt(changes.size()))));
      }
      return found.sorted();
    }

    private CrashState one(RecordedChange last) {
      List<RecordedChange> atRisk = recording.atRisk(last);
      TreeMap<Integer, BitSet> lost = new TreeMap<>();
      switch (random.nextInt(5)) {
        case 0 -> {}
        case 1 -> lose(lost, atRisk.get(random.nextInt(atRisk.size())));
        case 2 -> {
          RecordedChange survivor = atRisk.get(random.nextInt(atRisk.size()));
          atRisk.stream()
              .filter(change -> change.number() != survivor.number())
              .forEach(change -> lost.put(change.number(), CrashState.WHOLE));
        }
        case 3 -> lose(lost, last);
        default -> {
          double losing = new double[] {0.1, 0.5, 0.9}[random.nextInt(3)];
          for (RecordedChange change : atRisk) {
            if (random.nextDouble() < losing) {
              lose(lost, change);
            }
          }
        }
      }
      return untilSurvivor(CrashState.of(last.number(), lost, atRisk));
    }

    /** The same state, named by the last command that survives. */
    private CrashState untilSurvivor(CrashState state) {
      int after = 0;
      for (RecordedChange change : recording.changes()) {
        boolean isLost = CrashState.WHOLE.equals(state.lost().get(change.number()));
        after = change.number() <= state.after() && !isLost ? change.number() : after;
      }
      return new CrashState(after, state.lost().headMap(after + 1));
    }

    private void lose(Map<Integer, BitSet> lost, RecordedChange change) {
      lost.put(
          change.number(),
          change.tears() && random.nextBoolean() ? part(change) : CrashState.WHOLE);
    }

    /** The first blocks, the last ones, one, or some here and there. */
    private BitSet part(RecordedChange change) {
      int blocks = (int) change.blocks();
      int cut = random.nextInt(1, blocks);
      BitSet part = new BitSet();
      switch (random.nextInt(4)) {
        case 0 -> part.set(0, cut);
        case 1 -> part.set(cut, blocks);
        case 2 -> part.set(cut);
        default -> {
          for (int block = 0; block < blocks; block++) {
            part.set(block, random.nextBoolean());
          }
          if (part.isEmpty()) {
            part.set(cut);
          }
        }
      }
      return part;
    }
  }
}

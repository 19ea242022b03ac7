package org.untorn.daemon.crash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes losses away from a bad state for as long as it stays bad (delta debugging): first whole
 * changes, then blocks of torn ones. What is left is bad, and no more so without any single one of
 * its losses. Fewer losses are always legal, too.
 */
final class Minimiser {

  /** Says whether a state is bad; it may take long. */
  @FunctionalInterface
  interface Trial {
    boolean isBad(CrashState state) throws IOException;
  }

  /** A loss: blocks of a change, or all of it. */
  private record Loss(int number, BitSet blocks) {}

  private final Places places;
  private final Trial trial;
  private final int after;
  private final Map<Long, Boolean> known = new HashMap<>();

  private Minimiser(Places places, Trial trial, int after) {
    this.places = places;
    this.trial = trial;
    this.after = after;
  }

  /** The bad state that is left of one. */
  static CrashState minimise(CrashState bad, Recording recording, Places places, Trial trial)
      throws IOException {
    Minimiser minimiser = new Minimiser(places, trial, bad.after());
    minimiser.known.put(places.fingerprint(bad), true);
    List<Loss> changes = new ArrayList<>();
    bad.lost().forEach((number, blocks) -> changes.add(new Loss(number, blocks)));
    List<Loss> blocks = new ArrayList<>();
    for (Loss loss : minimiser.fewest(changes)) {
      RecordedChange change = recording.change(loss.number).orElseThrow();
      if (!change.tears()) {
        blocks.add(loss);
        continue;
      }
      for (int block = 0; block < change.blocks(); block++) {
        if (loss.blocks.isEmpty() || loss.blocks.get(block)) {
          BitSet one = new BitSet();
          one.set(block);
          blocks.add(new Loss(loss.number, one));
        }
      }
    }
    CrashState least = minimiser.state(minimiser.fewest(blocks));
    return CrashState.of(least.after(), least.lost(), recording.changes());
  }

  /** Of losses that are bad together those that are needed for it. */
  private List<Loss> fewest(List<Loss> bad) throws IOException {
    List<Loss> losses = bad;
    if (isBad(List.of())) {
      return List.of();
    }
    for (int parts = 2; losses.size() > 1; ) {
      List<Loss> smaller = smaller(losses, parts);
      if (smaller.size() < losses.size()) {
        losses = smaller;
        parts = Math.max(2, Math.min(parts - 1, losses.size()));
      } else if (parts < losses.size()) {
        parts = Math.min(2 * parts, losses.size());
      } else {
        break;
      }
    }
    return losses;
  }

  /** All without one of so many parts, if that is bad; else all. */
  private List<Loss> smaller(List<Loss> losses, int parts) throws IOException {
    for (int part = 0; part < parts; part++) {
      int from = losses.size() * part / parts;
      int to = losses.size() * (part + 1) / parts;
      List<Loss> rest = new ArrayList<>(losses.subList(0, from));
      rest.addAll(losses.subList(to, losses.size()));
      if (isBad(rest)) {
        return rest;
      }
    }
    return losses;
  }

  private boolean isBad(List<Loss> losses) throws IOException {
    CrashState state = state(losses);
    long fingerprint = places.fingerprint(state);
    Boolean before = known.get(fingerprint);
    if (before != null) {
      return before;
    }
    boolean bad = trial.isBad(state);
    known.put(fingerprint, bad);
    return bad;
  }

  private CrashState state(List<Loss> losses) {
    TreeMap<Integer, BitSet> lost = new TreeMap<>();
    for (Loss loss : losses) {
      lost.computeIfAbsent(loss.number, _ -> new BitSet()).or(loss.blocks);
    }
    return new CrashState(after, lost);
  }
}

package org.untorn.daemon.fault;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * The rules of a device, what came of each, and a journal of what they did. An event is shown to
 * the rules in the order in which they were added; the first that acts decides, and those after it
 * do not count it.
 *
 * <p>Chance comes from the seed and the rule's number, so that the same events in the same order
 * have the same faults. Guarded by this object's monitor.
 */
final class FaultPlan {

  private static final int JOURNAL = 1000;
  private static final int RULES = 1000;

  /**
   * What a rule has come to.
   *
   * @param seen events that fitted
   * @param fired on how many of them it acted
   */
  record Line(long number, String text, long seen, long fired) {}

  /** What a rule did: the {@code event}-th one that passed any seam. */
  record Entry(long event, long rule, String what) {}

  /** All there is to know. */
  record Snapshot(long seed, String state, long events, List<Line> rules, List<Entry> journal) {

    Snapshot {
      rules = List.copyOf(rules);
      journal = List.copyOf(journal);
    }
  }

  private static final class Counted {
    private final FaultRule rule;
    private final Random random;
    private long seen;
    private long fired;

    private Counted(FaultRule rule, Random random) {
      this.rule = rule;
      this.random = random;
    }

    /** Counts a fitting event; whether the rule acts on it. */
    private boolean acts() {
      seen++;
      long first = rule.nth().orElse(1);
      long since = seen - first;
      long last = rule.nth().isPresent() ? 1 : Long.MAX_VALUE;
      boolean inTurn =
          since >= 0
              && since % rule.every().orElse(1) == rule.every().orElse(1) - 1
              && fired < rule.next().orElse(rule.every().isPresent() ? Long.MAX_VALUE : last);
      boolean lucky = rule.chance().isEmpty() || random.nextDouble() < rule.chance().getAsDouble();
      fired += inTurn && lucky ? 1 : 0;
      return inTurn && lucky;
    }
  }

  private long seed;
  private final Map<Long, Counted> rules = new TreeMap<>();
  private final Deque<Entry> journal = new ArrayDeque<>();
  private String state = "";
  private long numbers;
  private long events;

  FaultPlan(long seed) {
    this.seed = seed;
  }

  /** Adds a rule behind the others and gives its number; empty if there are too many. */
  synchronized Optional<Long> add(FaultRule rule) {
    if (rules.size() == RULES) {
      return Optional.empty();
    }
    numbers++;
    rules.put(numbers, new Counted(rule, new Random(seed * 31 + numbers)));
    return Optional.of(numbers);
  }

  /** Removes a rule; false if there is none with this number. */
  synchronized boolean remove(long number) {
    return rules.remove(number) != null;
  }

  /** Removes all rules, and forgets what they did. */
  synchronized void clear() {
    rules.clear();
    journal.clear();
    state = "";
  }

  /** As a new one with another seed: rules are counted from 1, events from the next one. */
  synchronized void startOver(long newSeed) {
    clear();
    seed = newSeed;
    numbers = 0;
    events = 0;
  }

  /** What is to happen at an event, if anything is. */
  synchronized Optional<FaultRule> at(FaultEvent event) {
    events++;
    for (Map.Entry<Long, Counted> entry : rules.entrySet()) {
      Counted counted = entry.getValue();
      if (counted.rule.fits(event, state) && counted.acts()) {
        state = counted.rule.then().orElse(state);
        if (journal.size() == JOURNAL) {
          journal.removeFirst();
        }
        journal.add(new Entry(events, entry.getKey(), event.toString()));
        return Optional.of(counted.rule);
      }
    }
    return Optional.empty();
  }

  synchronized Snapshot snapshot() {
    List<Line> lines = new ArrayList<>();
    rules.forEach(
        (number, counted) ->
            lines.add(new Line(number, counted.rule.text(), counted.seen, counted.fired)));
    return new Snapshot(seed, state, events, lines, List.copyOf(journal));
  }
}

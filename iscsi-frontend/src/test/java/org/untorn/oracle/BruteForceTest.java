package org.untorn.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The judge and a judge by brute force say the same of thousands of small random histories, and of
 * every state that such a disk could be found in.
 */
class BruteForceTest {

  private static final int BLOCKS = 3;
  private static final long SEED = 20261122;

  @Test
  void what_the_judge_lets_pass_after_a_cut_is_exactly_what_some_order_leads_to() {
    int broken = 0;
    int kept = 0;
    for (long seed = SEED; seed < SEED + 500; seed++) {
      List<Event> events = history(new Random(seed), 4, false);
      Map<Long, Long> before = new TreeMap<>();
      for (long lba = 0; lba < BLOCKS; lba++) {
        before.put(lba, Content.ZEROS);
      }
      Set<Map<Long, Long>> reachable = BruteForce.states(events, before);
      for (Map<Long, Long> state : everyState(events)) {
        List<Event> whole = new ArrayList<>();
        whole.add(new Event.Found(0, List.copyOf(before.values())));
        whole.addAll(events);
        whole.add(new Event.Cut());
        whole.add(new Event.Found(0, List.copyOf(state.values())));
        Verdict verdict = Judge.judge(new History(whole));

        assertThat(verdict.kept())
            .as("seed %d: %s, found %s: %s", seed, events, state, verdict.findings())
            .isEqualTo(reachable.contains(state));
        if (verdict.kept()) {
          kept++;
        } else {
          broken++;
        }
      }
    }
    assertThat(kept).isGreaterThan(1_000);
    assertThat(broken).isGreaterThan(1_000);
  }

  @Test
  void what_the_judge_says_of_reads_of_a_block_is_whether_an_order_explains_them() {
    int broken = 0;
    int kept = 0;
    for (long seed = SEED; seed < SEED + 6_000; seed++) {
      List<Event> events = history(new Random(seed), 5, true);
      List<Event> whole = new ArrayList<>(List.of(new Event.Found(0, List.of(Content.ZEROS))));
      whole.addAll(events);
      Verdict verdict = Judge.judge(new History(whole));

      assertThat(verdict.kept())
          .as("seed %d: %s: %s", seed, events, verdict.findings())
          .isEqualTo(BruteForce.isLinearisable(events, Content.ZEROS));
      if (verdict.kept()) {
        kept++;
      } else {
        broken++;
      }
    }
    assertThat(kept).isGreaterThan(1_000);
    assertThat(broken).isGreaterThan(1_000);
  }

  /** Operations that overlap in time at random; of one block with reads, or of several without. */
  private static List<Event> history(Random random, int operations, boolean reads) {
    List<Event> events = new ArrayList<>();
    List<Integer> underWay = new ArrayList<>();
    Map<Integer, Boolean> isRead = new HashMap<>();
    List<Long> written = new ArrayList<>(List.of(Content.ZEROS));
    int next = 1;
    while (next <= operations || (!underWay.isEmpty() && random.nextInt(4) > 0)) {
      if (next <= operations && (underWay.isEmpty() || random.nextBoolean())) {
        boolean read = reads && random.nextBoolean();
        isRead.put(next, read);
        Operation operation =
            read ? new Operation.Read(0, 1) : change(random, next, reads ? 1 : BLOCKS, !reads);
        if (operation instanceof Operation.Write write) {
          written.addAll(write.contents());
        }
        events.add(new Event.Sent(next, operation));
        underWay.add(next);
        next++;
      } else {
        Collections.swap(underWay, random.nextInt(underWay.size()), underWay.size() - 1);
        int id = underWay.removeLast();
        long saw = written.get(random.nextInt(written.size()));
        events.add(
            new Event.Answered(id, isRead.getOrDefault(id, false) ? List.of(saw) : List.of()));
      }
    }
    return events;
  }

  private static Operation change(Random random, int id, int blocks, boolean flushes) {
    if (flushes && random.nextInt(5) == 0) {
      return new Operation.Flush();
    }
    int lba = random.nextInt(blocks);
    int length = 1 + random.nextInt(blocks - lba);
    List<Long> contents = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      contents.add(HistoryText.content((char) ('a' + id), lba + i));
    }
    boolean atomic = random.nextInt(3) > 0;
    int unit = atomic ? length : 1;
    return new Operation.Write(lba, contents, atomic, unit, random.nextInt(4) == 0);
  }

  /** Every combination of what was ever written to each block. */
  private static List<Map<Long, Long>> everyState(List<Event> events) {
    List<Map<Long, Long>> states = new ArrayList<>(List.of(new TreeMap<>()));
    for (long lba = 0; lba < BLOCKS; lba++) {
      List<Long> choices = new ArrayList<>(List.of(Content.ZEROS));
      for (Event event : events) {
        if (event instanceof Event.Sent(int _, Operation.Write write) && write.covers(lba)) {
          choices.add(write.contentAt(lba));
        }
      }
      List<Map<Long, Long>> longer = new ArrayList<>();
      for (Map<Long, Long> state : states) {
        for (long choice : choices) {
          Map<Long, Long> one = new TreeMap<>(state);
          one.put(lba, choice);
          longer.add(one);
        }
      }
      states = longer;
    }
    return states;
  }
}

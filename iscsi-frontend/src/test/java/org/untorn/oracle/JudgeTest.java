package org.untorn.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the judge says of one history each; {@link BruteForceTest} goes through all small ones. */
class JudgeTest {

  private static final String CLEAN = "found@0:........ ";

  private static Verdict judge(String history) {
    return Judge.judge(HistoryText.parse(CLEAN + history));
  }

  /** The fate of write 1 behind one cut, and the promise that is broken, or "kept". */
  @ParameterizedTest(name = "{0} -> {1}, {2}")
  @CsvSource({
    // in the cache: anything goes, block by block
    "w1@0:aaaa ok1 cut found@0:aaaa....,                        NEW,         kept",
    "w1@0:aaaa ok1 cut found@0:........,                        OLD,         kept",
    "w1@0:aaaa ok1 cut found@0:a.a.....,                        TORN,        kept",
    "w1@0:aaaa cut found@0:..aa....,                            TORN,        kept",
    "w1@0:aaaa cut found@0:aaaa....,                            NEW,         kept",
    // superseded by what came later, or at the same time
    "w1@0:aa ok1 w2@0:bb ok2 cut found@0:bb......,              NEW,         kept",
    "w1@0:aa ok1 w2@0:bb ok2 cut found@0:ab......,              NEW,         kept",
    "w1@0:aa w2@0:bb ok1 ok2 cut found@0:ab......,              NEW,         kept",
    // stable: all of it
    "w1@0:aaaa ok1 f2 ok2 cut found@0:aaaa....,                 NEW,         kept",
    "w1@0:aaaa ok1 f2 ok2 cut found@0:........,                 LOST,        DURABILITY",
    "w1@0:aaaa ok1 f2 ok2 cut found@0:aa......,                 LOST,        DURABILITY",
    "w1!@0:aaaa ok1 cut found@0:........,                       LOST,        DURABILITY",
    "w1!@0:aaaa cut found@0:........,                           OLD,         kept",
    "w1@0:aaaa ok1 f2 cut found@0:........,                     OLD,         kept",
    "w1@0:aaaa f2 ok1 ok2 cut found@0:........,                 OLD,         kept",
    // a later write that survives does not excuse an earlier one that was stable elsewhere
    "w1@0:aa ok1 f2 ok2 w3@4:bb ok3 cut found@0:....bb..,       REORDERED,   ORDERING",
    "w1@0:aa ok1 f2 ok2 w3@4:bb ok3 cut found@0:........,       LOST,        DURABILITY",
    "w1@0:aa ok1 w3@4:bb ok3 f2 ok2 cut found@0:....bb..,       LOST,        DURABILITY",
    "w1@0:aa ok1 w3@4:bb ok3 cut found@0:....bb..,              OLD,         kept",
    "w1@0:aa ok1 f2 ok2 w3@0:bb ok3 cut found@0:bb......,       NEW,         kept",
    "w1@0:aa ok1 f2 ok2 w3@0:bb ok3 cut found@0:ba......,       NEW,         kept",
    // atomic: whole or absent
    "A1@0:aaaa ok1 cut found@0:aaaa....,                        NEW,         kept",
    "A1@0:aaaa ok1 cut found@0:........,                        OLD,         kept",
    "A1@0:aaaa ok1 cut found@0:aaa.....,                        TORN,        ATOMICITY",
    "A1@0:aaaa cut found@0:...a....,                            TORN,        ATOMICITY",
    "A1!@0:aaaa ok1 cut found@0:a.......,                       TORN,        ATOMICITY",
    "A1!@0:aaaa ok1 cut found@0:........,                       LOST,        DURABILITY",
    "A1@0:aaaa ok1 w2@1:b ok2 cut found@0:abaa....,             NEW,         kept",
    "A1@0:aaaa ok1 w2@1:b ok2 cut found@0:.b......,             OLD,         kept",
    "A1@0:aaaa ok1 A2@2:bbbb ok2 cut found@0:aabbbb..,          NEW,         kept",
    // in units of two blocks
    "A1/2@0:aaaa ok1 cut found@0:aa......,                      OLD,         kept",
    "A1/2@0:aaaa ok1 cut found@0:..aa....,                      OLD,         kept",
    "A1/2@0:aaaa ok1 cut found@0:aaa.....,                      TORN,        ATOMICITY",
    // data that is nobody's, or another block's
    "w1@0:aaaa ok1 cut found@0:axaa....,                        CORRUPT,     INTEGRITY",
    "w1@0:aaaa ok1 cut found@0:aAaa....,                        MISDIRECTED, INTEGRITY",
    "w1@4:aa ok1 cut found@0:...A.a..,                          MISDIRECTED, INTEGRITY",
    // an atomic one that was refused leaves nothing
    "A1@0:aaaa bad1 cut found@0:........,                       OLD,         kept",
    "A1@0:aaaa bad1 cut found@0:aaaa....,                       NEW,         ATOMICITY",
  })
  void a_range_has_this_fate(String history, Fate fate, String promise) {
    Verdict verdict = judge(history);

    assertThat(verdict.cuts()).hasSize(1);
    assertThat(verdict.cuts().getFirst().ranges().getFirst().fate()).isEqualTo(fate);
    assertThat(verdict.findings().stream().map(finding -> finding.promise().name()).distinct())
        .isEqualTo(promise.equals("kept") ? List.of() : List.of(promise));
    assertThat(verdict.kept()).isEqualTo(promise.equals("kept"));
  }

  @Test
  void two_atomic_writes_that_are_each_the_newer_one_are_torn() {
    Verdict verdict = judge("A1@0:aa A2@0:bb ok1 ok2 cut found@0:ab......");

    assertThat(verdict.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.promise()).isEqualTo(Promise.ATOMICITY);
              assertThat(finding.fate()).isEqualTo(Fate.TORN);
              assertThat(finding.operations()).containsExactlyInAnyOrder(1, 2);
            });
  }

  @Test
  void three_atomic_writes_in_a_ring_are_torn() {
    String ring = "A1@0:aaa A2@0:bbb A3@0:ccc ok1 ok2 ok3 ";

    assertThat(judge(ring + "cut found@0:abc.....").kept()).isFalse();
    assertThat(judge(ring + "cut found@0:bbb.....").kept()).isTrue();
    assertThat(judge("A1@0:aa A2@1:bb A3@2:cc ok1 ok2 ok3 cut found@0:aabc....").kept()).isTrue();
  }

  @Test
  void a_finding_names_the_write_the_flush_and_the_one_that_outlived_it() {
    Verdict verdict = judge("w1@0:aa ok1 f2 ok2 w3@4:bb ok3 cut found@0:....bb..");

    assertThat(verdict.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.operations()).containsExactly(1, 2, 3);
              assertThat(finding.cut()).isEqualTo(1);
              assertThat(finding.sentence())
                  .isEqualTo(
                      "write 1 (WRITE of 2 blocks at 0), made stable by flush 2, is gone from 2 of"
                          + " its 2 blocks, first from 0; write 3 (WRITE of 2 blocks at 4), sent"
                          + " after that, is there");
            });
  }

  @Test
  void what_was_found_after_a_cut_is_stable_from_then_on() {
    String survived = "w1@0:aa ok1 cut found@0:aa...... ";

    assertThat(judge(survived + "w2@4:b ok2 cut found@0:aa......").kept()).isTrue();
    Verdict lost = judge(survived + "w2@4:b ok2 cut found@0:a.......");
    assertThat(lost.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.promise()).isEqualTo(Promise.DURABILITY));
    assertThat(lost.findings().getFirst().cut()).isEqualTo(2);
  }

  @Test
  void without_a_cut_all_that_was_answered_is_there() {
    assertThat(judge("w1@0:aa ok1 found@0:aa......").kept()).isTrue();
    assertThat(judge("w1@0:aa ok1 found@0:a.......").findings())
        .extracting(Finding::promise)
        .containsExactly(Promise.DURABILITY);
    assertThat(judge("w1@0:aa found@0:a.......").kept()).isTrue();
  }

  @Test
  void nothing_is_expected_of_blocks_that_nobody_looked_at() {
    Verdict verdict =
        Judge.judge(
            HistoryText.parse("w1@0:aaaa ok1 f2 ok2 cut found@1:aa w3@0:b ok3 cut found@0:baaz"));

    assertThat(verdict.kept()).isTrue();
  }

  @Test
  void the_same_bytes_written_twice_excuse_what_one_of_them_would() {
    History twice =
        new History(
            List.of(
                new Event.Found(0, List.of(0L, 0L)),
                new Event.Sent(1, Operation.Write.plain(0, List.of(7L, 7L))),
                new Event.Answered(1, List.of()),
                new Event.Sent(2, new Operation.Flush()),
                new Event.Answered(2, List.of()),
                new Event.Sent(3, Operation.Write.atomic(0, List.of(7L, 8L))),
                new Event.Answered(3, List.of()),
                new Event.Cut(),
                new Event.Found(0, List.of(7L, 7L))));

    assertThat(Judge.judge(twice).kept()).isTrue();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "w1@0:a ok1 r2@0:1 ok2:a,                                kept",
    "w1@0:a r2@0:1 ok2:a ok1,                                kept",
    "w1@0:a r2@0:1 ok2:. ok1,                                kept",
    "w1@0:a ok1 r2@0:1 ok2:.,                                LINEARISABILITY",
    "r2@0:1 ok2:a w1@0:a ok1,                                LINEARISABILITY",
    "w1@0:a r2@0:1 ok2:a r3@0:1 ok3:. ok1,                   LINEARISABILITY",
    "w1@0:a w2@0:b ok1 ok2 r3@0:1 ok3:a r4@0:1 ok4:b,        LINEARISABILITY",
    "w1@0:a w2@0:b ok1 ok2 r3@0:1 ok3:a r4@0:1 ok4:a,        kept",
    "w1@0:a r2@0:1 ok2:a cut found@0:........,               kept",
    "A1@0:aa r2@0:2 ok2:a. ok1,                              ATOMICITY",
    "w1@0:aa r2@0:2 ok2:a. ok1,                              kept",
    "A1@0:aa A2@0:bb r3@0:2 ok3:ab ok1 ok2,                  ATOMICITY",
    "w1@0:aa r2@0:2 ok2:ax ok1,                              INTEGRITY",
  })
  void reads_keep_or_break_this(String history, String promise) {
    Verdict verdict = judge(history);

    assertThat(verdict.findings().stream().map(finding -> finding.promise().name()).distinct())
        .isEqualTo(promise.equals("kept") ? List.of() : List.of(promise));
  }

  @Test
  void cuts_that_hit_and_cuts_that_tear_are_counted() {
    Verdict verdict =
        judge(
            "w1@0:aa ok1 cut found@0:a....... "
                + "w2@0:bb ok2 f3 ok3 cut found@0:bb...... "
                + "w4@0:cc cut found@0:bb...... cut found@0:bb......");

    assertThat(verdict.powerCuts()).isEqualTo(4);
    assertThat(verdict.hits()).isEqualTo(2);
    assertThat(verdict.cutsWith(Fate.TORN)).isEqualTo(1);
    assertThat(verdict.ranges()).containsEntry(Fate.TORN, 1L).containsEntry(Fate.NEW, 1L);
  }

  @Test
  void an_answer_to_nothing_is_no_history() {
    assertThatThrownBy(() -> judge("ok7"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("operation 7");
  }

  @Test
  void a_block_says_whose_it_is_unless_a_byte_of_it_changed() {
    byte[] data = Stamp.data(42, 7, 100, 2, 512);
    java.nio.ByteBuffer second = java.nio.ByteBuffer.wrap(data, 512, 512).slice();

    assertThat(Stamp.read(second)).contains(new Stamp(42, 101, 7));
    for (int at = 0; at < 512; at++) {
      second.put(at, (byte) (second.get(at) ^ 1));
      assertThat(Stamp.read(second)).as("byte %d", at).isEmpty();
      second.put(at, (byte) (second.get(at) ^ 1));
    }
    assertThat(Content.ofBlocks(data, 512)).doesNotHaveDuplicates().doesNotContain(Content.ZEROS);
    assertThat(Content.ofBlocks(new byte[1024], 512)).containsOnly(Content.ZEROS);
  }
}

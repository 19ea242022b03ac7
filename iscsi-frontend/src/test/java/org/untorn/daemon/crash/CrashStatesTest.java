package org.untorn.daemon.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.daemon.config.Parsed;

/** The crash states of tiny histories, held against lists that were worked out by hand. */
class CrashStatesTest {

  private static Places places(Recording recording) {
    return new Places(recording, _ -> 0);
  }

  private static List<String> all(RunBuilder run) {
    Recording recording = run.recording();
    CrashStates states = CrashStates.of(recording, places(recording), 1000, 1);
    assertThat(states.complete()).isTrue();
    return states.all().stream().map(CrashState::toString).toList();
  }

  private static CrashState state(Recording recording, String text) {
    return switch (CrashState.parse(text, recording)) {
      case Parsed.Value<CrashState>(CrashState state) -> state;
      case Parsed.Wrong<CrashState>(String why) -> throw new AssertionError(why);
    };
  }

  @Test
  void each_block_of_a_plain_write_survives_or_not() {
    assertThat(all(new RunBuilder().write(10, 2, 1).done()))
        .containsExactly("0", "1", "1~1:0", "1~1:1");
  }

  @Test
  void an_atomic_write_is_whole_or_absent() {
    assertThat(all(new RunBuilder().writeAtomic(10, 8, 1).done())).containsExactly("0", "1");
  }

  @Test
  void an_unmap_is_whole_or_absent_however_long() {
    assertThat(all(new RunBuilder().write(10, 1, 1).done().unmap(0, 900).done()))
        .containsExactly("0", "1");
    assertThat(all(new RunBuilder().write(10, 1, 1).done().flush().done().unmap(0, 900).done()))
        .as("unmapped it is as it was before all")
        .containsExactly("0", "1");
  }

  @Test
  void writes_that_are_not_flushed_survive_in_any_order() {
    assertThat(all(new RunBuilder().write(1, 1, 1).done().write(2, 1, 2).done()))
        .containsExactly("0", "1", "2", "2~1");
  }

  @Test
  void what_was_flushed_is_there() {
    assertThat(all(new RunBuilder().write(1, 1, 1).done().flush().done().write(2, 1, 2).done()))
        .containsExactly("0", "1", "3");
  }

  @Test
  void a_flush_that_was_not_answered_promises_nothing() {
    assertThat(all(new RunBuilder().write(1, 1, 1).done().flush().write(2, 1, 2)))
        .containsExactly("0", "1", "3", "3~1");
  }

  @Test
  void a_flush_is_of_what_was_answered_before_it_was_sent() {
    assertThat(all(new RunBuilder().write(1, 1, 1).flush().done(1).done(2).write(2, 1, 2).done()))
        .containsExactly("0", "1", "3", "3~1");
  }

  @Test
  void a_write_with_fua_is_there_once_it_is_answered_and_pulls_nobody_with_it() {
    assertThat(
            all(
                new RunBuilder()
                    .write(1, 1, 1)
                    .done()
                    .writeFua(2, 1, 2)
                    .done()
                    .write(3, 1, 3)
                    .done()))
        .containsExactly("0", "1", "2", "2~1", "3", "3~1");
  }

  @Test
  void a_block_that_was_written_twice_is_none_of_both_one_or_the_other() {
    assertThat(all(new RunBuilder().write(1, 1, 1).done().write(1, 1, 2).done()))
        .containsExactly("0", "1", "2");
  }

  @Test
  void states_with_the_same_content_are_one() {
    assertThat(all(new RunBuilder().write(1, 1, 7).done().write(1, 1, 7).done()))
        .containsExactly("0", "1");
    assertThat(all(new RunBuilder().write(1, 1, 0).done())).containsExactly("0");
  }

  @Test
  void what_failed_changed_nothing_but_a_plain_write_may_have() {
    assertThat(all(new RunBuilder().writeAtomic(1, 1, 1).failed())).containsExactly("0");
    assertThat(all(new RunBuilder().write(1, 1, 1).failed().flush().done().write(2, 1, 2)))
        .containsExactly("0", "1", "3", "3~1");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void a_sample_is_drawn_from_its_seed_and_all_of_it_is_legal(long seed) {
    RunBuilder run = new RunBuilder();
    for (int i = 0; i < 40; i++) {
      run.write(8 * i, 8, i + 1).done().writeAtomic(400 + 8 * i, 8, i + 1).done();
      if (i % 10 == 9) {
        run.flush().done();
      }
    }
    Recording recording = run.recording();
    CrashStates sample = CrashStates.of(recording, places(recording), 300, seed);

    assertThat(sample.complete()).isFalse();
    assertThat(sample.all()).hasSize(300);
    assertThat(sample.all()).anyMatch(state -> state.toString().contains(":"));
    for (CrashState state : sample.all()) {
      assertThat(state(recording, state.toString())).isEqualTo(state);
      assertThat(state.toString()).doesNotEndWith("~" + state.after());
    }
    assertThat(sample.all()).extracting(CrashState::toString).contains("0", "1", "83");
    assertThat(CrashStates.of(recording, places(recording), 300, seed)).isEqualTo(sample);
    assertThat(CrashStates.of(recording, places(recording), 300, seed + 7)).isNotEqualTo(sample);
  }

  @Test
  void a_state_that_is_not_legal_is_refused_and_says_why() {
    Recording recording =
        new RunBuilder()
            .write(1, 2, 1)
            .done()
            .flush()
            .done()
            .writeAtomic(8, 2, 1)
            .write(16, 4, 1)
            .recording();
    assertThat(CrashState.parse("4~1", recording))
        .isEqualTo(
            Parsed.wrong(
                "4~1: command 1 is no change that is at risk when command 4 was just sent"));
    assertThat(CrashState.parse("4~3:0", recording))
        .isEqualTo(Parsed.wrong("4~3:0: command 3 is whole or absent; no part of it can be lost"));
    assertThat(CrashState.parse("4~4:2..4", recording))
        .isEqualTo(Parsed.wrong("4~4:2..4: command 4 has blocks 0 to 3, not '2..4'"));
    assertThat(CrashState.parse("2", recording))
        .isEqualTo(Parsed.wrong("2: command 2 is none of the recorded changes"));
    assertThat(CrashState.parse("x", recording)).isInstanceOf(Parsed.Wrong.class);
    assertThat(state(recording, "4~3~4:0,2..3")).hasToString("4~3~4:0,2..3");
    assertThat(state(recording, "4~4:0..3")).hasToString("4~4");
  }

  @Test
  void the_least_bad_state_has_no_loss_that_it_could_do_without() throws IOException {
    RunBuilder run = new RunBuilder();
    for (int i = 0; i < 20; i++) {
      run.write(8 * i, 8, i + 1).done();
    }
    Recording recording = run.recording();
    Map<Integer, BitSet> lost = new TreeMap<>();
    for (int number = 1; number < 20; number++) {
      lost.put(number, CrashState.WHOLE);
    }
    CrashState bad = new CrashState(20, new TreeMap<>(lost));
    List<CrashState> tried = new ArrayList<>();

    CrashState least =
        Minimiser.minimise(
            bad,
            recording,
            places(recording),
            state -> {
              tried.add(state);
              return state.loses(3, 5) && state.loses(17, 0);
            });
    assertThat(least).hasToString("20~3:5~17:0");
    assertThat(tried).hasSizeLessThan(150).doesNotHaveDuplicates();
  }

  @Test
  void a_point_that_is_bad_without_a_loss_needs_none() throws IOException {
    Recording recording = new RunBuilder().write(0, 8, 1).done().write(8, 8, 1).recording();
    CrashState least =
        Minimiser.minimise(
            state(recording, "2~1:3"), recording, places(recording), state -> state.after() == 2);
    assertThat(least).hasToString("2");
  }

  @Test
  void a_recording_says_where_it_ends_and_one_that_was_cut_off_is_read_as_far_as_it_goes() {
    assertThat(new RunBuilder().write(1, 1, 1).ended("it is full").recording().ended())
        .contains("it is full");
    Recording cut = new RunBuilder().write(1, 1, 1).recording();
    assertThat(cut.ended()).isEmpty();
    assertThat(cut.commands()).isEqualTo(1);
  }
}

package org.untorn.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When an event loop looks for work, and when it sleeps; time is the test's. */
class SpinTest {

  private static final int NANOS = 1000;

  private final AtomicLong now = new AtomicLong();
  private final Spin spin = new Spin(NANOS, now::get);

  private int next(int ready, boolean hasTasks) throws Exception {
    return spin.calculateStrategy(() -> ready, hasTasks);
  }

  private void look(int nanos) throws Exception {
    assertThat(next(0, false)).isEqualTo(SelectStrategy.CONTINUE);
    now.addAndGet(nanos);
  }

  private void missThenWakeLate() throws Exception {
    look(NANOS);
    assertThat(next(0, false)).isEqualTo(SelectStrategy.SELECT);
    now.addAndGet(1_000_000);
  }

  private void giveUp() throws Exception {
    for (int i = 0; i < Spin.MISSES; i++) {
      missThenWakeLate();
    }
  }

  @Test
  void work_that_is_there_is_done_at_once() throws Exception {
    assertThat(next(3, false)).isEqualTo(3);
    assertThat(next(3, true)).isEqualTo(3);
  }

  @Test
  void a_task_keeps_it_awake() throws Exception {
    assertThat(next(0, true)).isZero();
    assertThat(next(0, true)).isZero();
  }

  @Test
  void it_looks_for_as_long_as_it_may_and_then_sleeps() throws Exception {
    look(NANOS - 1);
    look(1);
    assertThat(next(0, false)).isEqualTo(SelectStrategy.SELECT);
  }

  @Test
  void a_hit_makes_it_look_anew() throws Exception {
    look(NANOS - 1);
    assertThat(next(1, false)).isEqualTo(1);
    look(NANOS - 1);
    look(1);
    assertThat(next(0, false)).isEqualTo(SelectStrategy.SELECT);
  }

  @Test
  void after_some_misses_it_sleeps_at_once() throws Exception {
    giveUp();
    assertThat(next(0, false)).isEqualTo(SelectStrategy.SELECT);
    now.addAndGet(1_000_000);
    assertThat(next(0, false)).isEqualTo(SelectStrategy.SELECT);
  }

  @Test
  void work_that_follows_soon_makes_it_look_again() throws Exception {
    giveUp();
    assertThat(next(0, false)).isEqualTo(SelectStrategy.SELECT);
    now.addAndGet(NANOS);
    look(1);
  }

  @Test
  void without_time_to_look_it_never_does() throws Exception {
    Spin none = new Spin(0, now::get);
    assertThat(none.calculateStrategy(() -> 0, false)).isEqualTo(SelectStrategy.SELECT);
    now.addAndGet(1);
    assertThat(none.calculateStrategy(() -> 0, false)).isEqualTo(SelectStrategy.SELECT);
  }
}

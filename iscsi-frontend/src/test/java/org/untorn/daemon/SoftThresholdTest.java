package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.Pool;
import org.untorn.daemon.config.Threshold;

/** A threshold warns once each time that it is reached, and not of every step about it. */
class SoftThresholdTest {

  private static final long USABLE = 1_000;

  private final List<Long> warned = new ArrayList<>();

  private void use(Threshold level, long... used) {
    long[] now = {0};
    SoftThreshold threshold = new SoftThreshold(level, () -> warned.add(now[0]));
    for (long bytes : used) {
      now[0] = bytes;
      threshold.look(new Pool.Space(2 * USABLE, USABLE, USABLE, bytes));
    }
  }

  @Test
  void it_warns_when_the_level_is_reached_and_again_after_it_was_well_below() {
    use(new Threshold(80), 0, 799, 800, 900, 790, 810, 749, 799, 800);
    assertThat(warned).containsExactly(800L, 800L);
  }

  @Test
  void no_threshold_never_warns() {
    use(new Threshold(100), 0, 1_000, 0, 1_000);
    assertThat(warned).isEmpty();
  }
}

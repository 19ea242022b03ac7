package org.untorn.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.Collection;
import org.junit.jupiter.api.Test;

class NoLeaksTest {

  @Test
  void detection_is_paranoid() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  @Test
  void a_buffer_that_is_lost_is_found() {
    lose();
    Collection<String> found = new ArrayList<>();
    for (int tries = 0; tries < 20 && found.isEmpty(); tries++) {
      found.addAll(NoLeaks.leaks());
    }
    assertThat(found).isNotEmpty();
  }

  private static void lose() {
    PooledByteBufAllocator.DEFAULT.directBuffer(7).writeByte(1);
  }
}

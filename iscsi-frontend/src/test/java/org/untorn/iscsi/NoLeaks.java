package org.untorn.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.Queue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class after which a buffer was lost. Registered for all classes of this module. */
public final class NoLeaks implements AfterAllCallback {

  @Override
  public void afterAll(ExtensionContext context) {
    assertThat(leaks()).as("buffers that were not released").isEmpty();
  }

  /** Has the garbage collected, and what was lost reported. */
  static Queue<String> leaks() {
    System.gc();
    for (int i = 0; i < 3; i++) {
      PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
    return LeakRecorder.drain();
  }
}

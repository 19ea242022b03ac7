package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** An allocator that remembers every buffer it gave out, to tell who was not released. */
final class CountingAllocator extends AbstractByteBufAllocator {

  private final List<ByteBuf> given = new ArrayList<>();

  private boolean exhausted;

  CountingAllocator() {
    super(true);
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return remember(UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity));
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    if (exhausted) {
      throw new OutOfMemoryError("no direct memory left");
    }
    return remember(UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity));
  }

  /** From now on there is no direct memory any more. */
  void exhaust() {
    exhausted = true;
  }

  /** Counts a buffer from elsewhere too; the one empty buffer that all share does not count. */
  ByteBuf remember(ByteBuf buffer) {
    if (buffer.capacity() > 0) {
      given.add(buffer);
    }
    return buffer;
  }

  /** Fails if a buffer is still held. */
  void assertAllReleased() {
    assertThat(given).as("every buffer is released").allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }
}

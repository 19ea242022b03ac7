package org.untorn.iscsi.fault;

import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * What goes one way on a connection, in order; some of it is held up, and all behind it as well.
 * Owned by the channel's event loop.
 *
 * <p>Nothing passes before what came before it, nor before its own time, which is never earlier
 * than that of what it stands behind.
 */
final class DelayLine {

  /**
   * What passes, or waits.
   *
   * @param go lets it pass
   * @param drop what becomes of it if the connection ends before
   */
  record Item(Runnable go, Runnable drop) {}

  /**
   * An item in the line.
   *
   * @param due when it may pass, in nanoseconds of the event loop's clock
   */
  private record Waiting(long due, Item item) {}

  private final Queue<Waiting> line = new ArrayDeque<>();
  private long lastDue;

  /** Lets it pass now, or at the time of the one that it stands behind. */
  void pass(Item item) {
    if (line.isEmpty()) {
      item.go.run();
    } else {
      line.add(new Waiting(lastDue, item));
    }
  }

  /**
   * Holds it up.
   *
   * @param then done once each time that some have passed
   */
  void delay(ChannelHandlerContext ctx, Duration delay, Item item, Runnable then) {
    long due = now(ctx) + delay.toNanos();
    lastDue = line.isEmpty() || due - lastDue > 0 ? due : lastDue;
    line.add(new Waiting(lastDue, item));
    var _ =
        ctx.executor()
            .schedule(() -> release(now(ctx), then), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static long now(ChannelHandlerContext ctx) {
    return ctx.channel().eventLoop().ticker().nanoTime();
  }

  private void release(long now, Runnable then) {
    boolean some = false;
    while (!line.isEmpty() && line.element().due - now <= 0) {
      line.remove().item.go.run();
      some = true;
    }
    if (some) {
      then.run();
    }
  }

  /** The connection has ended: nothing passes any more. */
  void drop() {
    while (!line.isEmpty()) {
      line.remove().item.drop.run();
    }
  }
}

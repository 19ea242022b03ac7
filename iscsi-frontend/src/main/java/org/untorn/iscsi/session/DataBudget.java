package org.untorn.iscsi.session;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of Data-Out all connections may hold at once. Each connection has an {@link
 * Account} with a limit of its own.
 *
 * <p>Invariants: what is reserved is given back once; a reservation larger than a limit is granted
 * when nothing else is reserved, so that every command can be carried out. Safe for use by many
 * threads; an account is owned by its connection's event loop.
 */
public final class DataBudget {

  private final long total;
  private final long perConnection;
  private final AtomicLong reserved = new AtomicLong();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** A budget in bytes, over all connections and for one. */
  public DataBudget(long total, long perConnection) {
    this.total = total;
    this.perConnection = perConnection;
  }

  /** The bytes reserved now. */
  public long reserved() {
    return reserved.get();
  }

  /** One connection's share. */
  Account open() {
    return new Account();
  }

  private boolean take(long bytes) {
    while (true) {
      long now = reserved.get();
      if (now > 0 && now + bytes > total) {
        return false;
      }
      if (reserved.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
  }

  private void giveBack(long bytes) {
    reserved.addAndGet(-bytes);
    for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }

  /** What one connection has reserved. */
  final class Account {

    private long own;

    private Account() {}

    /** Reserves bytes, if there is room for them. */
    boolean reserve(long bytes) {
      if ((own > 0 && own + bytes > perConnection) || !take(bytes)) {
        return false;
      }
      own += bytes;
      return true;
    }

    /** Gives bytes back. Connections that wait for room hear of it. */
    void release(long bytes) {
      if (bytes > 0) {
        own -= bytes;
        giveBack(bytes);
      }
    }

    /** Calls {@code wake} once, on any thread, after some connection gave bytes back. */
    void whenReleased(Runnable wake) {
      waiting.add(wake);
    }
  }
}

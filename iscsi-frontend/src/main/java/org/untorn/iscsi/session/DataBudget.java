package org.untorn.iscsi.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many bytes of Data-Out all connections may hold at once. Each connection has an {@link
 * Account} with a limit of its own, and each command a {@link Reservation} in it.
 *
 * <pre>
 *            reserve: unsolicited data            await: all of it
 *   nothing ──────────────────────────► a part ────────┬──────────► served
 *                                                      │ no room      ▲
 *                                                      ▼              │ others gave back
 *                                                   waiting, in order of arrival
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>What is reserved is given back once.
 *   <li>Where nobody is served, the first that waits is, whatever its size: so every command can be
 *       carried out, and commands that hold a part cannot wait for each other. A limit is exceeded
 *       by one command at most.
 *   <li>Within an account no command gets ahead of one that waits.
 *   <li>An account whose first command waits is in {@code waiting}, or about to try again.
 * </ol>
 *
 * Safe for use by many threads; an account is owned by its connection's event loop.
 */
public final class DataBudget {

  private final long total;
  private final long perConnection;
  private final Set<Account> waiting = new HashSet<>();
  private long reserved;
  private long served;

  /** A budget in bytes, over all connections and for one. */
  public DataBudget(long total, long perConnection) {
    this.total = total;
    this.perConnection = perConnection;
  }

  /** The bytes reserved now. */
  public synchronized long reserved() {
    return reserved;
  }

  /** One connection's share. */
  Account open(Link link) {
    return new Account(link);
  }

  private synchronized boolean take(long bytes) {
    if (reserved > 0 && reserved + bytes > total) {
      return false;
    }
    reserved += bytes;
    return true;
  }

  /** Adds what a command still needs, or notes that its account waits. */
  private synchronized boolean serve(Account account, long more, long all) {
    if (more > 0 && served > 0 && reserved + more > total) {
      waiting.add(account);
      return false;
    }
    reserved += more;
    served += all;
    return true;
  }

  private synchronized void enlist(Account account) {
    waiting.add(account);
  }

  private synchronized List<Account> giveBack(long bytes, boolean wasServed) {
    reserved -= bytes;
    served -= wasServed ? bytes : 0;
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Account> woken = List.copyOf(waiting);
    waiting.clear();
    return woken;
  }

  /** What one connection has reserved, and which of its commands wait. */
  final class Account {

    private final Link link;
    private final Deque<Reservation> queue = new ArrayDeque<>();
    private long own;
    private long ownServed;

    private Account(Link link) {
      this.link = link;
    }

    /** A command's reservation, of nothing yet. */
    Reservation reservation() {
      return new Reservation(this);
    }

    private boolean reserve(long bytes) {
      if (!queue.isEmpty() || (own > 0 && own + bytes > perConnection) || !take(bytes)) {
        return false;
      }
      own += bytes;
      return true;
    }

    private boolean serve(long more, long all) {
      if (more > 0 && ownServed > 0 && own + more > perConnection) {
        enlist(this);
        return false;
      }
      if (!DataBudget.this.serve(this, more, all)) {
        return false;
      }
      own += more;
      ownServed += all;
      return true;
    }

    private void release(long bytes, boolean wasServed) {
      own -= bytes;
      ownServed -= wasServed ? bytes : 0;
      giveBack(bytes, wasServed).forEach(Account::retryLater);
    }

    private void retryLater() {
      link.execute(this::retry);
    }

    private void retry() {
      while (!queue.isEmpty() && queue.element().serve()) {
        queue.remove().then.run();
      }
    }
  }

  /** What one command has reserved. */
  static final class Reservation {

    private final Account account;
    private long bytes;
    private long wanted;
    private boolean isServed;
    private Runnable then = () -> {};

    private Reservation(Account account) {
      this.account = account;
    }

    /** Reserves bytes at once, if there is room for them. */
    boolean reserve(long length) {
      if (length > 0 && !account.reserve(length)) {
        return false;
      }
      bytes = length;
      return true;
    }

    /** Calls {@code action}, now or later, when {@code length} bytes in all are reserved. */
    void await(long length, Runnable action) {
      wanted = Math.max(bytes, length);
      then = action;
      boolean first = wanted == bytes || account.queue.isEmpty();
      if (first && serve()) {
        action.run();
      } else {
        account.queue.add(this);
      }
    }

    private boolean serve() {
      isServed = account.serve(wanted - bytes, wanted);
      bytes = isServed ? wanted : bytes;
      return isServed;
    }

    /** Whether all that was awaited is reserved. */
    boolean isServed() {
      return isServed;
    }

    /** Gives everything back, and waits for nothing more. */
    void release() {
      if (account.queue.remove(this)) {
        account.retryLater();
      }
      if (bytes > 0) {
        account.release(bytes, isServed);
        bytes = 0;
      }
    }
  }
}

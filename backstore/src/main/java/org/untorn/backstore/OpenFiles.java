package org.untorn.backstore;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The files of a directory that are open: a bounded number, whatever the pool's length.
 *
 * <pre>
 *   acquire a ---> a is open --------------------------> used -> release
 *            \---> opened; if there are too many, the one that nobody used for longest is closed
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>A file that somebody uses is open.
 *   <li>A file that holds what was not synced is not closed to make room: it is this descriptor
 *       that would hear of a failed write. So there may be more than the limit, while they are
 *       needed.
 * </ol>
 *
 * Whoever finds his file open needs no lock; the rest is guarded by this object's monitor. "For
 * longest" is the clock algorithm's: a second chance for what was used since it was last looked at.
 */
final class OpenFiles {

  private final Path directory;
  private final HostFile.Opener opener;
  private final int limit;
  private final ConcurrentMap<String, Use> byName = new ConcurrentHashMap<>();
  private final Deque<Use> clock = new ArrayDeque<>();
  private boolean closed;

  OpenFiles(Path directory, HostFile.Opener opener, int limit) {
    this.directory = directory;
    this.opener = opener;
    this.limit = limit;
  }

  /** How many are open. */
  int count() {
    return byName.size();
  }

  boolean isOpen(String name) {
    return byName.containsKey(name);
  }

  /** The file of that name, made if it is not there. It is open until {@link Use#release}. */
  Use acquire(String name) throws IOException {
    Use open = byName.get(name);
    return open != null && open.tryAcquire() ? open : acquireSlowly(name);
  }

  private synchronized Use acquireSlowly(String name) throws IOException {
    Use open = byName.get(name);
    if (open != null && open.tryAcquire()) {
      return open;
    }
    if (closed) {
      throw new ClosedChannelException();
    }
    makeRoom();
    Use fresh = new Use(name, opener.open(directory.resolve(name)));
    byName.put(name, fresh);
    clock.add(fresh);
    return fresh;
  }

  private void makeRoom() throws IOException {
    for (int chances = 2 * clock.size(); chances > 0 && clock.size() >= limit; chances--) {
      Use oldest = clock.remove();
      if (oldest.wasUsed || oldest.unsynced || !oldest.tryRetire()) {
        oldest.wasUsed = false;
        clock.add(oldest);
      } else {
        byName.remove(oldest.name, oldest);
      }
    }
  }

  /** Lets go of a file, as soon as nobody uses it. */
  synchronized void forget(String name) throws IOException {
    Use open = byName.remove(name);
    if (open != null) {
      clock.remove(open);
      open.release();
    }
  }

  /** Closes all that nobody uses, and the others as soon as nobody does. */
  synchronized void close() throws IOException {
    closed = true;
    for (Use open : clock) {
      open.release();
    }
    clock.clear();
    byName.clear();
  }

  /** An open file, and how many use it; being in the table is a use, too. */
  static final class Use {
    private final String name;
    private final HostFile file;
    private final AtomicInteger users = new AtomicInteger(2);
    private volatile boolean wasUsed = true;
    private volatile boolean unsynced;

    private Use(String name, HostFile file) {
      this.name = name;
      this.file = file;
    }

    HostFile file() {
      return file;
    }

    /**
     * Something was written that needs a sync. Noted behind the write, as a sync under way may not
     * cover it, and before the release: until then nobody closes the file.
     */
    void noteWrite() {
      if (!unsynced) {
        unsynced = true;
      }
    }

    /** A sync begins, which covers all that was written before. */
    void noteSync() {
      unsynced = false;
    }

    void release() throws IOException {
      if (users.decrementAndGet() == 0) {
        file.close();
      }
    }

    private boolean tryAcquire() {
      int count = users.get();
      while (count > 0) {
        if (users.compareAndSet(count, count + 1)) {
          if (!wasUsed) {
            wasUsed = true;
          }
          return true;
        }
        count = users.get();
      }
      return false;
    }

    /** Closes it if it is used by the table alone. */
    private boolean tryRetire() throws IOException {
      if (!users.compareAndSet(1, 0)) {
        return false;
      }
      file.close();
      return true;
    }
  }
}

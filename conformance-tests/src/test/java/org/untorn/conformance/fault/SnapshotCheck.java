package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.untorn.oracle.Stamp;
import org.untorn.testkit.Untorn;

/**
 * Whether a snapshot that is taken while one session writes slots, each atomically and as a whole,
 * is one moment: what the unit held after one of the writes that lie between the last one that was
 * answered before the snapshot was asked for and the last one that was sent before it was there.
 */
final class SnapshotCheck {

  /** So many snapshots are kept to be looked at; the oldest one gives way. */
  private static final int KEPT = 12;

  /** So many writes are answered before a snapshot is asked for, and after it was there. */
  private static final int WRITES_AROUND = 2;

  private static final int LIMIT_SECONDS = 20;

  private final Untorn disk;
  private final int lun;
  private final long seed;
  private final Deque<Moment> kept = new ArrayDeque<>();
  private final List<String> violations = new ArrayList<>();

  private int taken;

  /** By LBA of a slot, what the unit holds after all that was sent. The rest: this monitor's. */
  private final Map<Integer, Integer> newest = new TreeMap<>();

  /** What the unit held before each write of the load, and holds after the last one. */
  private final List<Map<Integer, Integer>> states = new ArrayList<>();

  /** How many of the load's writes were answered. */
  private int answers;

  private CountDownLatch awaited = new CountDownLatch(0);
  private boolean wantsMore;

  SnapshotCheck(Untorn disk, int lun, long seed) {
    this.disk = disk;
    this.lun = lun;
    this.seed = seed;
  }

  /**
   * What a snapshot may hold.
   *
   * @param states each by LBA of a slot: the number of the write that is there; 0: none of the
   *     trial with that seed
   */
  record Moment(String name, long seed, List<Map<Integer, Integer>> states) {

    /** What is wrong with what it holds. */
    Optional<String> violation(byte[] region) {
      Map<Integer, Integer> found = new TreeMap<>();
      for (int lba = 0; lba < Workload.REGION; lba += Workload.SLOT) {
        Set<Integer> operations = new HashSet<>();
        for (int i = lba; i < lba + Workload.SLOT; i++) {
          operations.add(operation(seed, i, region));
        }
        if (operations.size() > 1) {
          return Optional.of(
              "%s has a part of an atomic write at %d: %s".formatted(name, lba, operations));
        }
        found.put(lba, operations.iterator().next());
      }
      return states.contains(found)
          ? Optional.empty()
          : Optional.of("%s holds %s, and should hold one of %s".formatted(name, found, states));
    }
  }

  synchronized void sent(Step.Write write, int id) {
    newest.put(write.lba(), id);
    if (wantsMore) {
      states.add(Map.copyOf(newest));
    }
  }

  synchronized void answered() {
    answers++;
    awaited.countDown();
  }

  /** Whether the load is to go on. */
  synchronized boolean wantsMore() {
    return wantsMore;
  }

  /** What the unit holds after a cut is where it begins again: what was answered may be gone. */
  synchronized void found(byte[] region) {
    for (int lba = 0; lba < Workload.REGION; lba += Workload.SLOT) {
      newest.put(lba, operation(seed, lba, region));
    }
  }

  /** Which operation of this trial a block is of; 0: none. */
  private static int operation(long seed, int lba, byte[] region) {
    ByteBuffer block = ByteBuffer.wrap(region, lba * DiskSession.BLOCK, DiskSession.BLOCK).slice();
    Optional<Stamp> ours = Stamp.read(block).filter(stamp -> stamp.seed() == seed);
    return ours.map(Stamp::operation).orElse(0);
  }

  /**
   * Takes a snapshot while a load goes on.
   *
   * @param load writes slots in one session as long as {@link #wantsMore}
   */
  void take(Runnable load) {
    begin();
    CompletableFuture<Void> running = CompletableFuture.runAsync(load);
    try {
      awaitAnswers(running);
      keep("under-load-%06x-%d".formatted(seed & 0xffffff, taken++));
      awaitAnswers(running);
    } finally {
      end();
      running.join();
    }
  }

  private synchronized void begin() {
    states.clear();
    states.add(Map.copyOf(newest));
    answers = 0;
    wantsMore = true;
  }

  private synchronized void end() {
    wantsMore = false;
  }

  private void keep(String name) {
    int first;
    synchronized (this) {
      first = answers;
    }
    disk.snapshots().take(disk.lun(lun), name);
    synchronized (this) {
      kept.add(new Moment(name, seed, List.copyOf(states.subList(first, states.size()))));
    }
    if (kept.size() > KEPT) {
      disk.snapshots().delete(kept.remove().name());
    }
  }

  /** Of the writes that are answered from now on, all but the first were also sent from now on. */
  private void awaitAnswers(CompletableFuture<Void> load) {
    CountDownLatch latch = new CountDownLatch(WRITES_AROUND);
    synchronized (this) {
      awaited = latch;
    }
    try {
      boolean answered = latch.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertThat(answered).as("writes around a snapshot; load %s", load).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted under load", e);
    }
  }

  /** Lets the unit hold again what each snapshot holds, and looks at it. */
  void restore() {
    assertThat(kept).as("snapshots that were taken").hasSizeGreaterThan(1);
    for (Moment moment : kept) {
      disk.snapshots().restore(disk.lun(lun), moment.name());
      try (DiskSession session = DiskSession.login(disk.ready(), "snapshot").ready(lun)) {
        byte[] region = session.read(lun, 0, Workload.REGION).dataIn();
        moment.violation(region).ifPresent(violations::add);
      }
    }
    kept.forEach(moment -> disk.snapshots().delete(moment.name()));
    kept.clear();
  }

  List<String> violations() {
    return List.copyOf(violations);
  }
}

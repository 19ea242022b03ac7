package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.untorn.oracle.Stamp;
import org.untorn.testkit.Untorn;

/**
 * Whether a snapshot that is taken while slots are written, each atomically and as a whole, is one
 * moment: every slot is whole in it, holds at least what was answered before the snapshot was asked
 * for, and nothing that was sent after it was there.
 */
final class SnapshotCheck {

  private final Untorn disk;
  private final int lun;
  private final long seed;
  private final String name;
  private final List<String> violations = new ArrayList<>();

  /**
   * By LBA of a slot: the newest write that is there for sure; guarded by this object's monitor.
   */
  private final Map<Integer, Integer> answered = new HashMap<>();

  private int newestSent;
  private Map<Integer, Integer> atLeast = Map.of();
  private int atMost;
  private boolean taken;

  SnapshotCheck(Untorn disk, int lun, long seed) {
    this.disk = disk;
    this.lun = lun;
    this.seed = seed;
    this.name = "under-load-%06x".formatted(seed & 0xffffff);
  }

  synchronized void sent(Step.Write write, int id) {
    newestSent = Math.max(newestSent, id);
  }

  synchronized void answered(Step.Write write, int id) {
    answered.put(write.lba(), id);
  }

  /** What the unit holds after a cut is where it begins again: what was answered may be gone. */
  synchronized void found(byte[] region) {
    for (int lba = 0; lba < Workload.REGION; lba += Workload.SLOT) {
      answered.put(lba, operation(lba, region));
    }
  }

  /** Which operation of this trial a block is of; 0: none. */
  private int operation(int lba, byte[] region) {
    ByteBuffer block = ByteBuffer.wrap(region, lba * DiskSession.BLOCK, DiskSession.BLOCK).slice();
    Optional<Stamp> ours = Stamp.read(block).filter(stamp -> stamp.seed() == seed);
    return ours.map(Stamp::operation).orElse(0);
  }

  /** Takes a snapshot while something goes on. */
  void take(Runnable load) {
    if (taken) {
      disk.snapshots().delete(name);
    }
    CompletableFuture<Void> running = CompletableFuture.runAsync(load);
    synchronized (this) {
      atLeast = Map.copyOf(answered);
    }
    disk.snapshots().take(disk.lun(lun), name);
    synchronized (this) {
      atMost = newestSent;
    }
    taken = true;
    running.join();
  }

  /** The unit holds again what the snapshot holds; looks at it. */
  void restore() {
    assertThat(taken).as("a snapshot was taken").isTrue();
    disk.snapshots().restore(disk.lun(lun), name);
    disk.snapshots().delete(name);
    taken = false;
    try (DiskSession session = DiskSession.login(disk.ready(), "snapshot").ready(lun)) {
      byte[] region = session.read(lun, 0, Workload.REGION).dataIn();
      for (int lba = 0; lba < Workload.REGION; lba += Workload.SLOT) {
        look(lba, region);
      }
    }
  }

  private void look(int lba, byte[] region) {
    Set<Integer> operations = new HashSet<>();
    for (int i = lba; i < lba + Workload.SLOT; i++) {
      operations.add(operation(i, region));
    }
    int oldest = atLeast.getOrDefault(lba, 0);
    if (operations.size() > 1) {
      violations.add("the snapshot has a part of an atomic write at " + lba + ": " + operations);
    } else if (operations.stream().anyMatch(id -> id < oldest || id > atMost)) {
      violations.add(
          "the snapshot has write %s at %d, and should have one of %d to %d"
              .formatted(operations, lba, oldest, atMost));
    }
  }

  List<String> violations() {
    return List.copyOf(violations);
  }
}

package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.oracle.Finding;
import org.untorn.oracle.Operation;
import org.untorn.oracle.Verdict;
import org.untorn.testkit.Untorn;

/**
 * Rounds of a workload on units that fail, each of which ends with a power cut, after which all
 * that is written to is read.
 *
 * <pre>
 *   look │ mischief begins │ steps of all sessions │ mischief ends │ cut, power on │ look │ ...
 * </pre>
 */
final class Trial {

  /** How often a session logs in anew within a round before it lets the round be. */
  private static final int LOGINS = 20;

  private final Untorn disk;
  private final Workload workload;
  private final int firstLun;
  private final Random random;
  private final List<Chronicle> chronicles = new ArrayList<>();
  private final SnapshotCheck snapshots;
  private long mischiefs;

  /**
   * A trial on the units from a number on.
   *
   * @param random where all choices come from
   */
  Trial(Untorn disk, Workload workload, int firstLun, Random random) {
    this.disk = disk;
    this.workload = workload;
    this.firstLun = firstLun;
    this.random = random;
    long seed = random.nextLong();
    for (int lun = 0; lun < workload.luns(); lun++) {
      chronicles.add(new Chronicle(seed + lun));
    }
    this.snapshots = new SnapshotCheck(disk, firstLun, seed);
    look();
  }

  /** Carries a round out. */
  void round(Mischief mischief) {
    if (workload == Workload.SNAPSHOTS) {
      Random choices = new Random(random.nextLong());
      snapshots.take(() -> load(choices));
    }
    Mischief.Plan plan = mischief.begin(disk, random);
    List<List<Step>> steps = new ArrayList<>();
    for (int i = 0; i < workload.sessions(); i++) {
      steps.add(workload.steps(random));
    }
    sessions(steps, mischief.breaksConnections());
    mischiefs += mischief.end(disk, plan);
    disk.power().cycle();
    chronicles.forEach(Chronicle::cut);
    look();
  }

  /** Works until no more is wanted. */
  private void load(Random choices) {
    try (DiskSession session = login(0)) {
      while (snapshots.wantsMore()) {
        workload.steps(choices).forEach(step -> take(session, step, snapshots));
      }
    }
  }

  private void sessions(List<List<Step>> steps, boolean again) {
    if (steps.size() == 1) {
      session(0, steps.getFirst(), again, snapshots);
      return;
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (int i = 0; i < steps.size(); i++) {
        int number = i;
        running.add(
            CompletableFuture.runAsync(
                () -> session(number, steps.get(number), again, snapshots), threads));
      }
      running.forEach(CompletableFuture::join);
    }
  }

  /** One session's steps, until the power goes; or in as many sessions as it takes. */
  private void session(int number, List<Step> steps, boolean again, SnapshotCheck watcher) {
    int done = 0;
    for (int login = 0; login < (again ? LOGINS : 1) && done < steps.size(); login++) {
      try (DiskSession session = login(number)) {
        while (done < steps.size()) {
          Step step = steps.get(done++);
          take(session, step, watcher);
        }
      } catch (InitiatorException gone) {
        if (!again && disk.power().isOn()) {
          throw gone;
        }
      }
    }
  }

  private DiskSession login(int number) {
    DiskSession session = DiskSession.login(disk.ready(), "trial" + number, workload.hasLongCdbs());
    for (int lun = 0; lun < workload.luns(); lun++) {
      session.ready(firstLun + lun);
    }
    return session;
  }

  private void take(DiskSession session, Step step, SnapshotCheck watcher) {
    Chronicle chronicle = chronicles.get(step.lun());
    int lun = firstLun + step.lun();
    switch (step) {
      case Step.Write write -> {
        Chronicle.Sent sent = chronicle.write(write);
        watcher.sent(write, sent.id());
        CommandResult result = send(session, lun, write, sent.data());
        if (result.isGood()) {
          chronicle.answered(sent.id());
          watcher.answered();
        } else if (write.boundary() == 0) {
          chronicle.failed(sent.id());
        }
        // Of one with a boundary some parts may be there (0Bh/0Ch/10h): as if never answered.
      }
      case Step.Flush _ -> {
        int id = chronicle.sent(new Operation.Flush());
        if (session.flush(lun).isGood()) {
          chronicle.answered(id);
        } else {
          chronicle.failed(id);
        }
      }
      case Step.Read read -> {
        int id = chronicle.sent(new Operation.Read(read.lba(), read.blocks()));
        CommandResult result = session.read(lun, read.lba(), read.blocks());
        if (result.isGood()) {
          chronicle.answered(id, result.dataIn());
        } else {
          chronicle.failed(id);
        }
      }
    }
  }

  private static CommandResult send(DiskSession session, int lun, Step.Write write, byte[] data) {
    return write.atomic()
        ? session.writeAtomic(lun, write.lba(), data, write.boundary(), write.fua())
        : session.write(lun, write.lba(), data, write.fua());
  }

  /** Reads all that is written to. */
  private void look() {
    try (DiskSession session = login(0)) {
      for (int lun = 0; lun < workload.luns(); lun++) {
        CommandResult result = session.read(firstLun + lun, 0, Workload.REGION);
        assertThat(result.isGood()).as("reading it all: %s", result.senseCode()).isTrue();
        chronicles.get(lun).found(result.dataIn());
        snapshots.found(result.dataIn());
      }
    }
  }

  /** How often what was planned for a round has happened in it. */
  long mischiefs() {
    return mischiefs;
  }

  /** What the judge says of each unit. */
  List<Verdict> verdicts() {
    return chronicles.stream().map(Chronicle::verdict).toList();
  }

  /** Every broken promise, those of snapshots in words. */
  List<String> broken() {
    List<String> all = new ArrayList<>(snapshots.violations());
    verdicts().stream()
        .flatMap(verdict -> verdict.findings().stream())
        .map(finding -> finding.promise() + ": " + finding.sentence())
        .forEach(all::add);
    return all;
  }

  /** Of every broken promise one thing. */
  <T> List<T> broken(Function<Finding, T> what) {
    return verdicts().stream().flatMap(verdict -> verdict.findings().stream()).map(what).toList();
  }

  /** The defects that the units look like. */
  List<String> suspects() {
    return chronicles.stream().flatMap(one -> one.suspects().stream()).distinct().toList();
  }

  /** Takes the snapshots back, and looks whether each is a moment of the run. */
  void restoreSnapshots() {
    if (workload == Workload.SNAPSHOTS) {
      snapshots.restore();
    }
  }
}

package org.untorn.daemon.prove;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.untorn.backstore.fault.CutPlan;
import org.untorn.backstore.fault.CutReport;
import org.untorn.daemon.verdict.Recording;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.oracle.Content;
import org.untorn.oracle.History;
import org.untorn.oracle.Operation;
import org.untorn.oracle.Stamp;

/**
 * One run of an experiment: rounds of a workload, each of which ends with a power cut, after which
 * all that is written to is read. One command is under way at a time, so that the same seed leads
 * to the same history, event by event.
 */
public final class Run {

  private static final int PATIENCE_SECONDS = 60;

  private final Experiment experiment;
  private final boolean atomic;
  private final Rig rig;
  private final History.Recorder recorder = new History.Recorder();
  private final Snapshots snapshots;

  private Run(Experiment experiment, boolean atomic, Rig rig) {
    this.experiment = experiment;
    this.atomic = atomic;
    this.rig = rig;
    this.snapshots = new Snapshots(experiment, rig);
  }

  /** Told how many cuts are done. */
  public interface Progress {
    void done(int cuts);
  }

  /**
   * Carries it out; gives the history of the disks, and that of their snapshots if there were any.
   *
   * @param atomic whether writes are WRITE ATOMIC(16) or WRITE(16)
   */
  static List<Recording> of(Experiment experiment, boolean atomic, Rig rig, Progress progress) {
    Run run = new Run(experiment, atomic, rig);
    try {
      run.rounds(progress);
    } catch (InitiatorException | IllegalStateException problem) {
      throw new ProofException("the disk does not answer as one does: " + problem, problem);
    }
    String name = atomic ? "atomic writes" : "plain writes";
    Recording recording =
        new Recording(
            name,
            experiment.blockLength(),
            OptionalLong.of(experiment.seed()),
            run.recorder.history());
    return Stream.concat(Stream.of(recording), run.snapshots.recording(name).stream()).toList();
  }

  private void rounds(Progress progress) {
    Workload workload = new Workload(experiment);
    Disk disk = Disk.connect(rig, experiment);
    try {
      look(disk);
      for (int number = 1; number <= experiment.cuts(); number++) {
        Round round = workload.round(number, atomic);
        cutDuring(round, disk);
        disk.close();
        disk = Disk.connect(rig, experiment);
        look(disk);
        progress.done(number);
      }
    } finally {
      disk.close();
    }
  }

  private void cutDuring(Round round, Disk disk) {
    CompletableFuture<CutReport> cut = rig.power().nextCut();
    round.cut().ifPresent(point -> rig.power().plan(CutPlan.once(point)));
    try {
      for (Step step : round.steps()) {
        take(step, disk);
      }
      rig.power().clear();
      await(rig.power().cut());
    } catch (InitiatorException gone) {
      if (rig.power().isOn()) {
        throw new ProofException("the connection ended without a power cut", gone);
      }
    }
    await(cut)
        .problem()
        .ifPresent(
            why -> {
              throw new ProofException("the power cut failed: " + why);
            });
    recorder.cut();
    snapshots.cut();
    await(rig.power().on());
  }

  private void take(Step step, Disk disk) {
    switch (step) {
      case Step.Write write -> {
        int id = recorder.nextId();
        byte[] data =
            Stamp.data(
                experiment.seed(), id, write.lba(), write.blocks(), experiment.blockLength());
        ask(
            new Operation.Write(
                write.lba(),
                Content.ofBlocks(data, experiment.blockLength()),
                atomic,
                atomic ? write.unit() : 1,
                write.fua()),
            () ->
                atomic
                    ? disk.writeAtomic(write.lba(), data, write.boundary(), write.fua())
                    : disk.write(write.lba(), data, write.fua()));
      }
      case Step.Snapshot(int unit) -> snapshots.take(unit, contents(disk, unit));
      case Step.Flush _ -> ask(new Operation.Flush(), disk::synchronizeCache);
      case Step.Read(long lba, int blocks) ->
          ask(new Operation.Read(lba, blocks), () -> disk.read(lba, blocks));
    }
  }

  private void ask(Operation operation, Supplier<CommandResult> command) {
    int id = recorder.sent(operation);
    CommandResult result = command.get();
    if (!result.isGood()) {
      recorder.failed(id);
    } else if (operation instanceof Operation.Read) {
      recorder.answered(id, Content.ofBlocks(result.dataIn(), experiment.blockLength()));
    } else {
      recorder.answered(id);
    }
  }

  /** Reads all that is written to. */
  private void look(Disk disk) {
    for (int unit = 0; unit < experiment.units(); unit++) {
      recorder.found((long) unit * experiment.region(), contents(disk, unit));
    }
  }

  private List<Long> contents(Disk disk, int unit) {
    CommandResult result = disk.read((long) unit * experiment.region(), experiment.region());
    if (!result.isGood()) {
      throw new ProofException(
          "reading %d blocks of unit %d ends in %s"
              .formatted(experiment.region(), unit, result.senseCode()));
    }
    return Content.ofBlocks(result.dataIn(), experiment.blockLength());
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException problem) {
      throw new ProofException("the power switch does not work: " + problem, problem);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ProofException("interrupted", interrupted);
    }
  }
}

package org.untorn.conformance.fault;

import java.util.List;
import org.untorn.oracle.Content;
import org.untorn.oracle.Diagnosis;
import org.untorn.oracle.History;
import org.untorn.oracle.Judge;
import org.untorn.oracle.Operation;
import org.untorn.oracle.Stamp;
import org.untorn.oracle.Verdict;

/**
 * What all initiators asked of one unit and what came of it, as they saw it. Safe for use by many
 * threads: an operation is noted before it is sent, and its answer after it was received.
 */
final class Chronicle {

  private static final int GRANULARITY = 8;

  private final long seed;
  private final History.Recorder recorder = new History.Recorder();

  Chronicle(long seed) {
    this.seed = seed;
  }

  /** A write that is about to be sent, and its data. */
  @SuppressWarnings("ArrayRecordComponent") // made once, sent once
  record Sent(int id, byte[] data) {}

  synchronized Sent write(Step.Write write) {
    int id = recorder.nextId();
    byte[] data = Stamp.data(seed, id, write.lba(), write.blocks(), DiskSession.BLOCK);
    recorder.sent(
        new Operation.Write(
            write.lba(),
            Content.ofBlocks(data, DiskSession.BLOCK),
            write.atomic(),
            write.unit(),
            write.fua()));
    return new Sent(id, data);
  }

  synchronized int sent(Operation operation) {
    return recorder.sent(operation);
  }

  synchronized void answered(int id) {
    recorder.answered(id);
  }

  synchronized void answered(int id, byte[] read) {
    recorder.answered(id, Content.ofBlocks(read, DiskSession.BLOCK));
  }

  synchronized void failed(int id) {
    recorder.failed(id);
  }

  synchronized void cut() {
    recorder.cut();
  }

  synchronized void found(byte[] region) {
    recorder.found(0, Content.ofBlocks(region, DiskSession.BLOCK));
  }

  synchronized Verdict verdict() {
    return Judge.judge(recorder.history());
  }

  /** The defects that the unit looks like. */
  synchronized List<String> suspects() {
    return Diagnosis.of(recorder.history(), verdict(), GRANULARITY).stream()
        .map(Diagnosis.Suspicion::defect)
        .toList();
  }
}

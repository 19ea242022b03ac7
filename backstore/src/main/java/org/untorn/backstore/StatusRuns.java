package org.untorn.backstore;

import java.util.ArrayList;
import java.util.List;

/** Makes the answer to a {@link BlockOperation.Status} of the ranges that are mapped. */
final class StatusRuns implements MapReader.RangeSink {

  private final long end;
  private final int maximum;
  private final List<BlockOutcome.Mapping.Run> runs = new ArrayList<>();

  /** What is known so far ends here, with a run that is mapped and has begun at {@code since}. */
  private long at;

  private long since;

  StatusRuns(BlockOperation.Status status) {
    this.end = status.lba() + status.count();
    this.maximum = status.maximumRuns();
    this.at = status.lba();
    this.since = status.lba();
  }

  @Override
  public boolean range(long start, long end) {
    if (start > at) {
      add(since, at, true);
      add(at, start, false);
      since = start;
    }
    at = end;
    return runs.size() < maximum;
  }

  BlockOutcome outcome() {
    add(since, at, true);
    add(at, end, false);
    return new BlockOutcome.Mapping(List.copyOf(runs));
  }

  private void add(long from, long to, boolean mapped) {
    if (from < to && runs.size() < maximum) {
      runs.add(new BlockOutcome.Mapping.Run(from, to - from, mapped));
    }
  }
}

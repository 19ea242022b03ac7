package org.untorn.iscsi.session;

import java.util.concurrent.atomic.LongAdder;

/** What one session has done. Safe for use by many threads. */
public final class SessionCounters {

  private final LongAdder commands = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();

  void command(int immediateBytes) {
    commands.increment();
    bytesOut.add(immediateBytes);
  }

  void dataOut(int bytes) {
    bytesOut.add(bytes);
  }

  void dataIn(long bytes) {
    bytesIn.add(bytes);
  }

  /** SCSI commands started. */
  public long commands() {
    return commands.sum();
  }

  /** Bytes of Data-Out received. */
  public long bytesOut() {
    return bytesOut.sum();
  }

  /** Bytes of Data-In sent. */
  public long bytesIn() {
    return bytesIn.sum();
  }
}

package org.untorn.iscsi.session;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What one session has done: its event loop counts, any thread may look. */
public final class SessionCounters {

  private final LongAdder commands = new LongAdder();
  private final AtomicLongArray byOperationCode = new AtomicLongArray(256);
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();

  void command(int operationCode, int immediateBytes) {
    commands.increment();
    // One thread counts: nothing gets lost without a locked instruction.
    byOperationCode.lazySet(operationCode, byOperationCode.getPlain(operationCode) + 1);
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

  /** SCSI commands started, by operation code; those that came to any. */
  public Map<Integer, Long> byOperationCode() {
    Map<Integer, Long> counts = new TreeMap<>();
    for (int code = 0; code < byOperationCode.length(); code++) {
      if (byOperationCode.get(code) > 0) {
        counts.put(code, byOperationCode.get(code));
      }
    }
    return counts;
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

package org.untorn.daemon.crash;

import java.nio.ByteBuffer;
import java.util.List;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.fault.Fate;

/**
 * A change in a recording.
 *
 * @param number which of the recorded commands it is, from 1
 * @param data what it writes to the extents, in their order; nothing if it unmaps
 * @param sentAt the place of the event in the recording
 * @param durableAt the place of the answer that made it durable; {@link #NEVER} if none did
 */
record RecordedChange(
    int number,
    Fate.Kind kind,
    List<BlockExtent> extents,
    ByteBuffer data,
    int sentAt,
    int durableAt) {

  static final int NEVER = Integer.MAX_VALUE;

  RecordedChange {
    extents = List.copyOf(extents);
  }

  /** How many blocks it changes. */
  long blocks() {
    return extents.stream().mapToLong(BlockExtent::count).sum();
  }

  /** Whether a power cut may leave a part of it. */
  boolean tears() {
    return kind == Fate.Kind.WRITE && blocks() > 1;
  }

  boolean writes() {
    return kind != Fate.Kind.UNMAP;
  }

  /** Whether a power cut that comes when {@code other} was just sent may take it. */
  boolean isAtRiskWhenSent(RecordedChange other) {
    return sentAt <= other.sentAt && durableAt > other.sentAt;
  }
}

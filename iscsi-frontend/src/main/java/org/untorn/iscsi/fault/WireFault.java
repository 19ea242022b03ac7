package org.untorn.iscsi.fault;

import java.time.Duration;

/** What can be made to go wrong with a PDU on its way in or out. */
public sealed interface WireFault {

  /** The connection is reset instead. */
  record Reset() implements WireFault {}

  /** From this PDU on nothing goes in or out; the connection stays. */
  record Stall() implements WireFault {}

  /** It does not arrive. */
  record Drop() implements WireFault {}

  /** It arrives later, and those after it in its direction after it. */
  record Delay(Duration delay) implements WireFault {}

  /** One bit of its basic header segment is flipped; outbound ones only. */
  record FlipBit(int bit) implements WireFault {}

  /** One bit behind its basic header segment is flipped: the header digest's, if there is one. */
  record CorruptDigest() implements WireFault {}

  /**
   * A part of its basic header segment is sent, and then the connection ends; outbound ones only.
   */
  record Truncate() implements WireFault {}

  /** A Login Request is refused with this Status-Class and Status-Detail. */
  record RefuseLogin(int statusClass, int statusDetail) implements WireFault {}
}

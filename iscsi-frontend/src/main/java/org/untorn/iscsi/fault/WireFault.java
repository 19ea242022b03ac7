package org.untorn.iscsi.fault;

import java.time.Duration;
import java.util.Optional;

/** What can be made to go wrong with a PDU on its way in or out. */
public sealed interface WireFault {

  /** The connection is reset instead. */
  record Reset() implements WireFault {}

  /**
   * From this PDU on nothing goes in or out; the connection stays, until the target gives it up: as
   * it does with any initiator that does not answer its pings, or, if it was about to end it, after
   * the time that it grants the last PDU.
   */
  record Stall() implements WireFault {}

  /** It does not arrive. */
  record Drop() implements WireFault {}

  /** It arrives twice, the second time at once behind the first. */
  record Duplicate() implements WireFault {}

  /**
   * It arrives later, and those after it in its direction after it: each at its own time or with
   * the one that it stands behind, and the end of the connection after the last that is sent.
   */
  record Delay(Duration delay) implements WireFault {}

  /** One bit of its basic header segment is flipped; outbound ones only. */
  record FlipBit(int bit) implements WireFault {}

  /**
   * One of its digests is wrong; a PDU without that digest passes.
   *
   * @param which empty: the header's if there is one, else the data segment's
   */
  record CorruptDigest(Optional<Digest> which) implements WireFault {}

  /**
   * A part of its basic header segment is sent, and then the connection ends; outbound ones only.
   */
  record Truncate() implements WireFault {}

  /** A Login Request is refused with this Status-Class and Status-Detail. */
  record RefuseLogin(int statusClass, int statusDetail) implements WireFault {}

  /**
   * A Task Management Function Request does nothing, and is answered with this response code (RFC
   * 7143 11.6.1).
   */
  record RefuseFunction(int response) implements WireFault {}

  /** The digests that a PDU may have (RFC 7143 11.1). */
  enum Digest {
    HEADER,
    DATA
  }
}

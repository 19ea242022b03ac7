package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/**
 * One iSCSI protocol data unit (RFC 7143 clause 11).
 *
 * <pre>
 *  +--------------------+------------------+-----------+------------------+-----+-----------+
 *  | basic header       | additional header| header    | data segment     | pad | data      |
 *  | segment, 48 bytes  | segments, 0-1020 | digest, 4 | 0-16777215 bytes | 0-3 | digest, 4 |
 *  +--------------------+------------------+-----------+------------------+-----+-----------+
 *                        TotalAHSLength     optional    DataSegmentLength        optional
 * </pre>
 *
 * Components carry the standard's field names. Sequence numbers, tags, offsets and lengths of 32
 * bits are {@code int}s that mean unsigned numbers. Reserved fields are written as zero and ignored
 * when read. A PDU owns its data segment: who gets the PDU releases it or passes it on.
 */
public sealed interface Pdu extends Received permits InitiatorPdu, TargetPdu {

  /** The reserved value of an initiator task tag or target transfer tag. */
  int RESERVED_TAG = 0xFFFFFFFF;

  /** The data segment, without padding. */
  default ByteBuf data() {
    return Unpooled.EMPTY_BUFFER;
  }

  /** The additional header segments (11.2.2). */
  default List<AdditionalHeaderSegment> ahs() {
    return List.of();
  }

  /** Writes all fields but the lengths. */
  void encode(BasicHeaderSegment bhs);

  /** A PDU once more, with a data segment of its own. */
  static Pdu copy(Pdu pdu) {
    ByteBuf header = Unpooled.buffer();
    PduCodec.encodeHeader(pdu, false, header);
    Opcode.Sender sender =
        pdu instanceof InitiatorPdu ? Opcode.Sender.INITIATOR : Opcode.Sender.TARGET;
    return (Pdu) PduCodec.decode(header, 0, sender, pdu.data().copy());
  }

  @Override
  default void release() {
    data().release();
  }
}

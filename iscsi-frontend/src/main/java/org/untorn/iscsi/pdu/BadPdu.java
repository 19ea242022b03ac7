package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;

/**
 * A PDU that could not be understood. Its data segment is gone already.
 *
 * @param header a copy of its basic header segment, for the Reject PDU that answers it (11.17)
 * @param fault what is wrong with it
 */
public record BadPdu(ByteBuf header, Fault fault) implements Received {

  /** What can be wrong with a PDU, and what that ends (RFC 7143 clause 7). */
  public enum Fault {
    /** The header digest differs, so no length can be believed: the stream is lost (7.8). */
    HEADER_DIGEST(true),
    /** The data digest differs: the PDU is discarded, the stream goes on (7.8). */
    DATA_DIGEST(false),
    /** A data segment longer than this side declared it receives: a format error (7.7). */
    DATA_SEGMENT_TOO_LONG(true),
    /** A field with an illegal or inconsistent content: a format error (7.7). */
    ILLEGAL_FIELD(true),
    /** An opcode that this side does not receive; not a format error (7.7). */
    UNKNOWN_OPCODE(false);

    private final boolean endsConnection;

    Fault(boolean endsConnection) {
      this.endsConnection = endsConnection;
    }

    /** Whether the connection cannot go on; otherwise only the PDU is lost. */
    public boolean endsConnection() {
      return endsConnection;
    }
  }

  /** The header of a whole PDU, for the Reject that answers it. */
  public static ByteBuf headerOf(Pdu pdu) {
    ByteBuf header = Unpooled.buffer();
    PduCodec.encodeHeader(pdu, false, header);
    return header.writerIndex(BasicHeaderSegment.LENGTH);
  }

  /** What its header says, if it is that of a Data-Out PDU. */
  public Optional<DataOut> asDataOut() {
    BasicHeaderSegment bhs = new BasicHeaderSegment(header, 0);
    return bhs.opcode() == Opcode.DATA_OUT.code()
        ? Optional.of(DataOut.decode(bhs, Unpooled.EMPTY_BUFFER))
        : Optional.empty();
  }

  @Override
  public void release() {
    header.release();
  }
}

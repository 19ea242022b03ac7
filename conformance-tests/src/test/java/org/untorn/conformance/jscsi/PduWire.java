package org.untorn.conformance.jscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import org.untorn.iscsi.pdu.InitiatorPdu;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.PduEncoder;
import org.untorn.iscsi.pdu.Received;

/** Our encoder and decoder, from a PDU to its bytes and back. */
final class PduWire {

  private PduWire() {}

  /** The bytes of a PDU, as they go on the wire; the PDU and its data stay as they are. */
  static ByteBuffer encode(Pdu pdu) {
    EmbeddedChannel channel = new EmbeddedChannel(new PduEncoder());
    ByteBuf data = pdu.data().retain();
    int start = data.readerIndex();
    channel.writeOutbound(pdu);
    data.readerIndex(start);
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    channel.finishAndReleaseAll();
    return ByteBuffer.wrap(all.array(), 0, all.readableBytes()).slice();
  }

  /** What our decoder makes of the bytes of one PDU of the same kind as {@code like}. */
  static Received decode(ByteBuffer bytes, Pdu like) {
    Opcode.Sender sender =
        like instanceof InitiatorPdu ? Opcode.Sender.INITIATOR : Opcode.Sender.TARGET;
    EmbeddedChannel channel = new EmbeddedChannel(new PduDecoder(sender));
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
    Received received = channel.readInbound();
    channel.finishAndReleaseAll();
    return received;
  }
}

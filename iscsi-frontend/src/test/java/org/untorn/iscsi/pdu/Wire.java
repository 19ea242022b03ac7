package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Encodes and decodes whole streams, for tests. */
@SuppressWarnings("FutureReturnValueIgnored") // an embedded channel throws what goes wrong
public final class Wire {

  private Wire() {}

  /** The bytes of PDUs, one after the other, in an unpooled buffer. */
  public static ByteBuf encode(boolean headerDigest, boolean dataDigest, List<? extends Pdu> pdus) {
    PduEncoder encoder = new PduEncoder();
    encoder.digests(headerDigest, dataDigest);
    EmbeddedChannel channel = new EmbeddedChannel(encoder);
    pdus.forEach(channel::write);
    channel.flush();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    channel.finishAndReleaseAll();
    return all;
  }

  /** The bytes of a PDU without digests, as hexadecimal digits. */
  public static String hex(Pdu pdu) {
    ByteBuf encoded = encode(false, false, List.of(pdu));
    byte[] bytes = new byte[encoded.readableBytes()];
    encoded.readBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** What a decoder makes of pieces of a stream. */
  public static List<Received> decode(PduDecoder decoder, ByteBuf... pieces) {
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    channel.config().setAllocator(new UnpooledByteBufAllocator(false, true));
    List<Received> received = new ArrayList<>();
    for (ByteBuf piece : pieces) {
      channel.writeInbound(piece);
      for (Received r = channel.readInbound(); r != null; r = channel.readInbound()) {
        received.add(r);
      }
    }
    channel.finishAndReleaseAll();
    return received;
  }
}

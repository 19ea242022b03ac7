package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.PduEncoder;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.TargetPdu;

/**
 * One TCP connection that sends and receives PDUs one by one, on the thread that asks. Nothing is
 * sent that a test did not say.
 */
final class PduSocket implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final PduEncoder encoder = new PduEncoder();
  private final PduDecoder decoder = new PduDecoder(Opcode.Sender.TARGET);
  private final EmbeddedChannel out = new EmbeddedChannel(encoder);
  private final EmbeddedChannel in = new EmbeddedChannel(decoder);
  private final byte[] buffer = new byte[256 << 10];

  PduSocket(InetSocketAddress address) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(address, PATIENCE_MILLIS);
  }

  /** Sends PDUs in one write. */
  void send(Pdu... pdus) throws IOException {
    out.writeOutbound((Object[]) pdus);
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = out.readOutbound(); part != null; part = out.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    socket.getOutputStream().write(all.array(), 0, all.readableBytes());
  }

  /** Sends bytes as they are. */
  void sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /**
   * The next PDU.
   *
   * @throws EOFException if the target closed the connection
   * @throws java.net.SocketTimeoutException if nothing comes
   */
  TargetPdu receive() throws IOException {
    Received received = in.readInbound();
    while (received == null) {
      int length = socket.getInputStream().read(buffer);
      if (length < 0) {
        throw new EOFException("the target closed the connection");
      }
      in.writeInbound(Unpooled.copiedBuffer(buffer, 0, length));
      received = in.readInbound();
    }
    assertThat(received).isInstanceOf(TargetPdu.class);
    return (TargetPdu) received;
  }

  /** What holds from the next PDU on. */
  void settle(boolean headerDigest, boolean dataDigest, int maxRecvDataSegmentLength) {
    encoder.digests(headerDigest, dataDigest);
    decoder.digests(headerDigest, dataDigest);
    decoder.maxDataSegmentLength(maxRecvDataSegmentLength);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    out.finishAndReleaseAll();
    in.finishAndReleaseAll();
  }
}

package org.untorn.conformance.rfc7143;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;
import org.untorn.conformance.rfc7143.RawPdu.Digest;

/** One TCP connection, on which PDUs go and come as they are. */
final class Line implements AutoCloseable {

  /** How long an answer may take that has to come. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final int LARGEST = 1 << 24;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private Digest headerDigest = Digest.NONE;
  private Digest dataDigest = Digest.NONE;

  Line(Portal portal) {
    try {
      socket.connect(portal.address(), PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot reach " + portal.address(), e);
    }
  }

  /** What follows has these digests, both ways. */
  void digests(boolean header, boolean data) {
    headerDigest = header ? Digest.RIGHT : Digest.NONE;
    dataDigest = data ? Digest.RIGHT : Digest.NONE;
  }

  void send(RawPdu pdu) {
    sendBytes(pdu.encode(headerDigest, dataDigest));
  }

  void sendWithWrongHeaderDigest(RawPdu pdu) {
    sendBytes(pdu.encode(Digest.WRONG, dataDigest));
  }

  void sendWithWrongDataDigest(RawPdu pdu) {
    sendBytes(pdu.encode(headerDigest, Digest.WRONG));
  }

  /** Sends bytes; a connection that is closed by now takes them, too. */
  void sendBytes(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException closed) {
      // Whoever wants an answer will see that there is none.
    }
  }

  /** The next PDU, which has to come. */
  RawPdu receive() {
    return receive(PATIENCE_MILLIS).orElseThrow(() -> new Verdict.Broken("no answer"));
  }

  /** The next PDU; empty if the target closed the connection, or said nothing for so long. */
  Optional<RawPdu> receive(int millis) {
    try {
      socket.setSoTimeout(millis);
      byte[] header = in.readNBytes(RawPdu.HEADER);
      if (header.length < RawPdu.HEADER) {
        return Optional.empty();
      }
      socket.setSoTimeout(PATIENCE_MILLIS);
      return Optional.of(rest(header));
    } catch (SocketTimeoutException | SocketException | EOFException gone) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RawPdu rest(byte[] header) throws IOException {
    byte[] more = in.readNBytes((header[4] & 0xFF) * 4);
    byte[] all = Arrays.copyOf(header, header.length + more.length);
    System.arraycopy(more, 0, all, header.length, more.length);
    checkDigest("header", headerDigest, all);
    int length = (header[5] & 0xFF) << 16 | (header[6] & 0xFF) << 8 | (header[7] & 0xFF);
    Verdict.check(length < LARGEST, "a data segment of %d bytes", length);
    byte[] padded = in.readNBytes((length + 3) / 4 * 4);
    if (padded.length > 0) {
      checkDigest("data", dataDigest, padded);
    }
    return RawPdu.of(header, more, Arrays.copyOf(padded, length));
  }

  private void checkDigest(String what, Digest digest, byte[] bytes) throws IOException {
    byte[] expected = digest.of(bytes);
    byte[] came = in.readNBytes(expected.length);
    Verdict.check(Arrays.equals(expected, came), "the %s digest is wrong", what);
  }

  /** Whether the target closes the connection soon; what it says before does not matter. */
  boolean closes() {
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      while (in.read() >= 0) {
        // It may say why.
      }
      return true;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

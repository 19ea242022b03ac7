package org.untorn.conformance.jscsi;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What an operating system does above an initiator, and jSCSI lacks: a command that meets a unit
 * attention is sent again. jSCSI takes the first one, that of power on, for a broken target.
 *
 * <pre>
 *   jSCSI ──► READ CAPACITY, CmdSN n     ──────────────────────────►  target
 *                                        ◄──  CHECK CONDITION, unit attention, StatSN m
 *             READ CAPACITY, CmdSN n+1   ──────────────────────────►
 *         ◄──────────────────────────────────  Data-In, GOOD, StatSN m+1, told as m
 * </pre>
 *
 * It relays one connection without digests, PDU by PDU, and changes nothing but the sequence
 * numbers after that: CmdSN and ExpStatSN up, StatSN, ExpCmdSN and MaxCmdSN down by one for each
 * command that was sent again.
 */
final class MidLayer implements AutoCloseable {

  private static final int HEADER = 48;
  private static final int SCSI_COMMAND = 0x01;
  private static final int DATA_OUT = 0x05;
  private static final int SCSI_RESPONSE = 0x21;
  private static final int DATA_IN = 0x25;
  private static final int UNIT_ATTENTION = 0x06;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** The last command that jSCSI sent, which is the only one under way; its owner is the lock. */
  private byte[] lastCommand = new byte[0];

  private int sentAgain;

  private MidLayer(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
  }

  /** Listens for one connection. */
  static MidLayer before(InetSocketAddress target) throws IOException {
    MidLayer relay = new MidLayer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), target);
    relay.threads.execute(relay::relay);
    return relay;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** How many commands met a unit attention. */
  synchronized int sentAgain() {
    return sentAgain;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }

  private void relay() {
    try (Socket jscsi = listener.accept();
        Socket daemon = new Socket(target.getAddress(), target.getPort())) {
      threads.execute(() -> upwards(jscsi, daemon));
      downwards(jscsi, daemon);
    } catch (EOFException | SocketException e) {
      // One side closed the connection; the other one is closed with it.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void upwards(Socket jscsi, Socket daemon) {
    try {
      DataInputStream in = new DataInputStream(jscsi.getInputStream());
      while (true) {
        byte[] pdu = read(in);
        synchronized (this) {
          if (opcode(pdu) == SCSI_COMMAND) {
            lastCommand = pdu.clone();
          }
          send(renumbered(pdu), daemon.getOutputStream());
        }
      }
    } catch (IOException e) {
      // The connection is over; the other direction ends it.
    }
  }

  private void downwards(Socket jscsi, Socket daemon) throws IOException {
    DataInputStream in = new DataInputStream(daemon.getInputStream());
    while (true) {
      byte[] pdu = read(in);
      synchronized (this) {
        if (isUnitAttention(pdu)) {
          sentAgain++;
          send(renumbered(lastCommand), daemon.getOutputStream());
        } else {
          ByteBuffer header = ByteBuffer.wrap(pdu);
          if (hasStatSN(pdu)) {
            add(header, 24, -sentAgain);
          }
          add(header, 28, -sentAgain);
          add(header, 32, -sentAgain);
          send(pdu, jscsi.getOutputStream());
        }
      }
    }
  }

  private byte[] renumbered(byte[] pdu) {
    byte[] copy = pdu.clone();
    ByteBuffer header = ByteBuffer.wrap(copy);
    if (opcode(pdu) != DATA_OUT) {
      add(header, 24, sentAgain);
    }
    add(header, 28, sentAgain);
    return copy;
  }

  private static void add(ByteBuffer header, int at, int difference) {
    header.putInt(at, header.getInt(at) + difference);
  }

  /** Data-In without a status has none. */
  private static boolean hasStatSN(byte[] pdu) {
    return opcode(pdu) != DATA_IN || (pdu[1] & 0x01) != 0;
  }

  private static boolean isUnitAttention(byte[] pdu) {
    return opcode(pdu) == SCSI_RESPONSE
        && pdu.length > HEADER + 4
        && pdu[3] == 0x02
        && (pdu[HEADER + 4] & 0x0F) == UNIT_ATTENTION;
  }

  private static int opcode(byte[] pdu) {
    return pdu[0] & 0x3F;
  }

  private static byte[] read(DataInputStream in) throws IOException {
    byte[] header = new byte[HEADER];
    in.readFully(header);
    int lengths = ByteBuffer.wrap(header).getInt(4);
    int additional = (lengths >>> 24) * 4;
    int data = (lengths & 0xFF_FFFF) + 3 & ~3;
    byte[] pdu = Arrays.copyOf(header, HEADER + additional + data);
    in.readFully(pdu, HEADER, additional + data);
    return pdu;
  }

  private static void send(byte[] pdu, OutputStream out) throws IOException {
    out.write(pdu);
    out.flush();
  }
}

package org.untorn.iscsi.session;

import io.netty.buffer.ByteBufAllocator;
import java.net.SocketAddress;
import org.untorn.iscsi.pdu.TargetPdu;

/** A session's side of its connection. */
interface Link {

  /** Puts a PDU behind those already on their way; it leaves with the next flush. */
  void send(TargetPdu pdu);

  /** Sends a last PDU; then the connection is closed. */
  void sendAndClose(TargetPdu pdu);

  /** Closes the connection. */
  void close();

  /** Whether the outbound side has room. */
  boolean isWritable();

  ByteBufAllocator allocator();

  SocketAddress localAddress();

  /** Whether the caller is on the connection's event loop. */
  boolean inEventLoop();

  /** Runs an action on the event loop later; false if there is none any more. */
  boolean execute(Runnable action);
}

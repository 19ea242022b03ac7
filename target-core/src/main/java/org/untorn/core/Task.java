package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;

/**
 * One SCSI command on its way, as the transport hands it to a {@link TargetDevice}: what SAM-5 5.4
 * calls the SCSI transport protocol services, seen from the device server.
 *
 * <pre>
 *   execute ──► receiveDataOut* ──► complete       the task's owner is the device server
 *      └──────────── terminate ──────┘             after it, complete() only releases what it is given
 * </pre>
 *
 * The task is handed over, and its Data-Out arrives, on one thread (the connection's event loop)
 * that must not be blocked. {@link #complete} and {@link #terminate} may be called from any thread.
 */
public interface Task {

  Nexus nexus();

  /** The LUN field, eight bytes as they stood on the wire, most significant first (SAM-5 4.7). */
  long lun();

  /** The initiator's command identifier; unique in its nexus while the task lives. */
  long tag();

  TaskAttribute attribute();

  /** The command descriptor block. The transport gives at least 16 bytes and never changes them. */
  byte[] cdb();

  /**
   * The size of the initiator's Data-Out Buffer in bytes (SAM-5 5.4.2), which may be more or less
   * than the CDB asks for; 0 if there is none.
   */
  long dataOutBufferSize();

  /**
   * Goes on with the task on its own thread, for a continuation that comes on another's: the
   * store's threads are not to be kept. Runs it now if this is that thread, and on the calling
   * thread if the task's has ended.
   */
  void execute(Runnable action);

  /** Where buffers for this task's data come from. */
  ByteBufAllocator allocator();

  /**
   * Asks for the first {@code length} bytes of the Data-Out Buffer (SAM-5 "Receive Data-Out"), at
   * most once a task. The continuation gets them in one (possibly composite) buffer, which it then
   * owns; it holds fewer bytes where the initiator offered fewer (its expected data transfer
   * length). If the task is terminated first, the continuation is never called.
   *
   * @param length bytes, at least 1
   */
  void receiveDataOut(int length, Consumer<ByteBuf> then);

  /**
   * Ends the task: the outcome goes to the initiator, and with it the ownership of its data. Called
   * exactly once.
   */
  void complete(Outcome outcome);

  /**
   * Ends the task without an answer (abort, reset): Data-Out still to come is discarded. A later
   * {@link #complete} releases its data and does nothing else.
   */
  void terminate();
}

package org.untorn.iscsi.initiator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A SCSI command to send.
 *
 * @param lun the LUN field, eight bytes
 * @param cdb 6 to 260 bytes; beyond 16 they go in an additional header segment
 * @param attribute the task attribute: 1 simple, 2 ordered, 3 head of queue, 4 ACA
 * @param dataOut what is offered
 * @param expectedDataIn how many bytes are expected
 */
@SuppressWarnings("ArrayRecordComponent") // written once, as it is
public record Command(long lun, byte[] cdb, int attribute, ByteBuf dataOut, int expectedDataIn) {

  /** A command without data. */
  public static Command of(int lun, byte[] cdb) {
    return new Command(field(lun), cdb, 1, Unpooled.EMPTY_BUFFER, 0);
  }

  /** A command that reads up to {@code expected} bytes. */
  public static Command read(int lun, byte[] cdb, int expected) {
    return new Command(field(lun), cdb, 1, Unpooled.EMPTY_BUFFER, expected);
  }

  /** A command that writes. */
  public static Command write(int lun, byte[] cdb, byte[] data) {
    return new Command(field(lun), cdb, 1, Unpooled.wrappedBuffer(data), 0);
  }

  /** The LUN field of a LUN below 16384: peripheral or flat addressing (SAM-5 4.7). */
  public static long field(int lun) {
    return lun < 256 ? (long) lun << 48 : (0x4000L | lun) << 48;
  }
}

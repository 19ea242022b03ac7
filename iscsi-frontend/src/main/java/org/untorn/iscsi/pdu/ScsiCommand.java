package org.untorn.iscsi.pdu;

import static org.untorn.iscsi.pdu.BasicHeaderSegment.bit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * SCSI Command (RFC 7143 11.3).
 *
 * <pre>
 *   0 |.|I| 0x01      |F|R|W|. .|ATTR | reserved                    |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | Logical Unit Number (LUN)                                   |
 *  16 | Initiator Task Tag                                          |
 *  20 | Expected Data Transfer Length                               |
 *  24 | CmdSN                                                       |
 *  28 | ExpStatSN                                                   |
 *  32 | SCSI Command Descriptor Block (CDB), 16 bytes               |
 *  48 | AHS, immediate data                                         |
 * </pre>
 *
 * @param isFinal the F bit: no unsolicited Data-Out PDUs follow
 * @param read the R bit: input is expected
 * @param write the W bit: output is expected
 * @param attribute the task attribute: 0 untagged, 1 simple, 2 ordered, 3 head of queue, 4 ACA
 * @param expectedDataTransferLength bytes, unsigned; of the output if both bits are set
 * @param cdb 16 bytes, zero-padded; never changed. The rest of a longer one is in the AHS.
 * @param data the immediate data
 */
@SuppressWarnings("ArrayRecordComponent") // the waist to the SCSI device takes the CDB as an array
public record ScsiCommand(
    boolean immediate,
    boolean isFinal,
    boolean read,
    boolean write,
    int attribute,
    long lun,
    int initiatorTaskTag,
    int expectedDataTransferLength,
    int cmdSN,
    int expStatSN,
    byte[] cdb,
    List<AdditionalHeaderSegment> ahs,
    ByteBuf data)
    implements Request {

  /** The length of the CDB field in bytes. */
  public static final int CDB_LENGTH = 16;

  /** The operation code of CDBs that say in byte 7 how many bytes follow it (SPC-5 4.2.3). */
  private static final byte VARIABLE_LENGTH = 0x7F;

  private static final int UP_TO_ADDITIONAL_LENGTH = 8;

  static ScsiCommand decode(
      BasicHeaderSegment bhs, List<AdditionalHeaderSegment> ahs, ByteBuf data) {
    return new ScsiCommand(
        bhs.immediate(),
        bhs.isFinal(),
        bhs.flag(1, 0x40),
        bhs.flag(1, 0x20),
        bhs.int8(1) & 0x07,
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        bhs.int32(24),
        bhs.int32(28),
        bhs.bytes(32, CDB_LENGTH),
        ahs,
        data);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    int flags =
        bit(isFinal, BasicHeaderSegment.FINAL) | bit(read, 0x40) | bit(write, 0x20) | attribute;
    bhs.start(Opcode.SCSI_COMMAND, immediate, flags)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, expectedDataTransferLength)
        .int32(24, cmdSN)
        .int32(28, expStatSN)
        .bytes(32, cdb, CDB_LENGTH);
  }

  /** The part of a CDB that stands in the basic header segment: 16 bytes. */
  public static byte[] head(byte[] wholeCdb) {
    return Arrays.copyOf(wholeCdb, CDB_LENGTH);
  }

  /** The additional header segment that the rest of a CDB needs; none for up to 16 bytes. */
  public static List<AdditionalHeaderSegment> extension(byte[] wholeCdb) {
    int rest = wholeCdb.length - CDB_LENGTH;
    return rest <= 0
        ? List.of()
        : List.of(
            new AdditionalHeaderSegment.ExtendedCdb(
                Unpooled.wrappedBuffer(wholeCdb, CDB_LENGTH, rest)));
  }

  /** The whole CDB: 16 bytes and what an extended CDB segment adds. */
  public byte[] wholeCdb() {
    for (AdditionalHeaderSegment segment : ahs) {
      if (segment instanceof AdditionalHeaderSegment.ExtendedCdb(ByteBuf rest)) {
        byte[] whole = Arrays.copyOf(cdb, CDB_LENGTH + rest.readableBytes());
        rest.getBytes(rest.readerIndex(), whole, CDB_LENGTH, rest.readableBytes());
        return whole;
      }
    }
    return cdb;
  }

  /**
   * Whether its additional header segments are what it needs: each is known; one says what a
   * bidirectional command expects to read exactly if it is one (11.2.2.4); one holds the rest of
   * the CDB exactly if that is longer than 16 bytes, and all of it (11.2.2.3).
   */
  public boolean isConsistent() {
    int readLengths = 0;
    int extensions = 0;
    int rest = 0;
    for (AdditionalHeaderSegment segment : ahs) {
      switch (segment) {
        case AdditionalHeaderSegment.BidirectionalReadLength _ -> readLengths++;
        case AdditionalHeaderSegment.ExtendedCdb(ByteBuf bytes) -> {
          extensions++;
          rest = bytes.readableBytes();
        }
        case AdditionalHeaderSegment.Other _ -> {
          return false;
        }
      }
    }
    return readLengths == (read && write ? 1 : 0)
        && (extensions == 0 || (extensions == 1 && rest > 0 && mayBeLong()))
        && CDB_LENGTH + rest >= tellsLength();
  }

  /**
   * Whether the operation code leaves the length open: its group has no fixed one (SPC-5 4.2.5).
   */
  private boolean mayBeLong() {
    int group = (cdb[0] & 0xFF) >> 5;
    return group == 3 || group >= 6;
  }

  /** How long the CDB says that it is; 0 if it does not. */
  private int tellsLength() {
    return cdb[0] == VARIABLE_LENGTH ? UP_TO_ADDITIONAL_LENGTH + (cdb[7] & 0xFF) : 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScsiCommand that
        && immediate == that.immediate
        && isFinal == that.isFinal
        && read == that.read
        && write == that.write
        && attribute == that.attribute
        && lun == that.lun
        && initiatorTaskTag == that.initiatorTaskTag
        && expectedDataTransferLength == that.expectedDataTransferLength
        && cmdSN == that.cmdSN
        && expStatSN == that.expStatSN
        && Arrays.equals(cdb, that.cdb)
        && ahs.equals(that.ahs)
        && data.equals(that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(lun, initiatorTaskTag, cmdSN, Arrays.hashCode(cdb));
  }
}

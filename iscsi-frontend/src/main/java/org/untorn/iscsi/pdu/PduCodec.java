package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.untorn.iscsi.pdu.BadPdu.Fault;

/** The mapping between PDUs and bytes that decoder and encoder share. */
final class PduCodec {

  /** The length of a digest in bytes (RFC 7143 13.1). */
  static final int DIGEST_LENGTH = 4;

  private PduCodec() {}

  /** A data segment's length with its padding. */
  static int padded(int length) {
    return (length + 3) & ~3;
  }

  /**
   * The CRC32C of bytes. On the wire it stands least significant byte first: the standard counts
   * its bits from the other end.
   */
  static int digest(ByteBuf buffer, int index, int length) {
    CRC32C crc = new CRC32C();
    if (buffer.nioBufferCount() == 1) {
      crc.update(buffer.internalNioBuffer(index, length));
    } else {
      for (var part : buffer.nioBuffers(index, length)) {
        crc.update(part);
      }
    }
    return (int) crc.getValue();
  }

  /**
   * The PDU with a header and a data segment, which it takes over.
   *
   * @param header holds the basic header segment at {@code base}, and behind it the AHS
   * @param peer who sent it: the other side's opcodes are unknown
   */
  static Received decode(ByteBuf header, int base, Opcode.Sender peer, ByteBuf data) {
    BasicHeaderSegment bhs = new BasicHeaderSegment(header, base);
    Optional<Opcode> opcode = Opcode.of(bhs.opcode()).filter(o -> o.sender() == peer);
    if (opcode.isEmpty()) {
      return bad(bhs, data, Fault.UNKNOWN_OPCODE);
    }
    Optional<List<AdditionalHeaderSegment>> ahs = Optional.of(List.of());
    if (bhs.totalAhsLength() > 0) {
      int start = base + BasicHeaderSegment.LENGTH;
      ahs = AdditionalHeaderSegment.decode(header.slice(start, bhs.totalAhsLength()));
    }
    if (ahs.isEmpty() || !consistent(opcode.get(), bhs)) {
      return bad(bhs, data, Fault.ILLEGAL_FIELD);
    }
    return decode(opcode.get(), bhs, ahs.get(), data);
  }

  /** Only a command has additional header segments, and only some PDUs have data (11.2.2, 11). */
  private static boolean consistent(Opcode opcode, BasicHeaderSegment bhs) {
    if (bhs.totalAhsLength() > 0 && opcode != Opcode.SCSI_COMMAND) {
      return false;
    }
    if (bhs.dataSegmentLength() > 0 && !opcode.carriesData()) {
      return false;
    }
    boolean contradictory =
        (opcode == Opcode.SCSI_RESPONSE && ScsiResponse.contradictory(bhs))
            || (opcode == Opcode.DATA_IN && DataIn.contradictory(bhs));
    return !contradictory;
  }

  private static BadPdu bad(BasicHeaderSegment bhs, ByteBuf data, Fault fault) {
    data.release();
    return new BadPdu(bhs.copy(), fault);
  }

  private static Pdu decode(
      Opcode opcode, BasicHeaderSegment bhs, List<AdditionalHeaderSegment> ahs, ByteBuf data) {
    return switch (opcode) {
      case NOP_OUT -> NopOut.decode(bhs, data);
      case SCSI_COMMAND -> ScsiCommand.decode(bhs, ahs, data);
      case TASK_MANAGEMENT_REQUEST -> TaskManagementRequest.decode(bhs);
      case LOGIN_REQUEST -> LoginRequest.decode(bhs, data);
      case TEXT_REQUEST -> TextRequest.decode(bhs, data);
      case DATA_OUT -> DataOut.decode(bhs, data);
      case LOGOUT_REQUEST -> LogoutRequest.decode(bhs);
      case SNACK_REQUEST -> SnackRequest.decode(bhs);
      case NOP_IN -> NopIn.decode(bhs, data);
      case SCSI_RESPONSE -> ScsiResponse.decode(bhs, data);
      case TASK_MANAGEMENT_RESPONSE -> TaskManagementResponse.decode(bhs);
      case LOGIN_RESPONSE -> LoginResponse.decode(bhs, data);
      case TEXT_RESPONSE -> TextResponse.decode(bhs, data);
      case DATA_IN -> DataIn.decode(bhs, data);
      case LOGOUT_RESPONSE -> LogoutResponse.decode(bhs);
      case R2T -> R2T.decode(bhs);
      case ASYNC_MESSAGE -> AsyncMessage.decode(bhs, data);
      case REJECT -> Reject.decode(bhs, data);
    };
  }

  /**
   * Appends a PDU's header to a buffer.
   *
   * @throws IllegalArgumentException if the PDU does not fit its length fields
   */
  static void encodeHeader(Pdu pdu, boolean digest, ByteBuf out) {
    int start = out.writerIndex();
    BasicHeaderSegment bhs = BasicHeaderSegment.append(out);
    pdu.encode(bhs);
    int ahsLength = AdditionalHeaderSegment.encodedLength(pdu.ahs());
    int dataLength = pdu.data().readableBytes();
    if (ahsLength > 0xFF * 4 || dataLength > 0xFFFFFF) {
      throw new IllegalArgumentException("no PDU is that long: " + ahsLength + ", " + dataLength);
    }
    bhs.lengths(ahsLength, dataLength);
    AdditionalHeaderSegment.encode(pdu.ahs(), out);
    if (digest) {
      out.writeIntLE(digest(out, start, out.writerIndex() - start));
    }
  }
}

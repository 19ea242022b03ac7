package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.random.RandomGenerator;
import org.untorn.iscsi.pdu.TargetPdu.Numbers;

/** PDUs of every kind with random fields; the same generator state gives the same PDUs. */
public final class RandomPdus {

  private static final List<Reject.Reason> REASONS = List.of(Reject.Reason.values());

  private final RandomGenerator random;
  private final int maxData;

  /** Makes data segments of up to {@code maxData} bytes. */
  public RandomPdus(RandomGenerator random, int maxData) {
    this.random = random;
    this.maxData = maxData;
  }

  /** A PDU of a kind. */
  public Pdu of(Opcode opcode) {
    return switch (opcode) {
      case NOP_OUT -> new NopOut(flag(), lun(), i(), i(), i(), i(), data());
      case SCSI_COMMAND -> command();
      case TASK_MANAGEMENT_REQUEST ->
          new TaskManagementRequest(flag(), upTo(128), lun(), i(), i(), i(), i(), i(), i());
      case LOGIN_REQUEST ->
          new LoginRequest(
              flag(),
              flag(),
              upTo(4),
              upTo(4),
              upTo(256),
              upTo(256),
              isid(),
              upTo(65536),
              i(),
              upTo(65536),
              i(),
              i(),
              data());
      case TEXT_REQUEST ->
          new TextRequest(flag(), flag(), flag(), lun(), i(), i(), i(), i(), data());
      case DATA_OUT -> new DataOut(flag(), lun(), i(), i(), i(), i(), i(), data());
      case LOGOUT_REQUEST -> new LogoutRequest(flag(), upTo(128), i(), upTo(65536), i(), i());
      case SNACK_REQUEST -> new SnackRequest(upTo(16), lun(), i(), i(), i(), i(), i());
      case NOP_IN -> new NopIn(lun(), i(), i(), numbers(), data());
      case SCSI_RESPONSE ->
          new ScsiResponse(
              upTo(256), upTo(256), i(), i(), numbers(), i(), residual(), residual(), data());
      case TASK_MANAGEMENT_RESPONSE -> new TaskManagementResponse(upTo(256), i(), numbers());
      case LOGIN_RESPONSE ->
          new LoginResponse(
              flag(),
              flag(),
              upTo(4),
              upTo(4),
              upTo(256),
              upTo(256),
              isid(),
              upTo(65536),
              i(),
              numbers(),
              upTo(256),
              upTo(256),
              data());
      case TEXT_RESPONSE -> new TextResponse(flag(), flag(), lun(), i(), i(), numbers(), data());
      case DATA_IN ->
          new DataIn(
              flag(),
              flag(),
              flag(),
              upTo(256),
              lun(),
              i(),
              i(),
              numbers(),
              i(),
              i(),
              residual(),
              data());
      case LOGOUT_RESPONSE ->
          new LogoutResponse(upTo(256), i(), numbers(), upTo(65536), upTo(65536));
      case R2T -> new R2T(lun(), i(), i(), numbers(), i(), i(), i());
      case ASYNC_MESSAGE ->
          new AsyncMessage(
              lun(),
              numbers(),
              upTo(256),
              upTo(256),
              upTo(65536),
              upTo(65536),
              upTo(65536),
              data());
      case REJECT -> new Reject(REASONS.get(upTo(REASONS.size())), numbers(), i(), data());
    };
  }

  private ScsiCommand command() {
    byte[] cdb = new byte[ScsiCommand.CDB_LENGTH];
    random.nextBytes(cdb);
    List<AdditionalHeaderSegment> ahs =
        switch (upTo(4)) {
          case 0 -> List.of(new AdditionalHeaderSegment.ExtendedCdb(bytes(1 + upTo(240))));
          case 1 -> List.of(new AdditionalHeaderSegment.BidirectionalReadLength(i()));
          case 2 ->
              List.of(
                  new AdditionalHeaderSegment.BidirectionalReadLength(i()),
                  new AdditionalHeaderSegment.Other(0x77, bytes(1 + upTo(16))));
          default -> List.of();
        };
    return new ScsiCommand(
        flag(), flag(), flag(), flag(), upTo(8), lun(), i(), i(), i(), i(), cdb, ahs, data());
  }

  private boolean flag() {
    return random.nextBoolean();
  }

  private int i() {
    return random.nextInt();
  }

  private long lun() {
    return random.nextLong();
  }

  private long isid() {
    return random.nextLong() >>> 16;
  }

  private int upTo(int bound) {
    return random.nextInt(bound);
  }

  private Numbers numbers() {
    return new Numbers(i(), i(), i());
  }

  private Residual residual() {
    return switch (upTo(3)) {
      case 0 -> Residual.NONE;
      case 1 -> new Residual(Residual.Kind.UNDERFLOW, i());
      default -> new Residual(Residual.Kind.OVERFLOW, i());
    };
  }

  private ByteBuf data() {
    return flag() ? Unpooled.EMPTY_BUFFER : bytes(upTo(maxData + 1));
  }

  private ByteBuf bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Unpooled.wrappedBuffer(bytes);
  }
}

package org.untorn.iscsi.pdu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The PDU kinds, their opcodes, who sends them, and whether they can carry data (11.2.1.2). */
public enum Opcode {
  NOP_OUT(0x00, Sender.INITIATOR, true),
  SCSI_COMMAND(0x01, Sender.INITIATOR, true),
  TASK_MANAGEMENT_REQUEST(0x02, Sender.INITIATOR, false),
  LOGIN_REQUEST(0x03, Sender.INITIATOR, true),
  TEXT_REQUEST(0x04, Sender.INITIATOR, true),
  DATA_OUT(0x05, Sender.INITIATOR, true),
  LOGOUT_REQUEST(0x06, Sender.INITIATOR, false),
  SNACK_REQUEST(0x10, Sender.INITIATOR, false),
  NOP_IN(0x20, Sender.TARGET, true),
  SCSI_RESPONSE(0x21, Sender.TARGET, true),
  TASK_MANAGEMENT_RESPONSE(0x22, Sender.TARGET, false),
  LOGIN_RESPONSE(0x23, Sender.TARGET, true),
  TEXT_RESPONSE(0x24, Sender.TARGET, true),
  DATA_IN(0x25, Sender.TARGET, true),
  LOGOUT_RESPONSE(0x26, Sender.TARGET, false),
  R2T(0x31, Sender.TARGET, false),
  ASYNC_MESSAGE(0x32, Sender.TARGET, true),
  REJECT(0x3F, Sender.TARGET, true);

  /** Who sends a PDU. */
  public enum Sender {
    INITIATOR,
    TARGET
  }

  private static final List<Optional<Opcode>> BY_CODE = byCode();

  private final int code;
  private final Sender sender;
  private final boolean carriesData;

  Opcode(int code, Sender sender, boolean carriesData) {
    this.code = code;
    this.sender = sender;
    this.carriesData = carriesData;
  }

  private static List<Optional<Opcode>> byCode() {
    List<Optional<Opcode>> table = new ArrayList<>();
    for (int code = 0; code < 64; code++) {
      table.add(Optional.empty());
    }
    for (Opcode opcode : values()) {
      table.set(opcode.code, Optional.of(opcode));
    }
    return List.copyOf(table);
  }

  /** The opcode with a code of 6 bits, if there is one. */
  public static Optional<Opcode> of(int code) {
    return BY_CODE.get(code);
  }

  public int code() {
    return code;
  }

  public Sender sender() {
    return sender;
  }

  /** Whether the PDU's figure has a data segment. */
  public boolean carriesData() {
    return carriesData;
  }
}

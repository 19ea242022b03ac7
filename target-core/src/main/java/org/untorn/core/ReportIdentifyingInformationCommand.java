package org.untorn.core;

import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * REPORT IDENTIFYING INFORMATION (SPC-5 6.32): what SET IDENTIFYING INFORMATION said last, or which
 * types of it there are.
 *
 * <pre>
 *  byte 2-3   IDENTIFYING INFORMATION LENGTH, of what follows
 *  byte 4..   the information; for type 7Fh per type
 *               byte 0    INFORMATION TYPE (bits 7-1)
 *               byte 2-3  MAXIMUM INFORMATION LENGTH
 * </pre>
 */
record ReportIdentifyingInformationCommand(IdentifyingInformation information)
    implements Command.Handler {

  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 6, 4);
  static final Field INFORMATION_TYPE = new Field("INFORMATION TYPE", 10, 7, 7);

  private static final int SUPPORTED_TYPES = 0b1111111;
  private static final int HEADER = 4;
  private static final int DESCRIPTOR = 4;

  Command row() {
    return Command.row("REPORT IDENTIFYING INFORMATION", "SPC-5", 0xA3, 0x05, 12)
        .fields(ALLOCATION_LENGTH, INFORMATION_TYPE)
        .dataIn()
        .reservation(UnderReservation.ALLOWED)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    int code = task.getInt(INFORMATION_TYPE);
    Optional<IdentifyingInformation.Type> type = IdentifyingInformation.Type.of(code);
    if (type.isPresent()) {
      task.answer(withHeader(information.get(type.get())), ALLOCATION_LENGTH);
    } else if (code == SUPPORTED_TYPES) {
      task.answer(withHeader(types()), ALLOCATION_LENGTH);
    } else {
      task.refuse(INFORMATION_TYPE);
    }
  }

  private static byte[] types() {
    IdentifyingInformation.Type[] types = IdentifyingInformation.Type.values();
    byte[] list = new byte[types.length * DESCRIPTOR];
    int at = 0;
    for (IdentifyingInformation.Type type : types) {
      new Field("INFORMATION TYPE", at, 7, 7).put(list, type.code());
      Field.bytes("MAXIMUM INFORMATION LENGTH", at + 2, 2).put(list, type.maximumLength());
      at += DESCRIPTOR;
    }
    return list;
  }

  private static byte[] withHeader(byte[] body) {
    byte[] data = new byte[HEADER + body.length];
    Field.bytes("IDENTIFYING INFORMATION LENGTH", 2, 2).put(data, body.length);
    System.arraycopy(body, 0, data, HEADER, body.length);
    return data;
  }
}

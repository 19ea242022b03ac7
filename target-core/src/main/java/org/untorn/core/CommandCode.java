package org.untorn.core;

import java.util.OptionalInt;
import java.util.Set;

/**
 * What a command is told by: its operation code, and its service action if it has one. In text it
 * is hexadecimal: {@code 9c}, {@code 9e/10}, {@code 7f/0f}.
 *
 * @param operationCode byte 0 of the CDB, 0 to FFh
 */
public record CommandCode(int operationCode, OptionalInt serviceAction) {

  /** Operation codes whose SERVICE ACTION is in byte 1 (SPC-5, operation codes). */
  private static final Set<Integer> WITH_SERVICE_ACTION =
      Set.of(0x5E, 0x5F, 0x83, 0x84, 0x9D, 0x9E, 0x9F, 0xA3, 0xA4, 0xA9, 0xAB);

  /** The code of a row of a command table. */
  public static CommandCode of(Command command) {
    OptionalInt action =
        command.serviceAction().stream().mapToInt(Command.ServiceAction::value).findFirst();
    return new CommandCode(command.operationCode(), action);
  }

  /**
   * The code of a CDB, whether or not any device has such a command.
   *
   * @param cdb 16 bytes at least
   */
  public static CommandCode of(byte[] cdb) {
    int code = cdb[0] & 0xFF;
    OptionalInt action = OptionalInt.empty();
    if (code == Command.VARIABLE_LENGTH) {
      action = OptionalInt.of((cdb[8] & 0xFF) << 8 | (cdb[9] & 0xFF));
    } else if (WITH_SERVICE_ACTION.contains(code)) {
      action = OptionalInt.of(cdb[1] & 0x1F);
    }
    return new CommandCode(code, action);
  }

  /** The operation code alone. */
  public CommandCode withoutServiceAction() {
    return new CommandCode(operationCode, OptionalInt.empty());
  }

  @Override
  public String toString() {
    String code = "%02x".formatted(operationCode);
    return serviceAction.isPresent() ? code + "/%02x".formatted(serviceAction.getAsInt()) : code;
  }
}

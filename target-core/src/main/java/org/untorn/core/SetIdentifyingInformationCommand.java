package org.untorn.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * SET IDENTIFYING INFORMATION (SPC-5): replaces the information of a type; an empty list deletes
 * it. Other nexuses get the unit attention DEVICE IDENTIFIER CHANGED.
 */
record SetIdentifyingInformationCommand(Disk disk) implements Command.Handler {

  private static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 6, 4);
  private static final Field INFORMATION_TYPE =
      ReportIdentifyingInformationCommand.INFORMATION_TYPE;
  private static final Field INFORMATION = Field.bytes("INFORMATION", 0, 1);

  Command row() {
    return Command.row("SET IDENTIFYING INFORMATION", "SPC-5", 0xA4, 0x06, 12)
        .fields(PARAMETER_LIST_LENGTH, INFORMATION_TYPE)
        .dataOut()
        .reservation(UnderReservation.CONFLICT)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<IdentifyingInformation.Type> type =
        IdentifyingInformation.Type.of(task.getInt(INFORMATION_TYPE));
    if (type.isEmpty()) {
      task.refuse(INFORMATION_TYPE);
    } else if (task.get(PARAMETER_LIST_LENGTH) > type.get().maximumLength()) {
      task.refuse(PARAMETER_LIST_LENGTH);
    } else {
      ParameterList.receive(
          task, task.getInt(PARAMETER_LIST_LENGTH), value -> set(task, type.get(), value));
    }
  }

  private void set(CommandTask task, IdentifyingInformation.Type type, byte[] value) {
    if (type == IdentifyingInformation.Type.PERIPHERAL_DEVICE_TEXT && !isText(value)) {
      task.refuse(
          SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(0, INFORMATION)));
      return;
    }
    disk.surroundings().background().execute(() -> keep(task, type, value));
  }

  private void keep(CommandTask task, IdentifyingInformation.Type type, byte[] value) {
    try {
      disk.identifyingInformation().set(type, value);
    } catch (IOException cannotBeKept) {
      task.refuse(new SenseData(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR));
      return;
    }
    disk.attentions().raiseForOthers(task.nexus(), AdditionalSense.DEVICE_IDENTIFIER_CHANGED);
    task.complete(Outcome.GOOD);
  }

  /** Whether it is nothing, or UTF-8 that ends with its only zero byte. */
  private static boolean isText(byte[] value) {
    for (int i = 0; i < value.length; i++) {
      boolean last = i == value.length - 1;
      if ((value[i] == 0) != last) {
        return false;
      }
    }
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
      return true;
    } catch (CharacterCodingException noText) {
      return false;
    }
  }
}

package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * READ BUFFER (SPC-5 6.18, 6.19): what WRITE BUFFER wrote, and how much it may write.
 *
 * <pre>
 *  READ BUFFER descriptor                       echo buffer descriptor
 *  byte 0    OFFSET BOUNDARY: 0, any offset     byte 0    EBOS: 1, each nexus has its own
 *  byte 1-3  BUFFER CAPACITY                    byte 2-3  BUFFER CAPACITY
 * </pre>
 *
 * @param bufferId as this length of the command has it, like the other fields
 */
record ReadBufferCommand(
    DeviceBuffers buffers, Field bufferId, Field bufferOffset, Field allocationLength)
    implements Command.Handler {

  private static final int DESCRIPTOR = 4;
  private static final Field CAPACITY = Field.bytes("BUFFER CAPACITY", 1, 3);
  private static final Field EBOS = Field.bit("EBOS", 0, 0);
  private static final Field ECHO_CAPACITY = Field.bytes("BUFFER CAPACITY", 2, 2);

  private static final SenseData NOTHING_ECHOED =
      SenseData.illegalRequest(AdditionalSense.COMMAND_SEQUENCE_ERROR);

  static List<Command> rows(DeviceBuffers buffers) {
    return List.of(
        row(
            "READ BUFFER(10)",
            0x3C,
            10,
            new ReadBufferCommand(
                buffers,
                Field.bytes("BUFFER ID", 2, 1),
                Field.bytes("BUFFER OFFSET", 3, 3),
                Field.bytes("ALLOCATION LENGTH", 6, 3))),
        row(
            "READ BUFFER(16)",
            0x9B,
            16,
            new ReadBufferCommand(
                buffers,
                Field.bytes("BUFFER ID", 14, 1),
                Field.bytes("BUFFER OFFSET", 2, 8),
                Field.bytes("ALLOCATION LENGTH", 10, 4))));
  }

  private static Command row(
      String name, int operationCode, int length, ReadBufferCommand command) {
    return Command.row(name, "SPC-5", operationCode, length)
        .fields(
            BufferMode.MODE_SPECIFIC,
            BufferMode.MODE,
            command.bufferOffset,
            command.allocationLength,
            command.bufferId)
        .dataIn()
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .reach(Reach.ALWAYS)
        .handledBy(command);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<BufferMode> mode = BufferMode.of(task);
    if (mode.isEmpty()) {
      task.refuse(BufferMode.MODE);
    } else if (task.isSet(BufferMode.MODE_SPECIFIC)) {
      task.refuse(BufferMode.MODE_SPECIFIC);
    } else {
      switch (mode.get()) {
        case DATA -> data(task);
        case DESCRIPTOR -> task.answer(descriptor(task), allocationLength);
        case ECHO ->
            buffers
                .echo(task.nexus())
                .ifPresentOrElse(
                    echo -> task.answer(echo, allocationLength), () -> task.refuse(NOTHING_ECHOED));
        case ECHO_DESCRIPTOR -> task.answer(echoDescriptor(), allocationLength);
      }
    }
  }

  private void data(CommandTask task) {
    long offset = task.get(bufferOffset);
    if (task.isSet(bufferId)) {
      task.refuse(bufferId);
    } else if (offset < 0 || offset > DeviceBuffers.CAPACITY) {
      task.refuse(bufferOffset);
    } else {
      int length = (int) Math.min(DeviceBuffers.CAPACITY, task.get(allocationLength));
      task.answer(buffers.read((int) offset, length), allocationLength);
    }
  }

  /** All zeros for a buffer that there is not. */
  private byte[] descriptor(CommandTask task) {
    byte[] descriptor = new byte[DESCRIPTOR];
    CAPACITY.put(descriptor, task.isSet(bufferId) ? 0 : DeviceBuffers.CAPACITY);
    return descriptor;
  }

  private static byte[] echoDescriptor() {
    byte[] descriptor = new byte[DESCRIPTOR];
    EBOS.put(descriptor, 1);
    ECHO_CAPACITY.put(descriptor, DeviceBuffers.ECHO_CAPACITY);
    return descriptor;
  }
}

package org.untorn.core;

import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * WRITE BUFFER (SPC-5 6.49): data for READ BUFFER to read again, in the shared buffer or in the
 * nexus's echo buffer. No microcode is taken.
 */
record WriteBufferCommand(DeviceBuffers buffers) implements Command.Handler {

  private static final Field BUFFER_ID = Field.bytes("BUFFER ID", 2, 1);
  private static final Field BUFFER_OFFSET = Field.bytes("BUFFER OFFSET", 3, 3);
  private static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 6, 3);

  Command row() {
    return Command.row("WRITE BUFFER", "SPC-5", 0x3B, 10)
        .fields(
            BufferMode.MODE_SPECIFIC,
            BufferMode.MODE,
            BUFFER_ID,
            BUFFER_OFFSET,
            PARAMETER_LIST_LENGTH)
        .dataOut()
        .reservation(UnderReservation.CONFLICT)
        .reach(Reach.ALWAYS)
        .handledBy(this);
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
        case ECHO -> echo(task);
        case DESCRIPTOR, ECHO_DESCRIPTOR -> task.refuse(BufferMode.MODE);
      }
    }
  }

  private void data(CommandTask task) {
    int offset = task.getInt(BUFFER_OFFSET);
    int length = task.getInt(PARAMETER_LIST_LENGTH);
    if (task.isSet(BUFFER_ID)) {
      task.refuse(BUFFER_ID);
    } else if (offset > DeviceBuffers.CAPACITY) {
      task.refuse(BUFFER_OFFSET);
    } else if (offset + length > DeviceBuffers.CAPACITY) {
      task.refuse(PARAMETER_LIST_LENGTH);
    } else {
      ParameterList.receive(
          task,
          length,
          data -> {
            buffers.write(offset, data);
            task.complete(Outcome.GOOD);
          });
    }
  }

  private void echo(CommandTask task) {
    int length = task.getInt(PARAMETER_LIST_LENGTH);
    if (length > DeviceBuffers.ECHO_CAPACITY) {
      task.refuse(PARAMETER_LIST_LENGTH);
      return;
    }
    ParameterList.receive(
        task,
        length,
        data -> {
          buffers.writeEcho(task.nexus(), data);
          task.complete(Outcome.GOOD);
        });
  }
}

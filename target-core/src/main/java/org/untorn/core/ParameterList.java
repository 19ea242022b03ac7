package org.untorn.core;

import io.netty.buffer.ByteBufUtil;
import java.util.function.Consumer;

/** A parameter list: the Data-Out of a command that brings settings and not blocks. */
final class ParameterList {

  /** 05h/1Ah/00h: the list is shorter than the CDB, or the list itself, says. */
  static final SenseData LENGTH_ERROR =
      SenseData.illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);

  private ParameterList() {}

  /**
   * Gets a parameter list, or ends the task with {@link #LENGTH_ERROR} if the initiator offers less
   * than the CDB says.
   *
   * @param length PARAMETER LIST LENGTH, bytes; zero gives an empty list
   */
  static void receive(CommandTask task, int length, Consumer<byte[]> then) {
    if (task.dataOutBufferSize() < length) {
      task.refuse(LENGTH_ERROR);
      return;
    }
    task.receiveDataOut(
        length,
        dataOut -> {
          byte[] list = ByteBufUtil.getBytes(dataOut);
          dataOut.release();
          then.accept(list);
        });
  }
}

package org.untorn.iscsi.initiator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.ScsiResponse;

/** A command that was sent and is not answered. Owned by the session's event loop. */
final class PendingCommand {

  private final Command command;
  private final CompletableFuture<CommandResult> result;
  private byte[] dataIn = new byte[0];

  PendingCommand(Command command, CompletableFuture<CommandResult> result) {
    this.command = command;
    this.result = result;
  }

  Command command() {
    return command;
  }

  /** Keeps a piece of the input; ends if the status came with it. */
  void accept(DataIn pdu) {
    int length = pdu.data().readableBytes();
    int end = pdu.bufferOffset() + length;
    if (dataIn.length < end) {
      dataIn = Arrays.copyOf(dataIn, end);
    }
    pdu.data().getBytes(pdu.data().readerIndex(), dataIn, pdu.bufferOffset(), length);
    if (pdu.hasStatus()) {
      end(new CommandResult(0, pdu.status(), new byte[0], dataIn, pdu.residual()));
    }
  }

  void accept(ScsiResponse pdu) {
    byte[] sense = new byte[0];
    ByteBuf data = pdu.data();
    if (data.readableBytes() > 2) {
      int start = data.readerIndex();
      sense = ByteBufUtil.getBytes(data, start + 2, data.getUnsignedShort(start));
    }
    end(new CommandResult(pdu.response(), pdu.status(), sense, dataIn, pdu.residual()));
  }

  private void end(CommandResult ended) {
    command.dataOut().release();
    result.complete(ended);
  }

  void fail(InitiatorException why) {
    command.dataOut().release();
    result.completeExceptionally(why);
  }
}

package org.untorn.iscsi.fault;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.function.BooleanSupplier;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.TargetPdu;

/**
 * Lets the PDUs of one connection through, or nothing of them: all that there is between the codec
 * and the connection of a device that has no rules and whose power can be cut. Owned by the
 * channel's event loop.
 */
public final class WireSwitch extends ChannelDuplexHandler {

  private final BooleanSupplier passes;

  /**
   * A switch of one connection.
   *
   * @param passes whether a PDU gets through; asked once for each
   */
  public WireSwitch(BooleanSupplier passes) {
    this.passes = passes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (passes.getAsBoolean()) {
      ctx.fireChannelRead(message);
    } else {
      ((Received) message).release();
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof TargetPdu pdu && !passes.getAsBoolean()) {
      pdu.release();
      if (!promise.isVoid()) {
        promise.setSuccess();
      }
    } else {
      ctx.write(message, promise);
    }
  }
}

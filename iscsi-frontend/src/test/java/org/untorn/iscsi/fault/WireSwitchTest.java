package org.untorn.iscsi.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.TargetPdu;

/** PDUs at a device whose power comes and goes. */
class WireSwitchTest {

  @Test
  void pdus_get_through_while_the_switch_is_on_and_are_released_while_it_is_off() {
    AtomicBoolean on = new AtomicBoolean(true);
    EmbeddedChannel channel = new EmbeddedChannel(new WireSwitch(on::get));
    ByteBuf in = Unpooled.buffer().writeZero(4);
    ByteBuf out = Unpooled.buffer().writeZero(4);
    NopOut request = new NopOut(false, 0, 9, 0xFFFFFFFF, 1, 1, in);
    NopIn response = new NopIn(0, 9, 0xFFFFFFFF, new TargetPdu.Numbers(3, 4, 16), out);
    assertThat(channel.writeInbound(request)).isTrue();
    assertThat(channel.writeOutbound(response)).isTrue();
    assertThat(channel.<Object>readInbound()).isSameAs(request);
    assertThat(channel.<Object>readOutbound()).isSameAs(response);
    on.set(false);
    assertThat(channel.writeInbound(request)).isFalse();
    assertThat(channel.writeOutbound(response)).isFalse();
    assertThat(in.refCnt()).isZero();
    assertThat(out.refCnt()).isZero();
    assertThat(channel.writeOutbound(Unpooled.EMPTY_BUFFER)).isTrue();
    channel.finishAndReleaseAll();
  }
}

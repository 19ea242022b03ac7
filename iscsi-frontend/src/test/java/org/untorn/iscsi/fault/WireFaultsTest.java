package org.untorn.iscsi.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.BadPdu;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.PduEncoder;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;
import org.untorn.iscsi.pdu.Wire;

/** What becomes of PDUs, byte by byte; the golden bytes were worked out apart from this program. */
@SuppressWarnings("FutureReturnValueIgnored") // an embedded channel throws what goes wrong
class WireFaultsTest {

  private static final TargetPdu.Numbers NUMBERS = new TargetPdu.Numbers(3, 4, 16);

  /** A SCSI Response with status GOOD and tag 7; its header digest is 392c173d. */
  private static final String RESPONSE =
      "21800000"
          + "00000000"
          + "0000000000000000"
          + "00000007"
          + "00000000"
          + "00000003"
          + "00000004"
          + "00000010"
          + "000000000000000000000000";

  /** A NOP-In with the data "abc", its header digest, the data with padding, its data digest. */
  private static final String PING =
      "20800000"
          + "00000003"
          + "0000000000000000"
          + "00000007"
          + "ffffffff"
          + "00000003"
          + "00000004"
          + "00000010"
          + "000000000000000000000000";

  private static final String PING_DIGEST = "4a51dee6";
  private static final String PING_DATA = "61626300";
  private static final String PING_DATA_DIGEST = "4c0e9434";

  private final PduEncoder encoder = new PduEncoder();
  private final ChannelInboundHandlerAdapter connection = new ChannelInboundHandlerAdapter();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new PduDecoder(Opcode.Sender.INITIATOR), encoder, connection);
  private final List<Passing> passed = new ArrayList<>();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void install(Function<Passing, Optional<WireFault>> faults) {
    WireFaults.install(
        channel.pipeline(),
        channel.pipeline().context(connection).name(),
        pdu -> {
          passed.add(pdu);
          return faults.apply(pdu);
        });
  }

  private void install(WireFault fault) {
    install(_ -> Optional.of(fault));
  }

  private static ScsiResponse response() {
    return new ScsiResponse(
        0, 0, 7, 0, NUMBERS, 0, Residual.NONE, Residual.NONE, Unpooled.EMPTY_BUFFER);
  }

  private static NopIn ping() {
    return ping(Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII));
  }

  private static NopIn ping(ByteBuf data) {
    return new NopIn(0, 7, 0xFFFFFFFF, NUMBERS, data);
  }

  private String sent() {
    channel.flush();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static WireFault corrupt(WireFault.Digest... which) {
    return new WireFault.CorruptDigest(List.of(which).stream().findFirst());
  }

  @Test
  void a_corrupt_header_digest_differs_in_one_bit_and_all_else_is_as_it_was() {
    install(corrupt());
    encoder.digests(true, true);
    channel.write(response());
    channel.write(ping());
    assertThat(sent())
        .isEqualTo(RESPONSE + "b92c173d" + PING + "ca51dee6" + PING_DATA + PING_DATA_DIGEST);
  }

  @Test
  void a_corrupt_data_digest_differs_in_one_bit_and_all_else_is_as_it_was() {
    install(corrupt(WireFault.Digest.DATA));
    encoder.digests(true, true);
    channel.write(ping());
    assertThat(sent()).isEqualTo(PING + PING_DIGEST + PING_DATA + "cc0e9434");
  }

  @Test
  void where_only_data_has_digests_no_byte_of_a_header_or_of_data_is_touched() {
    install(corrupt());
    encoder.digests(false, true);
    channel.write(response());
    channel.write(ping());
    assertThat(sent()).isEqualTo(RESPONSE + PING + PING_DATA + "cc0e9434");
    assertThat(passed.getFirst().digests()).isEmpty();
    assertThat(passed.getLast().digests()).containsExactly(WireFault.Digest.DATA);
  }

  @Test
  void without_digests_there_is_none_to_corrupt() {
    install(corrupt());
    channel.write(ping());
    assertThat(sent()).isEqualTo(PING + PING_DATA);
  }

  @Test
  void the_digest_behind_long_data_is_found() {
    byte[] data = new byte[5001];
    ByteBuf whole = Wire.encode(true, true, List.of(ping(Unpooled.wrappedBuffer(data))));
    byte[] golden = new byte[whole.readableBytes()];
    whole.readBytes(golden);
    golden[golden.length - 4] ^= (byte) 0x80;
    install(corrupt(WireFault.Digest.DATA));
    encoder.digests(true, true);
    channel.write(ping(Unpooled.wrappedBuffer(data)));
    assertThat(sent()).isEqualTo(HexFormat.of().formatHex(golden));
    assertThat(data).containsOnly(0);
  }

  @Test
  void a_corrupt_digest_of_a_request_is_what_the_decoder_would_say() {
    install(corrupt());
    encoder.digests(false, true);
    channel.pipeline().get(PduDecoder.class).digests(false, true);
    NopOut request = new NopOut(false, 0, 9, 0xFFFFFFFF, 1, 1, Unpooled.wrappedBuffer(new byte[4]));
    channel.writeInbound(Wire.encode(false, true, List.of(request)));
    Received received = channel.readInbound();
    assertThat(received).isInstanceOf(BadPdu.class);
    assertThat(((BadPdu) received).fault()).isEqualTo(BadPdu.Fault.DATA_DIGEST);
    received.release();
  }

  @Test
  void a_duplicate_goes_out_twice_with_all_its_bytes() {
    install(new WireFault.Duplicate());
    channel.write(ping());
    assertThat(sent()).isEqualTo(PING + PING_DATA + PING + PING_DATA);
  }

  @Test
  void a_duplicate_arrives_twice_and_each_has_its_own_data() {
    install(new WireFault.Duplicate());
    ByteBuf data = Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII);
    NopOut request = new NopOut(false, 0, 9, 0xFFFFFFFF, 1, 1, data);
    channel.writeInbound(Wire.encode(false, false, List.of(request)));
    for (int i = 0; i < 2; i++) {
      NopOut received = channel.readInbound();
      assertThat(received.initiatorTaskTag()).isEqualTo(9);
      assertThat(received.data().readCharSequence(3, StandardCharsets.US_ASCII)).hasToString("abc");
      received.release();
    }
    assertThat(passed).hasSize(1);
  }

  @Test
  void a_truncated_pdu_is_the_last_that_is_sent() {
    install(new WireFault.Truncate());
    channel.write(ping(Unpooled.wrappedBuffer(new byte[2000])));
    channel.write(response());
    assertThat(sent()).hasSize(2 * 24);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void what_waits_behind_a_delayed_pdu_stays_behind_it_whatever_happens_to_it() {
    install(
        pdu ->
            Optional.of(
                pdu.kind().equals("nop-in")
                    ? new WireFault.Delay(Duration.ofMillis(5))
                    : new WireFault.FlipBit(0)));
    channel.freezeTime();
    channel.write(ping());
    channel.write(response());
    assertThat(sent()).isEmpty();
    channel.advanceTimeBy(5, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(sent()).isEqualTo(PING + PING_DATA + "a1" + RESPONSE.substring(2));
  }

  private static NopOut request(int tag) {
    return new NopOut(false, 0, tag, 0xFFFFFFFF, 1, 1, Unpooled.EMPTY_BUFFER);
  }

  private void pass(int millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  /** Delays one PDU after the other by so many milliseconds; by 0: not. */
  private static Function<Passing, Optional<WireFault>> delays(Integer... millis) {
    Iterator<Integer> next = List.of(millis).iterator();
    return _ ->
        Optional.of(next.next())
            .filter(delay -> delay > 0)
            .map(delay -> new WireFault.Delay(Duration.ofMillis(delay)));
  }

  @Test
  void each_delayed_pdu_leaves_at_its_own_time_and_one_without_with_the_one_before() {
    channel.freezeTime();
    install(delays(20, 20, 0, 1));
    channel.write(ping());
    pass(18);
    channel.write(response());
    channel.write(response());
    channel.write(response());
    pass(1);
    assertThat(sent()).isEmpty();
    pass(1);
    assertThat(sent()).isEqualTo(PING + PING_DATA);
    pass(17);
    assertThat(sent()).isEmpty();
    pass(1);
    assertThat(sent()).isEqualTo(RESPONSE + RESPONSE + RESPONSE);
  }

  @Test
  void each_delayed_pdu_arrives_at_its_own_time_and_one_without_with_the_one_before() {
    channel.freezeTime();
    install(delays(20, 20, 0, 1));
    channel.writeInbound(Wire.encode(false, false, List.of(request(1))));
    pass(18);
    channel.writeInbound(Wire.encode(false, false, List.of(request(2), request(3), request(4))));
    pass(1);
    assertThat(channel.inboundMessages()).isEmpty();
    pass(1);
    assertThat(arrived()).containsExactly(1);
    pass(17);
    assertThat(channel.inboundMessages()).isEmpty();
    pass(1);
    assertThat(arrived()).containsExactly(2, 3, 4);
  }

  private List<Integer> arrived() {
    List<Integer> tags = new ArrayList<>();
    for (NopOut pdu = channel.readInbound(); pdu != null; pdu = channel.readInbound()) {
      tags.add(pdu.initiatorTaskTag());
      pdu.release();
    }
    return tags;
  }

  @Test
  void the_end_of_what_is_sent_stands_behind_what_is_delayed() {
    channel.freezeTime();
    install(delays(20));
    channel.write(response());
    ChannelFuture end = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    pass(19);
    assertThat(end.isDone()).isFalse();
    pass(1);
    assertThat(sent()).isEqualTo(RESPONSE);
    assertThat(end.isSuccess()).isTrue();
  }

  @Test
  void from_a_stall_on_nothing_is_sent_nor_said_to_be_until_the_connection_ends() {
    install(new WireFault.Stall());
    ByteBuf data = Unpooled.buffer().writeZero(4);
    ChannelFuture stalled = channel.write(ping(data));
    ChannelFuture end = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    assertThat(sent()).isEmpty();
    assertThat(data.refCnt()).isZero();
    assertThat(stalled.isDone()).isFalse();
    assertThat(end.isDone()).isFalse();
    channel.close();
    channel.runPendingTasks();
    assertThat(stalled.cause()).isInstanceOf(ClosedChannelException.class);
    assertThat(end.cause()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void delayed_pdus_are_released_when_the_connection_ends() {
    install(new WireFault.Delay(Duration.ofDays(1)));
    ByteBuf out = Unpooled.buffer().writeZero(4);
    channel.write(ping(out));
    ByteBuf in = Unpooled.buffer().writeZero(8);
    channel
        .pipeline()
        .context(PduDecoder.class)
        .fireChannelRead(new NopOut(false, 0, 9, 0xFFFFFFFF, 1, 1, in));
    assertThat(channel.inboundMessages()).isEmpty();
    assertThat(out.refCnt()).isEqualTo(1);
    assertThat(in.refCnt()).isEqualTo(1);
    channel.close();
    channel.runPendingTasks();
    assertThat(out.refCnt()).isZero();
    assertThat(in.refCnt()).isZero();
  }

  @Test
  void a_refused_function_does_nothing_and_its_response_has_the_code_that_was_chosen() {
    install(
        pdu ->
            pdu.function().equals(OptionalInt.of(1))
                ? Optional.of(new WireFault.RefuseFunction(5))
                : Optional.empty());
    channel.writeInbound(Wire.encode(false, false, List.of(function(1, 20), function(5, 21))));
    TaskManagementRequest aborting = channel.readInbound();
    TaskManagementRequest resetting = channel.readInbound();
    assertThat(aborting.function()).isZero();
    assertThat(resetting.function()).isEqualTo(5);
    assertThat(passed).extracting(Passing::lun).allMatch(lun -> lun.orElse(-1) == 2);
    channel.write(new TaskManagementResponse(0, 21, NUMBERS));
    assertThat(sent().substring(4, 6)).isEqualTo("00");
    channel.write(new TaskManagementResponse(0, 20, NUMBERS));
    assertThat(sent().substring(4, 6)).isEqualTo("05");
    channel.write(new TaskManagementResponse(0, 20, NUMBERS));
    assertThat(sent().substring(4, 6)).isEqualTo("00");
    assertThat(passed.get(3).lun()).hasValue(2);
  }

  private static TaskManagementRequest function(int number, int tag) {
    return new TaskManagementRequest(true, number, 2L << 48, tag, 8, 1, 1, 1, 0);
  }
}

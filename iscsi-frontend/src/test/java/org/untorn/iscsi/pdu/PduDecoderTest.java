package org.untorn.iscsi.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.BadPdu.Fault;

/** What the decoder shares, what it refuses, and what that ends. */
class PduDecoderTest {

  private static DataOut data(int length) {
    return new DataOut(
        true, 0, 1, 2, 3, 4, 5, Unpooled.buffer().writeZero(length).setByte(0, 0x77));
  }

  private static ByteBuf bytes(boolean headerDigest, boolean dataDigest, Pdu... pdus) {
    return Wire.encode(headerDigest, dataDigest, List.of(pdus));
  }

  private static PduDecoder decoder(boolean headerDigest, boolean dataDigest) {
    PduDecoder decoder = new PduDecoder(Opcode.Sender.INITIATOR);
    decoder.digests(headerDigest, dataDigest);
    return decoder;
  }

  private static List<Fault> faults(List<Received> received) {
    return received.stream()
        .filter(BadPdu.class::isInstance)
        .map(bad -> ((BadPdu) bad).fault())
        .toList();
  }

  @Test
  void the_data_of_a_pdu_that_came_whole_is_a_slice_of_what_was_read() {
    ByteBuf read = bytes(false, false, data(100));
    EmbeddedChannel channel = new EmbeddedChannel(decoder(false, false));
    channel.writeInbound(read);
    DataOut pdu = channel.readInbound();
    assertThat(read.refCnt()).isEqualTo(1);
    read.setByte(48, 0x55);
    assertThat(pdu.data().getByte(0)).isEqualTo((byte) 0x55);
    pdu.release();
    assertThat(read.refCnt()).isZero();
    channel.finishAndReleaseAll();
  }

  @Test
  void the_large_parts_of_a_segment_that_spans_reads_are_slices_too() {
    ByteBuf all = bytes(false, false, data(7000), data(90_000));
    ByteBuf first = all.copy(0, 50_000);
    ByteBuf second = all.copy(50_000, all.readableBytes() - 50_000);
    PduDecoder decoder = decoder(false, false);
    decoder.maxDataSegmentLength(90_000);
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    channel.writeInbound(first, second);
    channel.<DataOut>readInbound().release();
    DataOut pdu = channel.readInbound();
    assertThat(pdu.data().readableBytes()).isEqualTo(90_000);
    assertThat(List.of(first.refCnt(), second.refCnt())).containsExactly(1, 1);
    pdu.release();
    assertThat(List.of(first.refCnt(), second.refCnt())).containsExactly(0, 0);
    channel.finishAndReleaseAll();
  }

  @Test
  void a_bad_data_digest_loses_the_pdu_and_not_the_stream() {
    ByteBuf stream = bytes(false, true, data(100), data(200));
    stream.setByte(60, 1);
    List<Received> received = Wire.decode(decoder(false, true), stream);
    assertThat(faults(received)).containsExactly(Fault.DATA_DIGEST);
    assertThat(received).hasSize(2);
    assertThat(((BadPdu) received.getFirst()).asDataOut().orElseThrow().bufferOffset())
        .isEqualTo(5);
  }

  @Test
  void a_bad_data_digest_is_found_whatever_the_cuts() {
    ByteBuf stream = bytes(true, true, data(100), data(200));
    stream.setByte(60, 1);
    ByteBuf[] single = new ByteBuf[stream.readableBytes()];
    for (int i = 0; i < single.length; i++) {
      single[i] = stream.readRetainedSlice(1);
    }
    List<Received> received = Wire.decode(decoder(true, true), single);
    assertThat(faults(received)).containsExactly(Fault.DATA_DIGEST);
    assertThat(received).hasSize(2);
  }

  @Test
  void a_bad_header_digest_loses_the_stream() {
    ByteBuf stream = bytes(true, false, data(100), data(200));
    stream.setByte(30, 1);
    List<Received> received = Wire.decode(decoder(true, false), stream);
    assertThat(faults(received)).containsExactly(Fault.HEADER_DIGEST);
    assertThat(received).hasSize(1);
  }

  @Test
  void a_segment_longer_than_declared_loses_the_stream_before_it_is_held() {
    ByteBuf stream = bytes(false, false, data(8192), data(8193));
    List<Received> received = Wire.decode(decoder(false, false), stream);
    assertThat(faults(received)).containsExactly(Fault.DATA_SEGMENT_TOO_LONG);
    assertThat(received).hasSize(2);
  }

  @Test
  void an_unknown_opcode_loses_the_pdu_with_its_data_and_not_the_stream() {
    ByteBuf stream = bytes(false, false, data(100), data(200));
    stream.setByte(0, 0x1C);
    List<Received> received = Wire.decode(decoder(false, false), stream);
    assertThat(faults(received)).containsExactly(Fault.UNKNOWN_OPCODE);
    assertThat(received.get(1)).isEqualTo(data(200));
  }

  @Test
  void data_or_additional_headers_where_there_are_none_are_illegal() {
    ByteBuf data = bytes(false, false, data(4));
    data.setByte(0, Opcode.LOGOUT_REQUEST.code());
    assertThat(faults(Wire.decode(decoder(false, false), data)))
        .containsExactly(Fault.ILLEGAL_FIELD);
    ByteBuf ahs = bytes(false, false, data(4));
    ahs.setByte(4, 1).setMedium(5, 0);
    assertThat(faults(Wire.decode(decoder(false, false), ahs)))
        .containsExactly(Fault.ILLEGAL_FIELD);
  }

  @Test
  void additional_headers_longer_than_their_field_says_are_illegal() {
    for (int length : new int[] {0, 6, 0xFFFF}) {
      ByteBuf command = Unpooled.buffer().writeZero(52);
      command.setByte(0, Opcode.SCSI_COMMAND.code()).setByte(4, 1);
      command.setShort(48, length).setByte(50, 1);
      assertThat(faults(Wire.decode(decoder(false, false), command)))
          .as("length %d", length)
          .containsExactly(Fault.ILLEGAL_FIELD);
    }
  }

  @Test
  void after_its_removal_nothing_is_held() {
    ByteBuf stream = bytes(false, false, data(8000));
    EmbeddedChannel channel = new EmbeddedChannel(decoder(false, false));
    ByteBuf part = stream.readRetainedSlice(7000);
    channel.writeInbound(part);
    channel.finishAndReleaseAll();
    stream.release();
    assertThat(stream.refCnt()).isZero();
  }
}

package org.untorn.iscsi.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The decoder under inputs that Jazzer finds by the coverage they gain, and under all that it ever
 * found something with: no exception, no leak, no growth, and a stream means the same however it is
 * cut into pieces.
 *
 * <pre>
 *  byte 0   bits 3-0: which digests; bit 4: who sends; bits 7-5: how the second decoder gets it
 *  byte 1.. the stream
 * </pre>
 */
class DecoderHuntTest {

  private static final long MAX_HELD =
      PduDecoder.DEFAULT_MAX_DATA_SEGMENT_LENGTH + 8L + ByteCollector.RUN;

  @FuzzTest(maxDuration = "1m")
  void a_stream_means_the_same_in_any_pieces(byte[] input) {
    int how = input.length == 0 ? 0 : input[0];
    byte[] stream = new byte[Math.max(0, input.length - 1)];
    System.arraycopy(input, Math.min(1, input.length), stream, 0, stream.length);
    List<String> whole = decode(how, stream, Math.max(1, stream.length));
    assertThat(decode(how, stream, 1 + (how >>> 5 & 7) * 13)).isEqualTo(whole);
  }

  /** What comes out, up to what loses the stream. */
  private static List<String> decode(int how, byte[] stream, int piece) {
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    PduDecoder decoder =
        new PduDecoder((how & 0x10) == 0 ? Opcode.Sender.INITIATOR : Opcode.Sender.TARGET);
    decoder.digests((how & 1) != 0, (how & 2) != 0);
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    channel.config().setAllocator(allocator);
    List<String> found = new ArrayList<>();
    boolean lost = false;
    for (int at = 0; at < stream.length && !lost; at += piece) {
      int length = Math.min(piece, stream.length - at);
      channel.writeInbound(allocator.heapBuffer(length).writeBytes(stream, at, length));
      lost = take(channel, found);
      assertThat(held(allocator)).isLessThanOrEqualTo(MAX_HELD);
    }
    channel.finishAndReleaseAll();
    assertThat(held(allocator)).isZero();
    return found;
  }

  private static boolean take(EmbeddedChannel channel, List<String> found) {
    boolean lost = false;
    for (Received r = channel.readInbound(); r != null; r = channel.readInbound()) {
      if (lost) {
        r.release();
      } else {
        found.add(consume(r));
        lost = r instanceof BadPdu broken && broken.fault().endsConnection();
      }
    }
    return lost;
  }

  private static String consume(Received received) {
    return switch (received) {
      case Pdu pdu -> Wire.hex(pdu); // the encoder releases it
      case BadPdu broken -> {
        broken.release();
        yield broken.fault().name();
      }
    };
  }

  private static long held(UnpooledByteBufAllocator allocator) {
    return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
  }
}

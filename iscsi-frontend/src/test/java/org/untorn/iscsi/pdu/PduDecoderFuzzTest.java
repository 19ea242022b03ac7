package org.untorn.iscsi.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The decoder under a million random and mutated PDUs: no exception, no leak, no growth. Every
 * buffer comes from an allocator that counts.
 */
class PduDecoderFuzzTest {

  private static final int PDUS = 500_000;
  private static final int BATCH = 16;
  private static final long SEED = 0x11CAFE;

  /** A header and a data segment that are incomplete, the latter once more as runs. */
  private static final long MAX_HELD =
      PduDecoder.DEFAULT_MAX_DATA_SEGMENT_LENGTH + 8L + ByteCollector.RUN;

  /** A decoder whose buffers are counted; a new one whenever the stream is lost. */
  private static final class Bench {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final SplittableRandom random;
    private EmbeddedChannel channel = new EmbeddedChannel();
    private long pdus;
    private long bad;

    Bench(long seed) {
      random = new SplittableRandom(seed);
      renew();
    }

    private void renew() {
      channel.finishAndReleaseAll();
      PduDecoder decoder = new PduDecoder(Opcode.Sender.INITIATOR);
      decoder.digests(false, random.nextInt(4) == 0);
      channel = new EmbeddedChannel(decoder);
      channel.config().setAllocator(allocator);
    }

    void feed(ByteBuf stream) {
      boolean lost = false;
      while (stream.isReadable()) {
        int length = Math.min(stream.readableBytes(), 1 + random.nextInt(8192));
        channel.writeInbound(allocator.heapBuffer(length).writeBytes(stream, length));
        for (Received r = channel.readInbound(); r != null; r = channel.readInbound()) {
          pdus++;
          if (r instanceof BadPdu broken) {
            bad++;
            lost |= broken.fault().endsConnection();
          }
          r.release();
        }
        assertThat(held()).isLessThanOrEqualTo(MAX_HELD);
      }
      if (lost) {
        renew();
      }
    }

    long held() {
      return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    void close() {
      channel.finishAndReleaseAll();
    }
  }

  @ParameterizedTest
  @EnumSource(Opcode.Sender.class)
  void a_million_mutated_pdus_do_no_harm(Opcode.Sender sender) {
    Bench bench = new Bench(SEED);
    Mutator mutator = new Mutator(new SplittableRandom(SEED), sender, 600);
    ByteBuf stream = Unpooled.buffer();
    long sent = 0;
    try {
      for (; sent < PDUS; sent += BATCH) {
        stream.clear();
        for (int i = 0; i < BATCH; i++) {
          mutator.append(stream);
        }
        bench.feed(stream);
      }
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + SEED + ", after " + sent + " PDUs", e);
    }
    bench.close();
    assertThat(bench.held()).isZero();
    assertThat(bench.pdus).isGreaterThan(PDUS / 10);
    assertThat(bench.bad).isGreaterThan(PDUS / 100);
  }

  @Test
  void a_leak_would_be_seen() {
    Bench bench = new Bench(SEED);
    ByteBuf forgotten = bench.allocator.heapBuffer(100);
    assertThat(bench.held()).isEqualTo(100);
    forgotten.release();
    assertThat(bench.held()).isZero();
    bench.close();
  }

  @Test
  void an_exception_would_be_seen() {
    ByteBuf released = Unpooled.buffer(1);
    released.release();
    EmbeddedChannel channel = new EmbeddedChannel(new PduDecoder(Opcode.Sender.INITIATOR));
    assertThatThrownBy(() -> channel.writeInbound(released)).isInstanceOf(RuntimeException.class);
    channel.finishAndReleaseAll();
  }
}

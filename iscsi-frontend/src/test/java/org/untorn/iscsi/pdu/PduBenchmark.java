package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one PDU costs the decoder and the encoder, where {@value #BATCH} of them come in one read
 * and leave with one flush.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PduBenchmark {

  private static final int BATCH = 32;

  /** Whether header and data digests are on. */
  @Param({"false", "true"})
  public boolean digests;

  private final ByteBuf block = Unpooled.directBuffer(4096).writeZero(4096).asReadOnly();
  private final EmbeddedChannel decoding = new EmbeddedChannel();
  private final EmbeddedChannel encoding = new EmbeddedChannel();
  private ByteBuf reads = Unpooled.EMPTY_BUFFER;
  private ByteBuf writes = Unpooled.EMPTY_BUFFER;

  /** Makes the streams and the pipelines. */
  @Setup
  public void setUp() {
    reads = stream(Unpooled.EMPTY_BUFFER);
    writes = stream(block);
    PduDecoder decoder = new PduDecoder(Opcode.Sender.INITIATOR);
    decoder.digests(digests, digests);
    decoding.pipeline().addLast(decoder, new Sink());
    PduEncoder encoder = new PduEncoder();
    encoder.digests(digests, digests);
    encoding.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    encoding.pipeline().addLast(new Drain(), encoder);
  }

  private ByteBuf stream(ByteBuf data) {
    List<ScsiCommand> commands =
        Stream.generate(() -> command(data.retainedDuplicate())).limit(BATCH).toList();
    ByteBuf encoded = Wire.encode(digests, digests, commands);
    ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer(encoded.readableBytes());
    direct.writeBytes(encoded);
    encoded.release();
    return direct;
  }

  private static ScsiCommand command(ByteBuf data) {
    boolean write = data.isReadable();
    return new ScsiCommand(
        false, true, !write, write, 1, 0, 7, 4096, 1, 1, new byte[16], List.of(), data);
  }

  /** Gives the buffers back. */
  @TearDown
  public void tearDown() {
    reads.release();
    writes.release();
    decoding.finishAndReleaseAll();
    encoding.finishAndReleaseAll();
  }

  /** READ commands: headers alone. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void decodeRead() {
    decoding.pipeline().fireChannelRead(reads.retainedDuplicate());
  }

  /** WRITE commands with 4 KiB of immediate data. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void decodeWrite() {
    decoding.pipeline().fireChannelRead(writes.retainedDuplicate());
  }

  /** SCSI Responses: headers alone. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void encodeResponse() {
    for (int i = 0; i < BATCH; i++) {
      TargetPdu.Numbers numbers = new TargetPdu.Numbers(i, i, i + 128);
      write(
          new ScsiResponse(
              0, 0, i, 0, numbers, 0, Residual.NONE, Residual.NONE, Unpooled.EMPTY_BUFFER));
    }
    encoding.pipeline().flush();
  }

  /** Data-In with 4 KiB and the status. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void encodeDataIn() {
    for (int i = 0; i < BATCH; i++) {
      TargetPdu.Numbers numbers = new TargetPdu.Numbers(i, i, i + 128);
      write(
          new DataIn(
              true,
              false,
              true,
              0,
              0,
              i,
              Pdu.RESERVED_TAG,
              numbers,
              0,
              0,
              Residual.NONE,
              block.retainedDuplicate()));
    }
    encoding.pipeline().flush();
  }

  private void write(TargetPdu pdu) {
    var _ = encoding.pipeline().write(pdu, encoding.voidPromise());
  }

  /** Takes what the decoder delivers. */
  private static final class Sink extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ((Received) message).release();
    }
  }

  /** Takes what the encoder passes on. */
  private static final class Drain extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {}
  }
}

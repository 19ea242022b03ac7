package org.untorn.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.Wire;

/**
 * What a command costs from its bytes to the bytes of its answer, without a socket and over a
 * target that copies 4 KiB: decoder, session, encoder. {@value #BATCH} come in one read.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SessionBenchmark {

  private static final int BATCH = 32;
  private static final int BYTES = 4096;

  /** Where CmdSN stands in a SCSI Command PDU (RFC 7143 11.3). */
  private static final int CMD_SN = 24;

  private final Harness harness = Harness.loggedIn("ImmediateData=Yes");
  private final ByteBuf reads;
  private final ByteBuf writes;
  private int cmdSN = harness.cmdSN();

  /** A session that is logged in, and the bytes of its commands. */
  public SessionBenchmark() {
    harness.ignoreAll();
    harness.channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    harness.channel.pipeline().addFirst(new Drain());
    reads = stream(MemoryTarget.READ_10, Unpooled.EMPTY_BUFFER);
    writes = stream(MemoryTarget.WRITE_10, Unpooled.directBuffer(BYTES).writeZero(BYTES));
  }

  private static ByteBuf stream(int opcode, ByteBuf data) {
    List<ScsiCommand> commands =
        Stream.iterate(0, tag -> tag + 1)
            .limit(BATCH)
            .map(tag -> command(tag, opcode, data.retainedDuplicate()))
            .toList();
    ByteBuf encoded = Wire.encode(false, false, commands);
    data.release();
    ByteBuf direct = Unpooled.directBuffer(encoded.readableBytes()).writeBytes(encoded);
    encoded.release();
    return direct;
  }

  private static ScsiCommand command(int tag, int opcode, ByteBuf data) {
    byte[] cdb = MemoryTarget.cdb(opcode, tag, BYTES / MemoryTarget.BLOCK);
    boolean write = data.isReadable();
    return new ScsiCommand(
        false, true, !write, write, 1, 0, tag, BYTES, 0, 0, cdb, List.of(), data);
  }

  /** Gives the buffers back. */
  @TearDown
  public void tearDown() {
    harness.close();
    reads.release();
    writes.release();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void read() {
    receive(reads);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void write() {
    receive(writes);
  }

  private void receive(ByteBuf stream) {
    int length = stream.readableBytes() / BATCH;
    for (int i = 0; i < BATCH; i++) {
      stream.setInt(i * length + CMD_SN, cmdSN++);
    }
    harness.channel.pipeline().fireChannelRead(stream.retainedDuplicate());
    harness.channel.pipeline().fireChannelReadComplete();
  }

  /** Takes what would go to the socket. */
  private static final class Drain extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {}
  }
}

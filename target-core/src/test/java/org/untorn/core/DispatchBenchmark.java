package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.AtomicProfile;

/**
 * What a command costs from {@link TargetDevice#execute} to its completion, over a store that does
 * nothing: the table, the filters, the handler's checks.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DispatchBenchmark {

  private static final int BYTES = 4096;
  private static final Geometry GEOMETRY = new Geometry(512, 1 << 20);

  private final byte[] testUnitReady = cdb("00 00 00 00 00 00");
  private final byte[] read10 = cdb("28 00 00 00 00 80 00 00 08 00");
  private final byte[] write10 = cdb("2A 00 00 00 00 80 00 00 08 00");
  private final byte[] writeAtomic16 = cdb("9C 00 00 00 00 00 00 00 00 80 00 00 00 08 00 00");
  private final ByteBuf dataOut = Unpooled.directBuffer(BYTES).writeZero(BYTES);
  private final TargetDevice target;

  /** A target whose one unit has no unit attention pending. */
  public DispatchBenchmark() {
    UnitProfile profile = Bench.profile(AtomicProfile.DEFAULT.limits());
    DiskUnit disk = DiskUnit.over(new Nowhere(), profile);
    target = new TargetDevice("iqn.t", new TreeMap<>(Map.of(0, disk.unit())), profile.inquiry());
    target.nexusEstablished(Bench.ALICE);
    target.execute(new Call(testUnitReady, dataOut));
  }

  private static byte[] cdb(String hex) {
    return java.util.Arrays.copyOf(Bench.hex(hex), 16);
  }

  @Benchmark
  public void testUnitReady() {
    target.execute(new Call(testUnitReady, dataOut));
  }

  @Benchmark
  public void read() {
    target.execute(new Call(read10, dataOut));
  }

  @Benchmark
  public void write() {
    target.execute(new Call(write10, dataOut));
  }

  @Benchmark
  public void writeAtomic() {
    target.execute(new Call(writeAtomic16, dataOut));
  }

  /** A store that has done everything at once. */
  private static final class Nowhere implements BlockStore {
    @Override
    public Geometry geometry() {
      return GEOMETRY;
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      completion.completed(BlockOutcome.DONE);
    }
  }

  /** A task whose data is at hand and whose answer nobody reads. */
  private static final class Call implements Task {
    private final byte[] cdb;
    private final ByteBuf dataOut;

    Call(byte[] cdb, ByteBuf dataOut) {
      this.cdb = cdb;
      this.dataOut = dataOut;
    }

    @Override
    public Nexus nexus() {
      return Bench.ALICE;
    }

    @Override
    public long lun() {
      return 0;
    }

    @Override
    public long tag() {
      return 1;
    }

    @Override
    public TaskAttribute attribute() {
      return TaskAttribute.SIMPLE;
    }

    @Override
    public byte[] cdb() {
      return cdb;
    }

    @Override
    public long dataOutBufferSize() {
      return BYTES;
    }

    @Override
    public void execute(Runnable action) {
      action.run();
    }

    @Override
    public ByteBufAllocator allocator() {
      return PooledByteBufAllocator.DEFAULT;
    }

    @Override
    public void receiveDataOut(int length, Consumer<ByteBuf> then) {
      then.accept(dataOut.retain());
    }

    @Override
    public void complete(Outcome outcome) {
      switch (outcome) {
        case Outcome.Good(ByteBuf dataIn) -> dataIn.release();
        case Outcome.CheckCondition(ByteBuf _) -> {} // the first unit attention
        case Outcome.Busy _,
            Outcome.ReservationConflict _,
            Outcome.TaskSetFull _,
            Outcome.AcaActive _,
            Outcome.TaskAborted _,
            Outcome.Other _ ->
            throw new IllegalStateException(outcome.toString());
      }
    }

    @Override
    public void terminate() {}
  }
}

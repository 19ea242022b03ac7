package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What appending a record costs, and reading one, over memory: all but the host's own work. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AppendBenchmark {

  private static final int BLOCK = 4096;
  private static final int BLOCKS = 1 << 14;

  @Param({"4096", "65536"})
  public int bytes;

  private Optional<Pool> pool = Optional.empty();
  private Optional<BlockStore> store = Optional.empty();
  private BlockOperation[] writes = {};
  private BlockOperation[] reads = {};
  private int next;

  /** A pool whose log goes round and round in little space. */
  @Setup
  public void prepare() throws IOException {
    PoolOptions options =
        PoolOptions.DEFAULT.withSegmentBytes(8 << 20).withCapacityBytes(512L << 20);
    Pool made = Pool.open(new MemoryMedium(), options);
    made.create("volume", new Geometry(BLOCK, BLOCKS));
    pool = Optional.of(made);
    store = Optional.of(made.open("volume"));
    int count = BLOCKS / (bytes / BLOCK);
    ByteBuffer data = ByteBuffer.allocateDirect(bytes);
    while (data.hasRemaining()) {
      data.put((byte) data.position());
    }
    writes = new BlockOperation[count];
    reads = new BlockOperation[count];
    for (int i = 0; i < count; i++) {
      // A stride that meets each place once, far from the one before.
      long lba = i * 4099L % count * (bytes / BLOCK);
      writes[i] =
          new BlockOperation.Write(lba, List.of(data.clear().duplicate()), Durability.APPENDED);
      reads[i] = new BlockOperation.Read(lba, ByteBuffer.allocateDirect(bytes));
      store.orElseThrow().submit(writes[i], outcome -> {});
    }
  }

  @TearDown
  public void close() throws IOException {
    pool.orElseThrow().close();
  }

  @Benchmark
  public void append() {
    submit(writes);
  }

  @Benchmark
  public void read() {
    submit(reads);
  }

  private void submit(BlockOperation[] operations) {
    next = next + 1 < operations.length ? next + 1 : 0;
    store.orElseThrow().submit(operations[next], AppendBenchmark::mustBeDone);
  }

  private static void mustBeDone(BlockOutcome outcome) {
    if (!(outcome instanceof BlockOutcome.Done)) {
      throw new IllegalStateException(outcome.toString());
    }
  }
}

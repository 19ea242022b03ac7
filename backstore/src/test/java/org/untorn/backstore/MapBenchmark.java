package org.untorn.backstore;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a read and a write of 4 KiB at random ask of a map that one GiB is in. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MapBenchmark {

  private static final int GRANULES = 1 << 18;

  private final BlockMaps maps = new BlockMaps();
  private final Random random = new Random(1);
  private final Pieces pieces = new Pieces();
  private final int[] checksums = new int[1];
  private Root root = Root.empty(new Geometry(512, 8L * GRANULES));
  private long location = Location.of(1, 1);

  /** Fills the map, in no order. */
  public MapBenchmark() {
    for (long i = 0; i < GRANULES; i++) {
      write((i * 0x9E3779B1L) & (GRANULES - 1));
    }
  }

  @Benchmark
  public Object insert() {
    write(random.nextInt(GRANULES));
    return root;
  }

  @Benchmark
  public long lookup() {
    long start = (long) random.nextInt(GRANULES) * Kind.GRANULE_UNITS;
    int entered = maps.nodes().readers().enter();
    pieces.clear();
    maps.reader().find(root, start, start + Kind.GRANULE_UNITS, pieces);
    maps.nodes().readers().exit(entered);
    return pieces.location(0);
  }

  private void write(long granule) {
    maps.tidy();
    PieceLayout layout = PieceLayout.of(granule * Kind.GRANULE_UNITS, 8, 512);
    root = maps.with(root, new Written(layout, location, checksums));
    location += Kind.GRANULE_UNITS + 1;
    if (Location.unit(location) > 100_000) {
      location = Location.of(Location.segment(location) + 1, 1);
    }
  }
}

package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.backstore.fault.PowerLossMedium;

/** Random steps, reopening included, against plain arrays. */
class PoolModelTest {

  /** Shut while the medium is copied: a process that dies does all its I/O before that moment. */
  private final Semaphore gate = new Semaphore(1);

  private static final int STEPS = 10_000;

  @ParameterizedTest
  @CsvSource({"1, 512, 200, 16", "2, 4096, 40, 64", "3, 1024, 900, 256", "4, 512, 70, 8"})
  void a_pool_holds_what_plain_arrays_hold(long seed, int blockLength, int blocks, int segmentKiB)
      throws IOException {
    Random random = new Random(seed);
    Geometry geometry = new Geometry(blockLength, blocks);
    PoolOptions options =
        PoolOptions.DEFAULT.withSegmentBytes(segmentKiB << 10).withRoomFor(5 * geometry.bytes());
    PoolModel model = new PoolModel();
    Medium medium = new MemoryMedium(4 << 10);
    Pool pool = Pool.open(gated(medium), options);
    for (int i = 0; i < STEPS; i++) {
      String where = "seed " + seed + ", step " + i;
      if (random.nextInt(400) == 0) {
        medium = random.nextBoolean() ? closed(pool, medium) : killed(pool, medium);
        pool = Pool.open(gated(medium), options);
        assertThat(PoolModel.of(pool)).as(where).isEqualTo(model);
      }
      Step step = Step.random(random, model, geometry);
      step.run(pool, store -> store);
      step.change(model);
      if (random.nextInt(100) == 0) {
        assertThat(PoolModel.of(pool)).as(where + ": " + step).isEqualTo(model);
      }
    }
    pool.close();
    assertThat(PoolModel.of(Pool.open(medium, options))).as("seed " + seed).isEqualTo(model);
  }

  /** A medium whose I/Os wait while the gate is shut. */
  private Medium gated(Medium medium) {
    Hooked gated = new Hooked(medium);
    gated.hook(
        (io, file, purpose) -> {
          gate.acquireUninterruptibly();
          gate.release();
        });
    return gated;
  }

  private static Medium closed(Pool pool, Medium medium) throws IOException {
    pool.close();
    return medium;
  }

  /** The medium as the death of the process leaves it: with all that was written. */
  private Medium killed(Pool pool, Medium medium) throws IOException {
    gate.acquireUninterruptibly();
    Medium left;
    try {
      left = new PowerLossMedium(medium).imageAfterPowerLoss(new BitSet());
    } finally {
      gate.release();
    }
    pool.close();
    return left;
  }
}

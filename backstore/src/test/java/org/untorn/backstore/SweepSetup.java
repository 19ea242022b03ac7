package org.untorn.backstore;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a {@link CrashSweep} sweeps, and where a canary sits.
 *
 * @param aboveMedium between the pool and the medium that loses its power
 * @param aboveStore between the steps and the pool's volumes
 * @param aboveImage between the recovering pool and what the power failure left
 */
record SweepSetup(
    long seed,
    PoolOptions options,
    List<Geometry> shapes,
    UnaryOperator<Medium> aboveMedium,
    UnaryOperator<BlockStore> aboveStore,
    UnaryOperator<Medium> aboveImage) {

  /** A pool of a few blocks, so that most moments can be swept exhaustively. */
  static SweepSetup small(long seed) {
    int segment = 8 << 10;
    PoolOptions options =
        PoolOptions.DEFAULT.withSegmentBytes(segment).withCapacityBytes(24L * segment);
    List<Geometry> shapes = List.of(new Geometry(512, 20), new Geometry(1024, 6));
    return new SweepSetup(
        seed, options, shapes, medium -> medium, store -> store, medium -> medium);
  }

  /** Thousands of blocks, long segments. */
  static SweepSetup large(long seed) {
    int segment = 128 << 10;
    PoolOptions options =
        PoolOptions.DEFAULT.withSegmentBytes(segment).withCapacityBytes(48L * segment);
    List<Geometry> shapes = List.of(new Geometry(512, 1200), new Geometry(4096, 150));
    return new SweepSetup(
        seed, options, shapes, medium -> medium, store -> store, medium -> medium);
  }

  /**
   * Blocks with protection information, of both lengths: what is stored of one of 4096 bytes lies
   * across granules.
   */
  static SweepSetup withProtection(long seed) {
    int segment = 16 << 10;
    PoolOptions options =
        PoolOptions.DEFAULT.withSegmentBytes(segment).withCapacityBytes(32L * segment);
    List<Geometry> shapes =
        List.of(Geometry.ofData(512, 12, 1), Geometry.ofData(4096, 4, 3), new Geometry(512, 12));
    return new SweepSetup(
        seed, options, shapes, medium -> medium, store -> store, medium -> medium);
  }

  SweepSetup withAboveMedium(UnaryOperator<Medium> filter) {
    return new SweepSetup(seed, options, shapes, filter, aboveStore, aboveImage);
  }

  SweepSetup withAboveStore(UnaryOperator<BlockStore> filter) {
    return new SweepSetup(seed, options, shapes, aboveMedium, filter, aboveImage);
  }

  SweepSetup withAboveImage(UnaryOperator<Medium> filter) {
    return new SweepSetup(seed, options, shapes, aboveMedium, aboveStore, filter);
  }
}

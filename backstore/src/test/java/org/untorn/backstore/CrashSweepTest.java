package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.untorn.backstore.fault.TornWrites;

/**
 * No power failure tears an atomic write, loses what was durable, or keeps a pool from opening; and
 * if one did, the sweep would see it.
 */
class CrashSweepTest {

  private static final long SEED = Long.getLong("untorn.seed", 20261122);
  private static final int IMAGES = Integer.getInteger("untorn.images", 100_000);

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void no_power_failure_leaves_a_small_pool_in_anything_but_a_state_that_was_there()
      throws IOException {
    sweep(SweepSetup.small(SEED), IMAGES);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void no_power_failure_leaves_a_large_pool_in_anything_but_a_state_that_was_there()
      throws IOException {
    sweep(SweepSetup.large(SEED), IMAGES / 20);
  }

  /** A block is one thing to the model: a part of it that is old is in no state that was there. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void no_power_failure_parts_data_from_its_protection_information() throws IOException {
    sweep(SweepSetup.withProtection(SEED), IMAGES / 4);
  }

  private static void sweep(SweepSetup setup, int images) throws IOException {
    long started = System.nanoTime();
    CrashSweep.Result result = new CrashSweep(setup).run(80, images);
    System.out.printf(
        "power failures: %d from seed %d in %d ms, in steps %s%n",
        result.images(), setup.seed(), (System.nanoTime() - started) / 1_000_000, result.swept());
    if (result.violation().isPresent()) {
      throw result.violation().get();
    }
    assertThat(result.images()).isGreaterThanOrEqualTo(images);
    assertThat(result.swept().keySet())
        .as("steps that were swept")
        .containsAll(
            Arrays.stream(Step.class.getPermittedSubclasses()).map(Class::getSimpleName).toList());
  }

  @Test
  void the_sweep_sees_a_forgotten_sync_of_the_log() throws IOException {
    assertCaught(small().withAboveMedium(medium -> new Canary.ForgottenSync(medium, "segment")));
  }

  @Test
  void the_sweep_sees_a_forgotten_sync_of_the_checkpoint() throws IOException {
    assertCaught(small().withAboveMedium(medium -> new Canary.ForgottenSync(medium, "checkpoint")));
  }

  @Test
  void the_sweep_sees_a_forgotten_sync_of_the_superblock() throws IOException {
    assertCaught(small().withAboveMedium(medium -> new Canary.ForgottenSync(medium, "superblock")));
  }

  @Test
  void the_sweep_sees_a_superblock_that_is_written_before_its_checkpoint() throws IOException {
    assertCaught(
        small()
            .withAboveMedium(medium -> new Canary.LateFile(medium, "checkpoint", "superblock", 1)));
  }

  @Test
  void the_sweep_sees_a_freed_segment_that_is_used_again_too_early() throws IOException {
    assertCaught(
        small().withAboveMedium(medium -> new Canary.LateFile(medium, "superblock", "segment", 6)));
  }

  @Test
  void the_sweep_sees_a_missing_checksum() throws IOException {
    assertCaught(small().withAboveImage(Canary.MissingChecksum::new));
  }

  @Test
  void the_sweep_sees_an_acknowledgement_before_the_sync() throws IOException {
    assertCaught(small().withAboveStore(Canary.EarlyAcknowledgement::new));
  }

  @Test
  void the_sweep_sees_a_failed_sync_that_is_taken_for_a_good_one() throws IOException {
    assertCaught(small().withAboveMedium(Canary.SwallowedFailure::new));
  }

  @Test
  void the_sweep_sees_a_recovery_that_does_not_write_back_what_a_failed_sync_left()
      throws IOException {
    assertCaught(small().withAboveMedium(Canary.SkippedRewrite::new));
  }

  @Test
  void the_sweep_sees_a_torn_atomic_write() throws IOException {
    assertCaught(small().withAboveStore(TornWrites::new));
  }

  @Test
  void the_sweep_sees_tuples_that_part_from_their_data() throws IOException {
    assertCaught(SweepSetup.withProtection(SEED).withAboveStore(Canary.LateTuples::new));
  }

  private static SweepSetup small() {
    return SweepSetup.small(SEED);
  }

  private static void assertCaught(SweepSetup setup) throws IOException {
    CrashSweep.Result result = new CrashSweep(setup).run(60, 400_000);
    assertThat(result.violation()).as("seed " + SEED).isPresent();
  }
}

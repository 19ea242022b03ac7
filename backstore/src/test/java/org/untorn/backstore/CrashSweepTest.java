package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.fault.TornWrites;

/**
 * No power failure tears an atomic write, loses what was durable, or keeps a pool from opening; and
 * if one did, the sweep would see it.
 */
class CrashSweepTest {

  private static final long SEED = 20261122;

  @Test
  void no_power_failure_leaves_anything_but_a_state_that_was_there() throws IOException {
    CrashSweep.Result result = new CrashSweep(CrashSweep.Setup.honest(SEED)).run(6, 50);
    assertThat(result.violation()).as("seed " + SEED).isEmpty();
    assertThat(result.images()).isGreaterThan(40_000);
  }

  @Test
  void the_sweep_sees_a_forgotten_sync_of_the_log() throws IOException {
    assertCaught(
        CrashSweep.Setup.honest(SEED)
            .withAboveMedium(medium -> new Canary.ForgottenSync(medium, "segment")));
  }

  @Test
  void the_sweep_sees_a_forgotten_sync_of_the_checkpoint() throws IOException {
    assertCaught(
        CrashSweep.Setup.honest(SEED)
            .withAboveMedium(medium -> new Canary.ForgottenSync(medium, "checkpoint")));
  }

  @Test
  void the_sweep_sees_a_forgotten_sync_of_the_superblock() throws IOException {
    assertCaught(
        CrashSweep.Setup.honest(SEED)
            .withAboveMedium(medium -> new Canary.ForgottenSync(medium, "superblock")));
  }

  @Test
  void the_sweep_sees_a_missing_checksum() throws IOException {
    assertCaught(CrashSweep.Setup.honest(SEED).withAboveImage(Canary.MissingChecksum::new));
  }

  @Test
  void the_sweep_sees_an_acknowledgement_before_the_sync() throws IOException {
    assertCaught(CrashSweep.Setup.honest(SEED).withAboveStore(Canary.EarlyAcknowledgement::new));
  }

  @Test
  void the_sweep_sees_a_torn_atomic_write() throws IOException {
    assertCaught(CrashSweep.Setup.honest(SEED).withAboveStore(TornWrites::new));
  }

  private static void assertCaught(CrashSweep.Setup setup) throws IOException {
    assertThat(new CrashSweep(setup).run(4, 50).violation()).as("seed " + SEED).isPresent();
  }
}

package org.untorn.conformance.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.UntornProcess;

/**
 * A real target is killed (SIGKILL) in the middle of a load, again and again, and started on what
 * it left. A write that was answered is there afterwards, although nothing was flushed: the process
 * died, not the host. An atomic one is whole, whether it was answered or not.
 */
class KillTest {

  /** Half of them with snapshots. */
  private static final int ROUNDS = Boolean.getBoolean("untorn.full") ? 1000 : 50;

  private static final int BLOCKS = 8192;
  private static final int MOST_ANSWERS = 1000;

  @TempDir private Path directory;

  @Test
  @Timeout(3600)
  void what_was_answered_survives_every_kill_and_atomic_writes_are_whole() throws Exception {
    long seed = Long.getLong("untorn.seed", 20261122);
    int rounds = Integer.getInteger("untorn.rounds", ROUNDS) / 2;
    Ledger ledger = new Ledger(BLOCKS);
    long started = System.nanoTime();
    UntornProcess target = serve();
    try {
      for (int round = 1; round <= rounds; round++) {
        target = killUnderLoad(target, ledger, seed + round, false);
        assertThat(ledger.settle(Load.read(target.ready(), BLOCKS)))
            .as("seed %d, after kill %d", seed, round)
            .isEmpty();
      }
      assertThat(target.terminate()).as("exit code").isZero();
    } finally {
      target.close();
    }
    System.out.printf(
        "SIGKILL under load: %d rounds from seed %d, %d s%n",
        rounds, seed, (System.nanoTime() - started) / 1_000_000_000);
  }

  /**
   * The pool is so small that it cleans all the time. After each kill the disk goes back to the
   * snapshot that was made under the load.
   */
  @Test
  @Timeout(3600)
  void a_snapshot_made_under_load_survives_the_kill_as_it_was() throws Exception {
    long seed = Long.getLong("untorn.seed", 20261122);
    int rounds = Integer.getInteger("untorn.rounds", ROUNDS) / 2;
    Ledger ledger = new Ledger(BLOCKS);
    UntornProcess target = serve("--capacity", "512MiB", "--volume", "disk");
    try {
      for (int round = 1; round <= rounds; round++) {
        String snapshot = "round" + round;
        Load load = new Load(ledger, seed + round, 1 + MOST_ANSWERS / 2, false);
        load.start(target.ready());
        load.awaitHalf();
        long from = ledger.moment();
        ControlVolumes.post(target.ready(), "disk/snapshot", "{\"name\":\"" + snapshot + "\"}");
        long to = ledger.moment();
        load.awaitAnswers();
        target.kill();
        load.awaitEnd();
        target = target.again();
        String where = "seed " + seed + ", after kill " + round;
        assertThat(ledger.check(Load.read(target.ready(), BLOCKS))).as(where).isEmpty();
        ControlVolumes.post(
            target.ready(), "disk/rollback", "{\"snapshot\":\"" + snapshot + "\",\"force\":true}");
        byte[] old = Load.read(target.ready(), BLOCKS);
        assertThat(ledger.checkSnapshot(old, from, to)).as(where + ", snapshot").isEmpty();
        ledger.hold(old);
        ControlVolumes.delete(target.ready(), snapshot);
      }
      assertThat(target.terminate()).as("exit code").isZero();
    } finally {
      target.close();
    }
  }

  @Test
  @Timeout(300)
  void where_writes_are_torn_a_kill_shows_it() throws Exception {
    Ledger ledger = new Ledger(BLOCKS);
    List<String> wrong = new ArrayList<>();
    UntornProcess target = serve("--tear-plain-writes");
    try {
      for (int round = 1; round <= 20 && wrong.isEmpty(); round++) {
        target = killUnderLoad(target, ledger, round, true);
        wrong.addAll(ledger.settle(Load.read(target.ready(), BLOCKS)));
      }
    } finally {
      target.close();
    }
    assertThat(wrong).first().asString().contains("is torn");
  }

  private UntornProcess serve(String... more) {
    List<String> arguments = new ArrayList<>(List.of("--dir", directory.toString()));
    arguments.addAll(List.of("--size", BLOCKS / 2 + "KiB"));
    arguments.addAll(List.of(more));
    return UntornProcess.serveBriefly(arguments.toArray(String[]::new));
  }

  private static UntornProcess killUnderLoad(
      UntornProcess target, Ledger ledger, long seed, boolean lie) throws InterruptedException {
    Load load = new Load(ledger, seed, 1 + new Random(seed).nextInt(MOST_ANSWERS), lie);
    load.start(target.ready());
    load.awaitAnswers();
    target.kill();
    load.awaitEnd();
    return target.again();
  }
}

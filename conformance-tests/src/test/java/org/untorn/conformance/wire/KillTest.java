package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/**
 * SIGKILL under load. A write that was answered is there afterwards, although nothing was flushed:
 * the process died, not the host. An atomic one is whole, whether it was answered or not.
 */
class KillTest {

  private static final int ROUNDS = Boolean.getBoolean("untorn.full") ? 40 : 3;
  private static final int SLOTS = 64;
  private static final int BLOCKS = 128;

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inDirectory("--size", "64MiB");

  /** By slot: the newest stamp that was sent, and the newest that was answered. */
  private final long[] sent = new long[SLOTS];

  private final long[] answered = new long[SLOTS];
  private long stamp;

  @Test
  @Timeout(120)
  void what_was_answered_survives_a_kill_and_atomic_writes_are_whole() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      loadAndKill(new Random(round), 50 + 300 * round);
      target.killAndRestart();
      try (WireSession session = WireSession.ready(target.ready())) {
        for (int slot = 0; slot < SLOTS; slot++) {
          check(session, slot, round);
        }
      }
    }
  }

  /** Even slots are written atomically, odd ones plainly. */
  private static boolean atomic(int slot) {
    return slot % 2 == 0;
  }

  private void loadAndKill(Random random, int writesBeforeTheKill) throws Exception {
    CountDownLatch enough = new CountDownLatch(writesBeforeTheKill);
    WireSession session = WireSession.ready(target.ready());
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (true) {
                  write(session, random.nextInt(SLOTS));
                  enough.countDown();
                }
              } catch (IOException e) {
                // The target was killed, as it should be; what was answered until now counts.
              }
            });
    assertThat(enough.await(60, TimeUnit.SECONDS)).as("writes that were answered").isTrue();
    target.process().kill();
    load.get();
    session.abandon();
  }

  private void write(WireSession session, int slot) throws IOException {
    sent[slot] = ++stamp;
    long lba = (long) slot * BLOCKS;
    byte[] cdb = atomic(slot) ? Cdb.writeAtomic16(lba, BLOCKS) : Cdb.write16(lba, BLOCKS);
    session.write(cdb, Blocks.stamped(BLOCKS, sent[slot])).good();
    answered[slot] = sent[slot];
  }

  /** Checks a slot, and writes it once more: the next round starts with whole slots. */
  private void check(WireSession session, int slot, int round) throws IOException {
    byte[] data =
        session.read(Cdb.read16((long) slot * BLOCKS, BLOCKS), BLOCKS * Blocks.SIZE).good();
    if (atomic(slot)) {
      assertThat(Blocks.wholeStamp(data))
          .as("atomic slot %d after round %d", slot, round)
          .isIn(answered[slot], sent[slot]);
    }
    for (int block = 0; block < BLOCKS; block++) {
      assertThat(Blocks.stamp(data, block))
          .as("block %d of slot %d after round %d", block, slot, round)
          .isIn(answered[slot], sent[slot]);
    }
    write(session, slot);
  }
}

package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.Ready;
import org.untorn.testkit.UntornExtension;

/** Two sessions at once: no reader sees a part of another's atomic write (SBC-4 4.29.3.1). */
class AtomicVisibilityTest {

  private static final int BLOCKS = 1024;
  private static final int WRITES = 400;
  private static final long LBA = 4096;

  @RegisterExtension
  static final UntornExtension inMemory = UntornExtension.inMemory("--size", "64MiB");

  @RegisterExtension
  static final UntornExtension onDisk = UntornExtension.inDirectory("--size", "64MiB");

  @Test
  @Timeout(60)
  void a_reader_never_sees_half_an_atomic_write_of_another_session_in_memory() throws Exception {
    race(inMemory.ready());
  }

  @Test
  @Timeout(60)
  void a_reader_never_sees_half_an_atomic_write_of_another_session_on_disk() throws Exception {
    race(onDisk.ready());
  }

  private static void race(Ready target) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Set<Long> seen = new HashSet<>();
    try (WireSession reader =
        WireSession.ready(target, Offer.USUAL.named("iqn.2026-11.org.untorn:reader"))) {
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(target, done));
      long newest = 0;
      while (!done.get()) {
        byte[] read = reader.read(Cdb.read16(LBA, BLOCKS), BLOCKS * Blocks.SIZE).good();
        long stamp = Blocks.wholeStamp(read);
        assertThat(stamp).as("reads follow each other").isGreaterThanOrEqualTo(newest);
        newest = stamp;
        seen.add(stamp);
      }
      writer.get();
      byte[] last = reader.read(Cdb.read16(LBA, BLOCKS), BLOCKS * Blocks.SIZE).good();
      assertThat(Blocks.wholeStamp(last)).isEqualTo(WRITES);
    }
    assertThat(seen).as("different writes that the reader met").hasSizeGreaterThan(5);
  }

  private static void write(Ready target, AtomicBoolean done) {
    try (WireSession writer =
        WireSession.ready(target, Offer.USUAL.named("iqn.2026-11.org.untorn:writer"))) {
      for (int i = 1; i <= WRITES; i++) {
        writer.write(Cdb.writeAtomic16(LBA, BLOCKS), Blocks.stamped(BLOCKS, i)).good();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      done.set(true);
    }
  }
}

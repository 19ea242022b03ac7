package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.fault.PowerLossMedium;

/** What a failed sync dropped, though reads still see it, is not taken for durable afterwards. */
class FailedSyncTest {

  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(16 << 10);

  private final PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());

  FailedSyncTest() throws IOException {}

  @Test
  void what_recovery_reads_after_a_failed_sync_it_puts_on_the_medium() throws IOException {
    Pool pool = Pool.open(medium, OPTIONS);
    pool.create("volume", new Geometry(512, 100));
    BlockStore store = pool.open("volume");
    writeStable(store, 0, blocks(store, 20, 1));
    for (int lba = 0; lba < 100; lba += 10) {
      write(store, lba, blocks(store, 10, 2));
    }
    medium.failNextSync(Purpose.COMMIT);
    assertThat(flush(store)).isInstanceOf(BlockOutcome.Stopped.class);
    pool.close();

    Pool.open(medium, OPTIONS);
    Pool afterPowerLoss = Pool.open(medium.imageAfterPowerLoss(new BitSet()), OPTIONS);
    assertThat(read(afterPowerLoss.open("volume"), 0, 100)).containsOnly(2);
  }

  @Test
  void a_superblock_whose_sync_failed_is_on_the_medium_before_the_older_one_is_written_over()
      throws IOException {
    List<String> broken = new ArrayList<>();
    boolean[] watching = {false};
    PowerLossMedium power =
        new PowerLossMedium(
            new MemoryMedium(),
            unsynced -> {
              if (watching[0]) {
                openTorn(unsynced).ifPresent(broken::add);
              }
            });
    try (Pool pool = Pool.open(power, OPTIONS)) {
      pool.create("one", new Geometry(512, 100));
    }
    Pool pool = Pool.open(power, OPTIONS);
    pool.create("other", new Geometry(512, 100));
    pool.checkpoint();
    writeStable(pool.open("other"), 0, new byte[5120]);
    power.failNextSync(Purpose.COMMIT);
    assertThatThrownBy(pool::close).hasMessageContaining(Superblock.FILE);

    watching[0] = true;
    Pool.open(power, OPTIONS).close();

    assertThat(broken).isEmpty();
  }

  /** Why a pool does not open if all that is not synced is torn, if so. */
  private static Optional<String> openTorn(PowerLossMedium medium) {
    for (int seed = 0; seed < 8; seed++) {
      try (Pool pool = Pool.open(medium.imageWithEverythingTorn(new Random(seed)), OPTIONS)) {
        assertThat(pool.list()).hasSize(2);
      } catch (IOException | AssertionError refused) {
        return Optional.of(String.valueOf(refused.getMessage()));
      }
    }
    return Optional.empty();
  }

  @Test
  void after_a_clean_end_recovery_writes_no_segment() throws IOException {
    MemoryMedium below = new MemoryMedium();
    try (Pool pool = Pool.open(below, OPTIONS)) {
      pool.create("volume", new Geometry(512, 100));
      writeStable(pool.open("volume"), 0, new byte[5120]);
    }
    Hooked hooked = new Hooked(below);
    hooked.hook(
        (io, file, purpose) -> assertThat(io + " " + file).doesNotStartWith("WRITE segment"));
    assertThat(Pool.open(hooked, OPTIONS).list()).hasSize(1);
  }

  @Test
  void a_failed_sync_keeps_its_bytes_readable_but_no_later_one_covers_them() throws IOException {
    byte[] data = {1, 2, 3};
    medium.write("file", 0, List.of(ByteBuffer.wrap(data)), Purpose.DATA);
    medium.failNextSync(Purpose.DATA);
    assertThatThrownBy(() -> medium.sync("file", Purpose.DATA)).isInstanceOf(IOException.class);
    medium.sync("file", Purpose.DATA);
    ByteBuffer found = ByteBuffer.allocate(3);
    medium.read("file", 0, found, Purpose.DATA);
    assertThat(found.array()).isEqualTo(data);
    assertThat(medium.imageAfterPowerLoss(new BitSet()).files()).isEmpty();
    medium.write("file", 0, List.of(ByteBuffer.wrap(data)), Purpose.DATA);
    medium.sync("file", Purpose.DATA);
    assertThat(medium.imageAfterPowerLoss(new BitSet()).length("file")).isEqualTo(3);
  }
}

package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.run;
import static org.untorn.backstore.Operations.status;
import static org.untorn.backstore.Operations.unmap;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeAtomic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOutcome.Mapping.Run;
import org.untorn.backstore.fault.FaultyMedium.Io;
import org.untorn.backstore.fault.PowerLossMedium;

/** Volumes, snapshots and clones are names of roots. */
class PoolVolumesTest {

  private static final Geometry GEOMETRY = new Geometry(512, 256);
  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(1 << 20);

  private final PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
  private final Pool pool = Pool.open(medium, OPTIONS);

  PoolVolumesTest() throws IOException {
    pool.create("volume", GEOMETRY);
  }

  @AfterEach
  void close() throws IOException {
    pool.close();
  }

  @Test
  void a_snapshot_stays_as_it_was_and_takes_no_change() throws IOException {
    BlockStore store = pool.open("volume");
    write(store, 0, blocks(store, 4, 1));
    pool.snapshot("volume", "snapshot");
    write(store, 2, blocks(store, 4, 2));
    BlockStore snapshot = pool.open("snapshot");
    assertThat(read(snapshot, 0, 4)).containsOnly(1);
    assertThat(read(snapshot, 4, 2)).containsOnly(0);
    assertThat(write(snapshot, 0, blocks(store, 1, 3)))
        .isInstanceOf(BlockOutcome.WriteFailed.class);
    assertThat(unmap(snapshot, new BlockExtent(0, 1))).isInstanceOf(BlockOutcome.WriteFailed.class);
  }

  @Test
  void a_clone_and_its_origin_go_their_own_ways() throws IOException {
    BlockStore store = pool.open("volume");
    write(store, 0, blocks(store, 4, 1));
    pool.snapshot("volume", "snapshot");
    pool.cloneOf("snapshot", "clone");
    BlockStore clone = pool.open("clone");
    write(clone, 1, blocks(clone, 1, 2));
    write(store, 2, blocks(store, 1, 3));
    pool.delete("snapshot");
    assertThat(read(clone, 1, 1)).containsOnly(2);
    assertThat(read(clone, 2, 2)).containsOnly(1);
    assertThat(read(store, 1, 1)).containsOnly(1);
    assertThat(read(store, 2, 1)).containsOnly(3);
  }

  @Test
  void the_list_names_all_volumes_with_what_they_hold() throws IOException {
    write(pool.open("volume"), 10, blocks(pool.open("volume"), 5, 1));
    pool.snapshot("volume", "a.snapshot");
    assertThat(pool.list())
        .containsExactly(
            new Volumes.Description("a.snapshot", GEOMETRY, false, 5),
            new Volumes.Description("volume", GEOMETRY, true, 5));
  }

  @Test
  void what_lies_past_a_new_end_is_gone_even_if_the_volume_grows_again() throws IOException {
    BlockStore store = pool.open("volume");
    write(store, 100, blocks(store, 20, 1));
    pool.resize("volume", 110);
    assertThat(store.geometry().blocks()).isEqualTo(110);
    pool.resize("volume", 1000);
    assertThat(read(store, 100, 10)).containsOnly(1);
    assertThat(read(store, 110, 890)).containsOnly(0);
    assertThat(status(store, 0, 1000))
        .containsExactly(new Run(0, 100, false), new Run(100, 10, true), new Run(110, 890, false));
  }

  @Test
  void a_rollback_brings_a_snapshot_back_with_its_capacity_and_keeps_it() throws IOException {
    BlockStore store = pool.open("volume");
    write(store, 0, blocks(store, 4, 1));
    pool.snapshot("volume", "snapshot");
    write(store, 2, blocks(store, 4, 2));
    pool.resize("volume", 8);
    pool.rollback("volume", "snapshot");
    assertThat(store.geometry()).isEqualTo(GEOMETRY);
    assertThat(read(store, 0, 4)).containsOnly(1);
    assertThat(read(store, 4, 252)).containsOnly(0);
    write(store, 0, blocks(store, 1, 3));
    assertThat(read(pool.open("snapshot"), 0, 4)).containsOnly(1);
    try (Pool left = Pool.open(medium.imageAfterPowerLoss(new BitSet()), PoolOptions.DEFAULT)) {
      assertThat(read(left.open("volume"), 0, 4)).containsOnly(1);
      assertThat(left.open("volume").geometry()).isEqualTo(GEOMETRY);
    }
  }

  @Test
  void a_rollback_goes_to_a_snapshot_only_and_only_of_blocks_of_the_same_length()
      throws IOException {
    pool.create("other", new Geometry(4096, 8));
    pool.snapshot("other", "snapshot");
    assertThatThrownBy(() -> pool.rollback("volume", "other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("other is no snapshot");
    assertThatThrownBy(() -> pool.rollback("snapshot", "snapshot"))
        .hasMessage("snapshot is a snapshot");
    assertThatThrownBy(() -> pool.rollback("volume", "snapshot"))
        .hasMessage("snapshot has no blocks of 512 bytes, as volume has");
    assertThatThrownBy(() -> pool.rollback("volume", "none")).hasMessageContaining("none");
  }

  @Test
  void a_wrong_name_is_refused_by_name() {
    assertThatThrownBy(() -> pool.open("none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> pool.create("volume", GEOMETRY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("volume");
    for (String name : List.of("", "a b", "a/b", "x".repeat(65))) {
      assertThatThrownBy(() -> pool.create(name, GEOMETRY))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(name);
    }
    assertThatThrownBy(() -> pool.delete("none")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_deleted_volume_answers_that_it_has_stopped() throws IOException {
    BlockStore store = pool.open("volume");
    pool.delete("volume");
    assertThat(write(store, 0, blocks(store, 1, 1))).isInstanceOf(BlockOutcome.Stopped.class);
    pool.create("volume", GEOMETRY);
    assertThat(read(pool.open("volume"), 0, 256)).containsOnly(0);
  }

  @Test
  void a_volume_of_64_tib_uses_nothing_until_it_is_written() throws IOException {
    long blocks = (64L << 40) / 512;
    pool.create("large", new Geometry(512, blocks));
    BlockStore large = pool.open("large");
    assertThat(status(large, 0, blocks)).containsExactly(new Run(0, blocks, false));
    writeAtomic(large, blocks - 8, blocks(large, 8, 1));
    assertThat(read(large, blocks - 9, 9)).endsWith(1).startsWith(0);
    assertThat(status(large, 0, blocks))
        .containsExactly(new Run(0, blocks - 8, false), new Run(blocks - 8, 8, true));
    assertThat(unmap(large, new BlockExtent(0, blocks))).isEqualTo(BlockOutcome.DONE);
    assertThat(status(large, 0, blocks)).containsExactly(new Run(0, blocks, false));
  }

  @Test
  void an_atomic_write_of_32_mib_is_one_record() throws IOException {
    Hooked counting = new Hooked(new MemoryMedium());
    try (Pool wide = Pool.open(counting, PoolOptions.DEFAULT)) {
      wide.create("large", new Geometry(4096, 8192));
      BlockStore large = wide.open("large");
      byte[] data = new byte[8192 * 4096];
      new Random(1).nextBytes(data);
      AtomicInteger writes = new AtomicInteger();
      counting.hook(
          (io, file, purpose) -> {
            if (io == Io.WRITE && purpose == Purpose.DATA) {
              writes.incrementAndGet();
            }
          });
      assertThat(writeAtomic(large, 0, data)).isEqualTo(BlockOutcome.DONE);
      assertThat(writes).hasValue(1);
      assertThat(read(large, 0, 8192)).isEqualTo(data);
    }
  }

  @Test
  void the_durable_root_is_what_is_left_when_all_that_is_unsynced_is_lost() throws IOException {
    pool.keepDurableRoots();
    BlockStore store = pool.open("volume");
    write(store, 0, blocks(store, 4, 1));
    flush(store);
    write(store, 0, blocks(store, 2, 2));
    write(store, 8, blocks(store, 2, 2));
    assertThat(pool.durableRoot("volume").orElseThrow().mappedBlocks()).isEqualTo(4);
    try (Pool left = Pool.open(medium.imageAfterPowerLoss(new BitSet()), OPTIONS)) {
      assertThat(read(left.open("volume"), 0, 4)).containsOnly(1);
      assertThat(left.list().getFirst().mappedBlocks()).isEqualTo(4);
    }
    flush(store);
    assertThat(pool.durableRoot("volume").orElseThrow().mappedBlocks()).isEqualTo(6);
  }

  @Test
  void a_whole_volume_is_read_in_one_operation_across_all_its_records() throws IOException {
    BlockStore store = pool.open("volume");
    for (int lba = 255; lba >= 0; lba -= 3) {
      write(store, lba, blocks(store, 1, lba));
    }
    ByteBuffer all = ByteBuffer.wrap(read(store, 0, 256));
    for (int lba = 0; lba < 256; lba++) {
      assertThat(all.get(lba * 512)).isEqualTo((byte) (lba % 3 == 0 ? lba : 0));
    }
    assertThat(run(store, new BlockOperation.Read(256, ByteBuffer.allocate(0))))
        .isEqualTo(BlockOutcome.DONE);
  }
}

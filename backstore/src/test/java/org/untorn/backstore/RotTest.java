package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.run;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.fault.PowerLossMedium;

/** Damage to what was durable is found, and its place is named; it is never taken for a tear. */
class RotTest {

  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(8 << 10);
  private static final String SEGMENT = "segment-00000001";

  @Test
  void every_rotten_sector_below_the_last_known_sync_is_refused_with_its_place()
      throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    Pool pool = Pool.open(medium, OPTIONS);
    pool.create("volume", new Geometry(512, 20));
    BlockStore store = pool.open("volume");
    for (int i = 0; i < 4; i++) {
      writeStable(store, i, blocks(store, 2, i + 1));
    }
    Operations.write(store, 10, blocks(store, 1, 9));
    // The log: segment header, create, four records of three sectors each, a witness of two.
    int synced = 1 + 1 + 4 * 3;
    for (int sector = 0; sector < synced; sector++) {
      Medium image = medium.imageWithEverything();
      flipBit(image, sector * 512L + 20);
      long record = sector < 2 ? sector * 512L : (2 + (sector - 2) / 3 * 3) * 512L;
      assertThatThrownBy(() -> Pool.open(image, OPTIONS))
          .as("sector " + sector)
          .isInstanceOfSatisfying(
              PoolDamagedException.class,
              damage -> {
                if (record > 0) {
                  assertThat(damage.file()).isEqualTo(SEGMENT);
                  assertThat(damage.offset()).isEqualTo(record);
                }
              });
    }
  }

  @Test
  void a_flipped_bit_anywhere_is_refused_or_found_when_it_is_read_or_does_no_harm()
      throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    Pool pool = Pool.open(medium, OPTIONS);
    List<PoolModel> legal = fillWithEverything(pool);
    int refused = 0;
    int unreadable = 0;
    int harmless = 0;
    Random random = new Random(1);
    for (String file : medium.files()) {
      for (long at = 0; at < medium.length(file); at += 1 + random.nextInt(60)) {
        MemoryMedium image = medium.imageWithEverything();
        flip(image, file, at);
        String where = file + " at byte " + at;
        try (Pool damaged = Pool.open(image, OPTIONS)) {
          Optional<String> found = difference(damaged, legal);
          found.ifPresent(why -> assertThat(why).as(where).contains(file));
          unreadable += found.isPresent() ? 1 : 0;
          harmless += found.isPresent() ? 0 : 1;
        } catch (PoolDamagedException refusal) {
          if (knowsItsPlace(file, at)) {
            assertThat(refusal.file()).as(where).isEqualTo(file);
          }
          refused++;
        }
      }
    }
    System.out.printf(
        "flipped bits: %d refused, %d found by reading, %d harmless%n",
        refused, unreadable, harmless);
    assertThat(refused).isGreaterThan(20);
    assertThat(unreadable).isGreaterThan(20);
    pool.close();
  }

  /**
   * A rotten superblock is told by a segment that is too new for the older one, and a rotten header
   * of a segment by the end of the one before it.
   */
  private static boolean knowsItsPlace(String file, long at) {
    return !file.equals(Superblock.FILE) && !(SegmentLayout.isSegment(file) && at < 512);
  }

  /**
   * Two checkpoints, volumes, a snapshot and a clone, and what was synced behind them.
   *
   * @return what it holds without, and with, the last record, which nobody knows to be synced
   */
  static List<PoolModel> fillWithEverything(Pool pool) throws IOException {
    StepSource source =
        new StepSource(
            new Random(2),
            List.of(new Geometry(512, 24), new Geometry(1024, 6)),
            4,
            2048,
            new StepSource.Mix(150, 20, 20, 100));
    PoolModel model = new PoolModel();
    for (int i = 0; i < 120; i++) {
      if (i == 60 || i == 90) {
        pool.checkpoint();
      }
      Step step = source.next(model);
      step.run(pool, store -> store, model);
      step.change(model);
    }
    String volume = model.writableNames().getFirst();
    new Step.Flush(volume).run(pool, store -> store, model);
    PoolModel last = model.copy();
    Step witness = new Step.Write(volume, 0, 1, 77, true, Durability.APPENDED);
    witness.run(pool, store -> store, model);
    witness.change(last);
    return List.of(model, last);
  }

  /** What cannot be read; all that can must be what one of the models holds. */
  static Optional<String> difference(Pool pool, List<PoolModel> legal) {
    Optional<String> unreadable = Optional.empty();
    PoolModel first = legal.getFirst();
    assertThat(pool.list()).extracting(Volumes.Description::name).isEqualTo(first.names());
    for (String name : first.names()) {
      BlockStore store = pool.open(name);
      assertThat(store.geometry()).isEqualTo(first.geometry(name));
      for (long lba = 0; lba < store.geometry().blocks(); lba++) {
        ByteBuffer block = ByteBuffer.allocate(store.geometry().blockLength());
        if (run(store, new BlockOperation.Read(lba, block)) instanceof BlockOutcome.Unreadable no) {
          assertThat(no.lba()).isEqualTo(lba);
          unreadable = Optional.of(no.why());
        } else {
          long at = lba;
          assertThat(legal).anyMatch(model -> model.holds(name, at, block.array()));
        }
      }
    }
    return unreadable;
  }

  @Test
  void damage_above_the_last_known_sync_is_a_torn_tail_and_is_dropped() throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    Pool pool = Pool.open(medium, OPTIONS);
    pool.create("volume", new Geometry(512, 20));
    BlockStore store = pool.open("volume");
    writeStable(store, 0, blocks(store, 2, 1));
    Operations.write(store, 0, blocks(store, 2, 2));
    Operations.write(store, 4, blocks(store, 2, 3));
    Medium image = medium.imageWithEverything();
    flipBit(image, (2 + 3) * 512L + 600);
    BlockStore found = Pool.open(image, OPTIONS).open("volume");
    assertThat(Operations.read(found, 0, 2)).containsOnly(1);
    assertThat(Operations.read(found, 4, 2)).containsOnly(0);
  }

  @Test
  void a_rotten_block_is_not_read() throws IOException {
    Medium medium = new MemoryMedium();
    Pool pool = Pool.open(medium, OPTIONS);
    pool.create("volume", new Geometry(512, 20));
    BlockStore store = pool.open("volume");
    writeStable(store, 0, blocks(store, 4, 1));
    flipBit(medium, (3 + 2) * 512L);
    BlockOutcome outcome = run(store, new BlockOperation.Read(0, ByteBuffer.allocate(4 * 512)));
    assertThat(outcome).isInstanceOf(BlockOutcome.Unreadable.class);
    assertThat(((BlockOutcome.Unreadable) outcome).lba()).isEqualTo(2);
    assertThat(((BlockOutcome.Unreadable) outcome).why()).contains(SEGMENT, "2560");
  }

  @Test
  void a_pool_without_a_whole_superblock_is_refused() throws IOException {
    Medium medium = new MemoryMedium();
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", new Geometry(512, 20));
    }
    flip(medium, Superblock.FILE, 100);
    flip(medium, Superblock.FILE, 4096 + 100);
    assertThatThrownBy(() -> Pool.open(medium, OPTIONS))
        .isInstanceOf(PoolDamagedException.class)
        .hasMessageContaining("superblock");
  }

  @Test
  void an_older_superblock_whose_segments_were_used_again_is_refused() throws IOException {
    Medium medium = new MemoryMedium();
    Pool pool = Pool.open(medium, OPTIONS);
    pool.create("volume", new Geometry(512, 20));
    BlockStore store = pool.open("volume");
    writeStable(store, 10, blocks(store, 2, 1));
    fillSegments(store);
    pool.checkpoint();
    writeStable(store, 10, blocks(store, 2, 2));
    pool.checkpoint();
    fillSegments(store);
    long newest = Superblock.newest(medium).orElseThrow().generation();
    flip(medium, Superblock.FILE, newest % 2 * 4096 + 40);
    assertThatThrownBy(() -> Pool.open(medium, OPTIONS))
        .isInstanceOf(PoolDamagedException.class)
        .hasMessageContaining("this is not segment 1,");
    pool.close();
  }

  /** Two segments full. */
  private static void fillSegments(BlockStore store) {
    for (int i = 0; i < 10; i++) {
      writeStable(store, 0, blocks(store, 2, i));
    }
  }

  @Test
  void a_rotten_checkpoint_is_refused() throws IOException {
    Medium medium = new MemoryMedium();
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", new Geometry(512, 20));
    }
    long generation = Superblock.newest(medium).orElseThrow().checkpoint().generation();
    String file = Checkpoint.fileName(generation);
    flip(medium, file, 30);
    assertThatThrownBy(() -> Pool.open(medium, OPTIONS))
        .isInstanceOfSatisfying(
            PoolDamagedException.class, damage -> assertThat(damage.file()).isEqualTo(file));
  }

  private static void flipBit(Medium medium, long offset) throws IOException {
    flip(medium, SEGMENT, offset);
  }

  static void flip(Medium medium, String file, long offset) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    medium.read(file, offset, one, Purpose.DATA);
    one.put(0, (byte) (one.get(0) ^ 1));
    medium.write(file, offset, List.of(one), Purpose.DATA);
  }
}

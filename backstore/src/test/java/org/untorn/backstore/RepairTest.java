package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.run;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.fault.PowerLossMedium;

/** A repair keeps all that is provably good, names what is lost, and changes nothing else. */
class RepairTest {

  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(8 << 10);
  private static final String SEGMENT = SegmentLayout.fileName(1);
  private static final long SEED = Long.getLong("untorn.seed", 20261122);

  /** So many pools at most: how much of its log one replays depends on when it made checkpoints. */
  private static final int MOST_POOLS = 8;

  /**
   * The log: a header, the volume, four writes of a head and two sectors each, and a witness that
   * all of them were synced.
   */
  private static MemoryMedium fill() throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", new Geometry(512, 20));
      BlockStore store = pool.open("volume");
      for (int i = 0; i < 4; i++) {
        writeStable(store, 2L * i, blocks(store, 2, i + 1));
      }
      write(store, 10, blocks(store, 1, 9));
      return medium.imageWithEverything();
    }
  }

  /** Where the first sector of a write is, from 0 on. */
  private static long offsetOfWrite(int number) {
    return (2 + 3L * number) * 512;
  }

  @Test
  void a_rotten_block_in_the_log_is_unreadable_until_it_is_written_and_all_else_is_there()
      throws IOException {
    MemoryMedium medium = fill();
    RotTest.flip(medium, SEGMENT, offsetOfWrite(1) + 512 + 20);

    assertThat(PoolRepair.run(medium, false)).isEqualTo(new PoolRepair.Outcome.Repaired(List.of()));

    try (Pool pool = Pool.open(medium, OPTIONS)) {
      BlockStore store = pool.open("volume");
      assertThat(read(store, 0, 2)).containsOnly(1);
      assertThat(run(store, new BlockOperation.Read(2, ByteBuffer.allocate(512))))
          .isInstanceOf(BlockOutcome.Unreadable.class);
      assertThat(read(store, 3, 1)).containsOnly(2);
      assertThat(read(store, 4, 2)).containsOnly(3);
      assertThat(read(store, 6, 2)).containsOnly(4);
      assertThat(writeStable(store, 2, blocks(store, 1, 7))).isEqualTo(BlockOutcome.DONE);
      assertThat(read(store, 2, 1)).containsOnly(7);
    }
  }

  @Test
  void a_record_that_nobody_knows_is_given_up_only_if_that_is_accepted() throws IOException {
    MemoryMedium medium = fill();
    RotTest.flip(medium, SEGMENT, offsetOfWrite(1) + 20);
    Map<String, ByteBuffer> before = image(medium);

    assertThat(PoolRepair.run(medium, false))
        .isInstanceOfSatisfying(
            PoolRepair.Outcome.Refused.class,
            refused ->
                assertThat(refused.unknown())
                    .singleElement()
                    .asString()
                    .startsWith(SEGMENT + " at byte 2560: records 3 to 3 are lost"));
    assertThat(image(medium)).isEqualTo(before);

    assertThat(PoolRepair.run(medium, true))
        .isInstanceOfSatisfying(
            PoolRepair.Outcome.Repaired.class,
            repaired -> assertThat(repaired.unknown()).hasSize(1));
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      BlockStore store = pool.open("volume");
      assertThat(read(store, 0, 2)).containsOnly(1);
      assertThat(read(store, 2, 2)).containsOnly(0);
      assertThat(read(store, 4, 2)).containsOnly(3);
      assertThat(read(store, 6, 2)).containsOnly(4);
    }
  }

  @Test
  void what_was_there_before_is_kept_beside_it() throws IOException {
    MemoryMedium medium = fill();
    RotTest.flip(medium, SEGMENT, offsetOfWrite(1) + 512);
    ByteBuffer superblock = image(medium).get(Superblock.FILE);
    PoolRepair.run(medium, false);
    assertThat(image(medium)).containsEntry(Superblock.FILE + ".damaged-1", superblock);
  }

  @Test
  void a_pool_that_opens_is_left_alone_but_for_its_superblocks() throws IOException {
    MemoryMedium medium = fill();
    ByteBuffer zeros = ByteBuffer.allocate(512);
    medium.write(Superblock.FILE, 4096, List.of(zeros), Purpose.COMMIT);
    assertThat(PoolRepair.run(medium, false)).isEqualTo(new PoolRepair.Outcome.Opens());
    assertThat(Superblock.all(medium)).hasSize(2);
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      assertThat(read(pool.open("volume"), 6, 2)).containsOnly(4);
    }
  }

  @Test
  void a_sector_that_cannot_be_read_is_a_lost_block() throws IOException {
    MemoryMedium files = fill();
    Hooked medium = new Hooked(files);
    long bad = offsetOfWrite(1) + 512;
    RotTest.flip(files, SEGMENT, bad);
    Medium unreadable = new BadSector(medium, SEGMENT, bad);
    assertThat(PoolRepair.run(unreadable, false))
        .isEqualTo(new PoolRepair.Outcome.Repaired(List.of()));
    try (Pool pool = Pool.open(unreadable, OPTIONS)) {
      assertThat(read(pool.open("volume"), 4, 2)).containsOnly(3);
      assertThat(run(pool.open("volume"), new BlockOperation.Read(2, ByteBuffer.allocate(512))))
          .isInstanceOf(BlockOutcome.Unreadable.class);
    }
  }

  @Test
  void a_segment_whose_header_cannot_be_read_gets_a_new_one() throws IOException {
    MemoryMedium files = fill();
    RotTest.flip(files, SEGMENT, 20);
    Medium unreadable = new BadPage(new BadSector(files, SEGMENT, 0), SEGMENT);
    assertThat(PoolRepair.run(unreadable, false))
        .isEqualTo(new PoolRepair.Outcome.Repaired(List.of()));
    try (Pool pool = Pool.open(files, OPTIONS)) {
      BlockStore store = pool.open("volume");
      for (int i = 0; i < 4; i++) {
        assertThat(read(store, 2L * i, 2)).containsOnly(i + 1);
      }
    }
  }

  @Test
  void one_bad_sector_is_one_lost_block_of_a_long_write() throws IOException {
    PoolOptions options = OPTIONS.withSegmentBytes(64 << 10);
    MemoryMedium files = new MemoryMedium();
    try (Pool pool = Pool.open(files, options)) {
      pool.create("volume", new Geometry(4096, 20));
      writeStable(pool.open("volume"), 0, blocks(pool.open("volume"), 8, 5));
    }
    // The log: a header, the volume, a record's head of one sector and its eight blocks.
    Medium bad = new BadSector(files, SEGMENT, (3 + 6 * 8) * 512);
    try (Pool pool = Pool.open(bad, options)) {
      BlockStore store = pool.open("volume");
      assertThat(run(store, new BlockOperation.Read(0, ByteBuffer.allocate(8 * 4096))))
          .isInstanceOfSatisfying(
              BlockOutcome.Unreadable.class, lost -> assertThat(lost.lba()).isEqualTo(6));
      assertThat(read(store, 0, 6)).containsOnly(5);
      assertThat(read(store, 7, 1)).containsOnly(5);
    }
  }

  @Test
  void a_volume_whose_creation_is_lost_is_told_and_its_number_is_not_used_again()
      throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    MemoryMedium image;
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("kept", new Geometry(512, 20));
      pool.create("lost", new Geometry(512, 20));
      writeStable(pool.open("lost"), 0, blocks(pool.open("lost"), 1, 1));
      pool.snapshot("lost", "copy");
      writeStable(pool.open("kept"), 0, blocks(pool.open("kept"), 1, 2));
      image = medium.imageWithEverything();
    }
    RotTest.flip(image, SEGMENT, 2 * 512 + 20);
    assertThat(PoolRepair.run(image, true))
        .isInstanceOfSatisfying(
            PoolRepair.Outcome.Repaired.class,
            repaired ->
                assertThat(repaired.unknown())
                    .anySatisfy(line -> assertThat(line).startsWith("a volume is lost, its name"))
                    .anySatisfy(line -> assertThat(line).startsWith("volume copy is lost:")));
    try (Pool pool = Pool.open(image, OPTIONS)) {
      assertThat(pool.list()).extracting(Volumes.Description::name).containsExactly("kept");
      assertThat(read(pool.open("kept"), 0, 1)).containsOnly(2);
      pool.create("next", new Geometry(512, 20));
      assertThat(read(pool.open("next"), 0, 1)).containsOnly(0);
    }
  }

  @Test
  void a_lost_volume_that_was_deleted_since_is_not_missed() throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    MemoryMedium image;
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("kept", new Geometry(512, 20));
      pool.create("lost", new Geometry(512, 20));
      writeStable(pool.open("lost"), 0, blocks(pool.open("lost"), 1, 1));
      pool.delete("lost");
      writeStable(pool.open("kept"), 0, blocks(pool.open("kept"), 1, 2));
      image = medium.imageWithEverything();
    }
    RotTest.flip(image, SEGMENT, 2 * 512 + 20);
    assertThat(PoolRepair.run(image, true))
        .isInstanceOfSatisfying(
            PoolRepair.Outcome.Repaired.class,
            repaired ->
                assertThat(repaired.unknown())
                    .singleElement()
                    .asString()
                    .contains("records 2 to 2 are lost"));
  }

  @Test
  void a_volume_that_a_lost_record_made_longer_keeps_what_was_written_behind_its_old_end()
      throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    MemoryMedium image;
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", new Geometry(512, 4));
      pool.resize("volume", 20);
      writeStable(pool.open("volume"), 10, blocks(pool.open("volume"), 1, 3));
      writeStable(pool.open("volume"), 1, blocks(pool.open("volume"), 1, 4));
      image = medium.imageWithEverything();
    }
    RotTest.flip(image, SEGMENT, 2 * 512 + 20);
    assertThat(PoolRepair.run(image, true))
        .isInstanceOfSatisfying(
            PoolRepair.Outcome.Repaired.class,
            repaired ->
                assertThat(repaired.unknown())
                    .anySatisfy(
                        line -> assertThat(line).startsWith("volume volume was made longer")));
    try (Pool pool = Pool.open(image, OPTIONS)) {
      assertThat(pool.open("volume").geometry().blocks()).isEqualTo(11);
      assertThat(read(pool.open("volume"), 10, 1)).containsOnly(3);
      assertThat(read(pool.open("volume"), 1, 1)).containsOnly(4);
    }
  }

  /**
   * Fails a write to a part of the first page of a file, as a host does that must read it first.
   */
  private record BadPage(Medium below, String file) implements MediumFilter {
    @Override
    public void write(String name, long offset, List<ByteBuffer> data, Purpose purpose)
        throws IOException {
      long length = data.stream().mapToLong(ByteBuffer::remaining).sum();
      if (name.equals(file) && offset < 4096 && (offset > 0 || length < 4096)) {
        throw new IOException("critical medium error (planted)");
      }
      below.write(name, offset, data, purpose);
    }
  }

  /** Fails every read that touches one sector. */
  private record BadSector(Medium below, String file, long offset) implements MediumFilter {
    @Override
    public void read(String name, long from, ByteBuffer into, Purpose purpose) throws IOException {
      if (name.equals(file) && from < offset + 512 && offset < from + into.remaining()) {
        throw new IOException("critical medium error (planted)");
      }
      below.read(name, from, into, purpose);
    }
  }

  @Test
  void after_any_flipped_bit_each_block_is_what_it_was_or_unreadable_or_something_is_given_up()
      throws IOException {
    Random random = new Random(SEED);
    Flipped flipped = new Flipped(0, 0);
    for (int i = 0; i < MOST_POOLS && !flipped.areEnough(); i++) {
      flipped = flipBits(random, flipped);
    }
    System.out.println(flipped);
    assertThat(flipped.areEnough()).as(flipped.toString()).isTrue();
  }

  /** Bits that were flipped, by what became of the pool. */
  private record Flipped(int repaired, int givenUp) {
    boolean areEnough() {
      return repaired > 20 && givenUp > 0;
    }
  }

  private static Flipped flipBits(Random random, Flipped before) throws IOException {
    PowerLossMedium medium = new PowerLossMedium(new MemoryMedium());
    Pool pool = Pool.open(medium, OPTIONS);
    List<PoolModel> legal = RotTest.fillWithEverything(pool);
    int repaired = before.repaired();
    int givenUp = before.givenUp();
    for (String file : medium.files()) {
      for (long at = 0; at < medium.length(file); at += 1 + random.nextInt(120)) {
        MemoryMedium image = medium.imageWithEverything();
        RotTest.flip(image, file, at);
        String where = "seed " + SEED + ", " + file + " at byte " + at;
        switch (PoolRepair.run(image, false)) {
          case PoolRepair.Outcome.Opens _ -> assertHolds(image, legal, where);
          case PoolRepair.Outcome.Repaired _ -> {
            assertHolds(image, legal, where);
            repaired++;
          }
          case PoolRepair.Outcome.Refused refused -> {
            assertThat(refused.unknown()).as(where).isNotEmpty();
            assertThat(PoolRepair.run(image, true))
                .as(where)
                .isInstanceOf(PoolRepair.Outcome.Repaired.class);
            Pool.open(image, OPTIONS).close();
            givenUp++;
          }
        }
      }
    }
    pool.close();
    return new Flipped(repaired, givenUp);
  }

  private static void assertHolds(Medium image, List<PoolModel> legal, String where)
      throws IOException {
    try (Pool pool = Pool.open(image, OPTIONS)) {
      RotTest.difference(pool, legal);
    } catch (IOException | AssertionError e) {
      throw new AssertionError(where, e);
    }
  }

  private static Map<String, ByteBuffer> image(Medium medium) throws IOException {
    Map<String, ByteBuffer> files = new TreeMap<>();
    for (String file : medium.files()) {
      ByteBuffer content = ByteBuffer.allocate((int) medium.length(file));
      medium.read(file, 0, content, Purpose.DATA);
      files.put(file, content);
    }
    return files;
  }
}

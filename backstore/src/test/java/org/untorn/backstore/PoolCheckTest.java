package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.backstore.fault.PowerLossMedium;

/** Damage is planted in every structure of a pool, and told in words. */
class PoolCheckTest {

  private static final String SEGMENT = SegmentLayout.fileName(1);
  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(64 << 10);

  private final MemoryMedium medium = new MemoryMedium();
  private final List<String> told = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private long progress;

  /** A volume of 40 blocks, 8 of them written; a snapshot of it; and one more block written. */
  private void fill() throws IOException {
    try (Pool pool = Pool.open(medium, OPTIONS)) {
      pool.create("volume", new Geometry(4096, 40));
      BlockStore store = pool.open("volume");
      writeStable(store, 4, blocks(store, 8, 1));
      pool.snapshot("volume", "kept");
      writeStable(store, 20, blocks(store, 1, 2));
    }
  }

  @Test
  void a_sound_pool_is_read_whole_and_not_changed() throws IOException {
    fill();
    Map<String, ByteBuffer> before = image(medium);

    PoolCheck.Summary summary = check(medium);

    assertThat(told).isEmpty();
    assertThat(summary).isEqualTo(new PoolCheck.Summary(2, (8 + 9) * 4096, 0));
    assertThat(progress).isEqualTo(summary.bytes());
    assertThat(image(medium)).isEqualTo(before);
  }

  @Test
  void a_pool_that_was_cut_off_is_sound_and_stays_as_it_is() throws IOException {
    PowerLossMedium cut = new PowerLossMedium(new MemoryMedium());
    Pool pool = Pool.open(cut, OPTIONS);
    pool.create("volume", new Geometry(4096, 40));
    BlockStore store = pool.open("volume");
    writeStable(store, 4, blocks(store, 8, 1));
    Operations.write(store, 20, blocks(store, 8, 1));
    Medium left = cut.imageAfterPowerLoss(new BitSet());
    pool.close();
    Map<String, ByteBuffer> before = image(left);

    assertThat(check(left)).isEqualTo(new PoolCheck.Summary(1, 8 * 4096, 0));

    assertThat(told).isEmpty();
    assertThat(image(left)).isEqualTo(before);
  }

  @Test
  void a_rotten_block_is_told_for_every_volume_that_has_it() throws IOException {
    fill();
    long block = offsetOf((byte) 1) + 3 * 4096;
    flip(SEGMENT, block + 17);
    flip(SEGMENT, block + 4096);

    check(medium);

    String what =
        SEGMENT
            + " at byte "
            + block
            + ": the block's checksum is wrong; reading it ends in MEDIUM ERROR, writing it anew"
            + " heals it";
    assertThat(told).containsExactly("kept, LBA 7 to 8: " + what, "volume, LBA 7 to 8: " + what);
    assertThat(progress).isEqualTo((8 + 9) * 4096);
  }

  @Test
  void a_damaged_superblock_is_told_and_the_other_one_serves() throws IOException {
    fill();
    long older = Superblock.newest(medium).orElseThrow().generation() + 1;
    flip(Superblock.FILE, older % 2 * 4096 + 40);

    assertThat(check(medium).volumes()).isEqualTo(2);
    assertThat(told)
        .containsExactly(
            "superblock at byte "
                + older % 2 * 4096
                + ": this superblock is damaged; if the other one is whole, the pool is opened from"
                + " it, and the next checkpoint writes this one anew");
  }

  @Test
  void an_empty_superblock_that_must_have_been_written_is_told() throws IOException {
    fill();
    long older = Superblock.newest(medium).orElseThrow().generation() + 1;
    ByteBuffer zeros = ByteBuffer.allocate(512);
    medium.write(Superblock.FILE, older % 2 * 4096, List.of(zeros), Purpose.COMMIT);

    assertThat(check(medium).volumes()).isEqualTo(2);
    assertThat(told).singleElement().asString().contains("this superblock is damaged");
  }

  @Test
  void an_empty_superblock_beside_the_very_first_one_is_no_damage() throws IOException {
    Superblock.first(1, 64 << 10).write(medium);
    assertThat(Superblock.isDamaged(medium, 0)).isFalse();
    assertThat(Superblock.isDamaged(medium, 1)).isFalse();
  }

  @Test
  void what_cannot_be_read_is_told_and_the_check_ends_well() throws IOException {
    fill();
    for (String file : List.of(SEGMENT, Superblock.FILE)) {
      Hooked broken = new Hooked(medium);
      broken.hook(
          (io, name, purpose) -> {
            if (name.equals(file)) {
              throw new IOException("critical medium error at " + name);
            }
          });
      told.clear();
      assertThat(check(broken).volumes()).isZero();
      assertThat(told)
          .containsExactly("the pool cannot be read, nor opened: critical medium error at " + file);
    }
  }

  @Test
  void a_dropped_tail_and_what_a_file_held_before_are_told_apart() throws IOException {
    PowerLossMedium cut = new PowerLossMedium(new MemoryMedium());
    Pool pool = Pool.open(cut, OPTIONS);
    pool.create("volume", new Geometry(4096, 40));
    BlockStore store = pool.open("volume");
    for (int i = 0; i < 3; i++) {
      Operations.write(store, i, blocks(store, 1, 1 + i));
    }
    MemoryMedium torn = cut.imageWithEverything();
    pool.close();
    // The log: a header and the volume; each write of three records takes a head and eight sectors.
    long second = (2 + 9) * 512 + 512;
    torn.write(SEGMENT, second, List.of(ByteBuffer.allocate(512)), Purpose.DATA);

    assertThat(check(torn).findings()).isZero();

    assertThat(notes)
        .containsExactly(
            SEGMENT
                + " at byte 5632: the log ends here, behind record 2; 2 records behind it (3 to 4)"
                + " were written and never known to be on stable storage, and record 3 in front of"
                + " them is not whole: opening the pool drops them");
    Pool.open(torn, OPTIONS).close();
    notes.clear();
    assertThat(check(torn).findings()).isZero();
    assertThat(notes)
        .containsExactly(
            SEGMENT
                + " at byte 5632: the log ends here, behind record 2; 2 record headers there are"
                + " older, and mean nothing");
  }

  @Test
  void a_pool_without_a_whole_superblock_is_told() throws IOException {
    fill();
    flip(Superblock.FILE, 40);
    flip(Superblock.FILE, 4096 + 40);

    check(medium);

    assertThat(told).hasSize(3);
    assertThat(told.getLast())
        .isEqualTo(
            "superblock at byte 0: neither superblock is whole; restore the pool's files from a"
                + " copy");
  }

  @Test
  void a_damaged_checkpoint_is_told() throws IOException {
    fill();
    long generation = Superblock.newest(medium).orElseThrow().checkpoint().generation();
    flip(Checkpoint.fileName(generation), 30);

    check(medium);

    assertThat(told)
        .containsExactly(
            Checkpoint.fileName(generation)
                + " at byte 0: the checkpoint's checksum is wrong; restore the pool's files from a"
                + " copy");
  }

  @Test
  void a_segment_that_is_another_one_is_told() throws IOException {
    fill();
    flip(SEGMENT, 33);

    check(medium);

    assertThat(told)
        .containsExactly("superblock at byte 0: segment 1, where the log goes on, is gone");
  }

  @Test
  void rot_in_the_log_is_told_with_the_record_and_how_it_is_known() throws IOException {
    Pool pool = Pool.open(medium, OPTIONS);
    pool.create("volume", new Geometry(4096, 40));
    BlockStore store = pool.open("volume");
    writeStable(store, 4, blocks(store, 8, 1));
    writeStable(store, 20, blocks(store, 1, 2));
    writeStable(store, 21, blocks(store, 1, 3));
    flip(SEGMENT, offsetOf((byte) 1) + 4096);

    check(medium);

    assertThat(told)
        .singleElement()
        .asString()
        .matches(
            SEGMENT
                + " at byte \\d+: record 2 is damaged or missing, and it is no torn tail: record 3"
                + " in .* knows that everything up to record 2 was on stable storage; .*");
    pool.close();
  }

  @Test
  void a_directory_that_nobody_may_write_to_is_checked_and_one_in_use_refused(@TempDir Path path)
      throws IOException {
    Path directory = path.resolve("pool");
    try (Medium files = DirectoryMedium.open(directory);
        Pool pool = Pool.open(files, OPTIONS)) {
      pool.create("volume", new Geometry(4096, 40));
      writeStable(pool.open("volume"), 4, blocks(pool.open("volume"), 8, 1));
      Assertions.assertThatThrownBy(() -> ReadOnlyDirectory.open(directory))
          .isInstanceOf(MediumInUseException.class)
          .hasMessageContaining("is in use by another process");
    }
    try (var names = Files.list(directory)) {
      names.forEach(name -> assertThat(name.toFile().setReadOnly()).isTrue());
    }
    assertThat(directory.toFile().setReadOnly()).isTrue();
    try (Medium files = ReadOnlyDirectory.open(directory)) {
      Map<String, ByteBuffer> before = image(files);
      assertThat(check(files)).isEqualTo(new PoolCheck.Summary(1, 8 * 4096, 0));
      assertThat(image(files)).isEqualTo(before);
    } finally {
      assertThat(directory.toFile().setWritable(true)).isTrue();
    }
  }

  private PoolCheck.Summary check(Medium checked) throws IOException {
    return PoolCheck.run(
        checked,
        new PoolCheck.Listener() {
          @Override
          public void found(Finding finding) {
            told.add(finding.toString());
          }

          @Override
          public void noted(String what) {
            notes.add(what);
          }

          @Override
          public void progress(long done, long total) {
            assertThat(done).isBetween(progress, total);
            progress = done;
          }
        });
  }

  /** Where the first block that is filled with a value begins, in the first segment. */
  private long offsetOf(byte value) throws IOException {
    ByteBuffer segment = ByteBuffer.allocate(64 << 10);
    medium.read(SEGMENT, 0, segment, Purpose.DATA);
    for (int at = 0; at < segment.capacity(); at += 512) {
      if (segment.get(at) == value && segment.get(at + 511) == value) {
        return at;
      }
    }
    throw new AssertionError("no block of " + value);
  }

  private void flip(String file, long offset) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    medium.read(file, offset, one, Purpose.DATA);
    medium.write(
        file, offset, List.of(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)})), Purpose.DATA);
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

package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.backstore.DirectoryMedium;
import org.untorn.backstore.Medium;

/** {@code untorn check} on a pool that the command line made, and that was damaged since. */
class CheckCommandTest {

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void fill() throws IOException {
    Path image = directory.resolve("image");
    byte[] data = new byte[1 << 20];
    Arrays.fill(data, (byte) 7);
    Files.write(image, data);
    run("volume", "import", "vm1", image.toString(), "--dir", pool());
  }

  @Test
  void a_sound_pool_is_called_sound() {
    assertThat(run("check", pool()))
        .isEqualTo(
            new ProgramRun(0, pool() + " is sound: 1 volumes and snapshots, 1 MiB read", ""));
    assertThat(run("check", pool(), "--json").out())
        .isEqualTo(
            "{\"sound\":true,\"volumes\":1,\"bytes\":1048576,\"findings\":0,\"found\":[],\"notes\":[],\"givenUp\":[]}");
  }

  @Test
  void a_rotten_block_is_named_with_its_volume_and_lba() throws IOException {
    rot();

    ProgramRun run = run("check", pool());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out().lines().toList())
        .hasSize(2)
        .last()
        .isEqualTo(pool() + " is damaged in 1 places");
    assertThat(run.out())
        .contains("vm1, LBA ", "the block's checksum is wrong; reading it ends in MEDIUM ERROR");
    JsonNode json = new ObjectMapper().readTree(run("check", pool(), "--json").out());
    assertThat(json.path("sound").asBoolean()).isFalse();
    assertThat(json.at("/found/0/volume").asText()).isEqualTo("vm1");
    assertThat(json.at("/found/0/what").asText()).startsWith("segment-");
  }

  @Test
  void a_repair_leaves_a_pool_that_opens_and_lists_what_is_lost() throws IOException {
    rot();
    ProgramRun run = run("check", pool(), "--repair");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("vm1, LBA ", "MEDIUM ERROR");
    assertThat(run("volume", "list", "--dir", pool()).exitCode()).isZero();
    assertThat(run("check", pool(), "--accept-loss"))
        .isEqualTo(new ProgramRun(2, "", "untorn: --accept-loss goes with --repair"));
  }

  @Test
  void a_pool_without_superblocks_is_not_repaired_and_stays_as_it_is() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(pool() + "/superblock", "rw")) {
      file.write(new byte[8192]);
    }
    ProgramRun run = run("check", pool(), "--repair", "--accept-loss");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "untorn: nothing was changed: neither superblock is whole: there is nothing to begin"
                + " with; restore the pool's files from a copy");
  }

  @Test
  void an_export_of_a_rotten_block_fails_and_leaves_no_file() throws IOException {
    rot();
    Path image = directory.resolve("out.img");

    ProgramRun run = run("volume", "export", "vm1", image.toString(), "--dir", pool());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("is unreadable: segment-", "the block's checksum is wrong");
    assertThat(image).doesNotExist();
    assertThat(directory.resolve("out.img.part")).doesNotExist();
    assertThat(run("volume", "list", "--dir", pool()).out()).doesNotContain(".export");
  }

  @Test
  void what_is_no_pool_or_in_use_cannot_be_checked() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(run("check", empty.toString()))
        .isEqualTo(new ProgramRun(2, "", "untorn: there is no pool in " + empty));
    assertThat(run("check", "no-such"))
        .isEqualTo(new ProgramRun(2, "", "untorn: there is no directory no-such"));
    try (Medium _ = DirectoryMedium.open(Path.of(pool()))) {
      assertThat(run("check", pool()))
          .isEqualTo(
              new ProgramRun(
                  2,
                  "",
                  "untorn: "
                      + pool()
                      + " is in use by another process: stop it, or choose another directory"));
    }
  }

  @Test
  void a_damaged_pool_is_not_opened_and_the_error_names_the_way_out() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(pool() + "/superblock", "rw")) {
      file.write(new byte[8192]);
    }

    ProgramRun run = run("volume", "list", "--dir", pool());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("untorn: the pool in " + pool() + " is damaged: superblock at byte 0: ")
        .endsWith("; 'untorn check " + pool() + "' says all, and with --repair keeps what is good");
  }

  /** Changes a byte of the volume's blocks. */
  private void rot() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(pool() + "/segment-00000001", "rw")) {
      byte[] head = new byte[1 << 20];
      file.readFully(head);
      for (int at = 0; at < head.length; at += 512) {
        if (head[at] == 7 && head[at + 511] == 7) {
          file.seek(at);
          file.write(8);
          return;
        }
      }
    }
    throw new AssertionError("no block was found");
  }

  private String pool() {
    return directory.resolve("pool").toString();
  }

  private static ProgramRun run(String... arguments) {
    return ProgramRun.of(arguments);
  }
}

package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.vpd.AtomicProfile;

/** {@code untorn volume}, with the same result whether or not a daemon has the pool. */
class VolumeCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Who has the pool open. */
  enum Where {
    /** The command itself. */
    HERE,
    /** A daemon, which serves the volume "served". */
    DAEMON
  }

  @TempDir private Path directory = Path.of("");
  private Optional<Daemon> daemon = Optional.empty();

  @AfterEach
  void end() {
    daemon.ifPresent(Daemon::close);
  }

  @ParameterizedTest
  @EnumSource
  void a_volume_is_made_shown_resized_and_deleted(Where where) throws IOException {
    begin(where);

    assertThat(volume("create", "vm1", "--size", "1MiB"))
        .isEqualTo(
            new ProgramRun(
                0, "created vm1, a volume of 1MiB in blocks of 512 bytes, 0B of it data", ""));
    assertThat(volume("resize", "vm1", "2MiB").out()).startsWith("resized vm1, a volume of 2MiB");
    assertThat(volume("list").out().lines().filter(line -> line.startsWith("vm1")))
        .containsExactly("vm1     volume  2MiB  0B    512    -");
    assertThat(volume("delete", "vm1").out()).startsWith("deleted vm1");
    assertThat(volume("list").out()).doesNotContain("vm1");
  }

  @ParameterizedTest
  @EnumSource
  void json_says_all_of_it_exactly(Where where) throws IOException {
    begin(where);
    volume("create", "vm1", "--size", "1MiB", "--block-size", "4096");

    JsonNode made = JSON.readTree(volume("snapshot", "vm1", "vm1-monday", "--json").out());
    assertThat(made.toString())
        .isEqualTo(
            "{\"name\":\"vm1-monday\",\"kind\":\"snapshot\",\"blockSize\":4096,\"blocks\":256,"
                + "\"bytes\":1048576,\"mappedBytes\":0,\"luns\":[]}");
    JsonNode all = JSON.readTree(volume("list", "--json").out());
    assertThat(all.findValuesAsText("name")).containsSubsequence("vm1", "vm1-monday");
    assertThat(all.path("capacity").asLong()).isGreaterThan(all.path("used").asLong());
  }

  @ParameterizedTest
  @EnumSource
  void what_cannot_be_is_refused_in_one_line_that_says_what_to_do(Where where) throws IOException {
    begin(where);
    volume("create", "vm1", "--size", "1MiB");
    volume("snapshot", "vm1", "s");
    volume("create", "big", "--size", "1MiB", "--block-size", "4096");

    refused(
        "there is a vm1 already; choose another name, or delete it first",
        "create",
        "vm1",
        "--size",
        "1MiB");
    refused(
        "'.x' is no name: up to 64 letters, digits, '.', '_' and '-', and no '.' or '-' first",
        "create",
        ".x",
        "--size",
        "1MiB");
    refused(
        "a size of 1000 is not a whole number of blocks of 512 bytes",
        "create",
        "x",
        "--size",
        "1000");
    refused(
        "a block size of 1024: 512 and 4096 are supported",
        "create",
        "x",
        "--size",
        "1MiB",
        "--block-size",
        "1024");
    refused("there is no volume x; 'untorn volume list' shows all", "delete", "x");
    refused("there is no volume a/b; 'untorn volume list' shows all", "delete", "a/b");
    refused(
        "vm1 has 1MiB: 512KiB would cut off what lies behind; say --shrink if that is meant",
        "resize",
        "vm1",
        "512KiB");
    refused("s is a snapshot and keeps its size; resize a clone of it", "resize", "s", "2MiB");
    refused(
        "a volume goes back to a snapshot; vm1 is a volume and big a volume",
        "rollback",
        "vm1",
        "big");
    refused("s is no snapshot of big: its blocks have another length", "rollback", "big", "s");
    assertThat(volume("resize", "vm1", "512KiB", "--shrink").exitCode()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void an_import_comes_out_again_byte_by_byte_and_its_zeros_take_no_room(Where where)
      throws IOException {
    begin(where);
    Path image = image("in.img", 5_000_000);
    byte[] content = padded(Files.readAllBytes(image));

    ProgramRun imported = volume("import", "vm1", image.toString());
    assertThat(imported.err()).isEmpty();
    assertThat(imported.out())
        .isEqualTo("imported vm1, a volume of 4883KiB in blocks of 512 bytes, 1954KiB of it data");
    Path out = directory.resolve("out.img");
    assertThat(volume("export", "vm1", out.toString()).err()).isEmpty();
    assertThat(Files.readAllBytes(out)).isEqualTo(content);
    assertThat(volume("list").out()).doesNotContain(".export", ".import");
    assertThat(directory.resolve("out.img.part")).doesNotExist();

    refused(out + " is there already; say --force to replace it", "export", "vm1", out.toString());
    refused(
        "there is a vm1 already; choose another name, or delete it first",
        "import",
        "vm1",
        image.toString());
    assertThat(volume("export", "vm1", out.toString(), "--force").exitCode()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void standard_input_and_output_are_images_too(Where where) throws IOException {
    begin(where);
    byte[] content = padded(Files.readAllBytes(image("in.img", 3 << 20)));
    InputStream standardInput = System.in;
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      System.setIn(new ByteArrayInputStream(content));
      assertThat(volume("import", "vm1", "-").err()).isEmpty();
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      assertThat(volume("export", "vm1", "-")).isEqualTo(new ProgramRun(0, "", ""));
    } finally {
      System.setIn(standardInput);
      System.setOut(standardOutput);
    }
    assertThat(out.toByteArray()).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource
  void an_image_of_qemu_img_goes_in_and_comes_out(Where where) throws IOException {
    Assumptions.assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "qemu-img"))),
        "qemu-img is not installed");
    begin(where);
    Path image = image("in.img", 3 << 20);
    volume("import", "vm1", image.toString());
    Path qcow2 = directory.resolve("out.qcow2");

    assertThat(volume("export", "vm1", qcow2.toString()).err()).isEmpty();
    assertThat(Files.readAllBytes(qcow2)).startsWith('Q', 'F', 'I', 0xfb);
    assertThat(volume("import", "vm2", qcow2.toString()).err()).isEmpty();
    Path out = directory.resolve("out.img");
    volume("export", "vm2", out.toString());
    assertThat(Files.readAllBytes(out)).isEqualTo(Files.readAllBytes(image));

    assertThat(volume("import", "vm3", image.toString(), "--format", "qcow2").exitCode())
        .isEqualTo(1);
    assertThat(volume("list").out()).doesNotContain("vm3");
  }

  @ParameterizedTest
  @EnumSource
  void an_import_that_does_not_fit_leaves_nothing_behind(Where where) throws IOException {
    begin(where);
    Path image = image("in.img", 3 << 20);

    ProgramRun run = volume("import", "vm1", image.toString(), "--size", "1MiB");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("vm1 was not imported: it is longer than 1MiB; give a larger size");
    assertThat(volume("list").out()).doesNotContain("vm1", ".import");
  }

  @ParameterizedTest
  @EnumSource
  void a_rollback_and_a_clone_bring_back_what_a_snapshot_holds(Where where) throws IOException {
    begin(where);
    Path first = image("first.img", 1 << 20);
    volume("import", "first", first.toString());
    volume("snapshot", "first", "kept");
    volume("resize", "first", "512KiB", "--shrink");

    assertThat(volume("rollback", "first", "kept").out()).startsWith("rolled back first");
    volume("clone", "kept", "copy");
    volume("delete", "kept");
    for (String name : List.of("first", "copy")) {
      Path out = directory.resolve(name + ".out");
      volume("export", name, out.toString());
      assertThat(Files.readAllBytes(out)).isEqualTo(Files.readAllBytes(first));
    }
  }

  @ParameterizedTest
  @EnumSource
  void where_there_is_no_pool_none_is_made_by_looking(Where where) throws IOException {
    begin(where);
    Path elsewhere = directory.resolve("elsewhere");

    assertThat(run("volume", "list", "--dir", elsewhere.toString()))
        .isEqualTo(
            new ProgramRun(
                1,
                "",
                "untorn: there is no pool in "
                    + elsewhere
                    + "; say --dir DIR, or make one with 'untorn volume create'"));
    assertThat(elsewhere).doesNotExist();
  }

  private void refused(String why, String... arguments) {
    assertThat(volume(arguments)).isEqualTo(new ProgramRun(2, "", "untorn: " + why));
  }

  /** A file with data, a hole of zeros, and data again. */
  private Path image(String name, int length) throws IOException {
    byte[] data = new byte[1_000_000];
    new Random(length).nextBytes(data);
    Path path = directory.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(data);
      file.setLength(length);
      file.seek(length - data.length);
      file.write(data);
    }
    return path;
  }

  private static byte[] padded(byte[] data) {
    return Arrays.copyOf(data, (data.length + 511) / 512 * 512);
  }

  private Path pool() {
    return directory.resolve("pool");
  }

  private void begin(Where where) throws IOException {
    if (where == Where.HERE) {
      volume("create", "served", "--size", "1MiB");
    } else {
      Endpoint anywhere = new Endpoint("127.0.0.1", 0);
      LunConfig lun =
          new LunConfig(
              0,
              "served",
              Optional.of(new Size(1 << 20)),
              512,
              4096,
              AtomicProfile.DEFAULT.limits());
      daemon =
          Optional.of(
              Daemon.start(
                  new DaemonConfig(
                      anywhere,
                      new Advertised.Reached(),
                      anywhere,
                      new Storage.Directory(pool()),
                      Optional.empty(),
                      AccessConfig.OPEN,
                      List.of(new TargetConfig("iqn.2026-11.org.untorn:test", List.of(lun))))));
    }
  }

  private ProgramRun volume(String... arguments) {
    List<String> all = new ArrayList<>(List.of("volume"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--dir", pool().toString()));
    return run(all.toArray(String[]::new));
  }

  private static ProgramRun run(String... arguments) {
    return ProgramRun.of(arguments);
  }
}

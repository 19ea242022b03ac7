package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.daemon.OneDisk.cdb;
import static org.untorn.daemon.OneDisk.data;
import static org.untorn.daemon.OneDisk.read;
import static org.untorn.daemon.OneDisk.write;
import static org.untorn.daemon.OneDisk.writeAtomic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.crash.Recordings;
import org.untorn.daemon.history.Histories;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicProfile;

/** {@code untorn crash-states}, from a disk that initiators write to up to a bad state's image. */
class CrashStatesCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

  @TempDir private Path directory = Path.of("");
  private Optional<Daemon> daemon = Optional.empty();

  @AfterEach
  void end() {
    daemon.ifPresent(Daemon::close);
    daemon = Optional.empty();
  }

  private Path pool() {
    return directory.resolve("pool");
  }

  private void serve(String volume, Recordings recordings) throws IOException {
    LunConfig lun =
        new LunConfig(
            0, volume, Optional.of(new Size(4 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());
    daemon =
        Optional.of(
            Daemon.start(
                new DaemonConfig(
                        ANYWHERE,
                        new Advertised.Reached(),
                        ANYWHERE,
                        new Storage.Directory(pool()),
                        Optional.empty(),
                        AccessConfig.OPEN,
                        List.of(new TargetConfig(TARGET, List.of(lun))))
                    .with(FaultConfig.power(5)),
                UnaryOperator.identity(),
                Histories.none(),
                recordings));
  }

  private void record(long bytes) throws IOException {
    switch (Recordings.of(new Size(bytes))) {
      case Parsed.Value<Recordings>(Recordings recordings) -> serve("disk", recordings);
      case Parsed.Wrong<Recordings>(String why) -> throw new AssertionError(why);
    }
  }

  private InitiatorSession login() {
    InitiatorSession session =
        InitiatorSession.login(
            daemon.orElseThrow().ready().portal().bound(), LoginOptions.to(TARGET));
    session.execute(Command.of(0, cdb(0x00, 6, 0, 0)));
    return session;
  }

  private void does(Command... commands) {
    try (InitiatorSession session = login()) {
      for (Command command : commands) {
        assertThat(session.execute(command).isGood()).isTrue();
      }
    }
  }

  private static Command flush() {
    return Command.of(0, cdb(0x35, 10, 0, 0));
  }

  private ProgramRun run(String verb, String... arguments) {
    return ProgramRun.of(
        Stream.of(
                Stream.of("crash-states", verb),
                Stream.of(arguments),
                Stream.of("--dir", pool().toString()))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  private byte[] image(String state) throws IOException {
    Path file = directory.resolve("image");
    assertThat(run("export", "disk", state, file.toString(), "--force"))
        .extracting(ProgramRun::exitCode, ProgramRun::err)
        .containsExactly(0, "");
    return Files.readAllBytes(file);
  }

  private static byte[] blocks(byte[] image, int lba, int count) {
    return Arrays.copyOfRange(image, lba * 512, (lba + count) * 512);
  }

  @Test
  void what_initiators_wrote_is_listed_state_by_state() throws IOException {
    record(1 << 20);
    does(write(8, 1, 1), flush(), write(9, 2, 2), writeAtomic(16, 8, 0, 3));

    assertThat(run("list", "disk").out())
        .isEqualTo(
            """
            disk: 4 commands recorded, 3 changes and 1 flushes
            9 crash states, which are all

            AT RISK  LOST  TORN  STATE
                  0     0     0  0
                  1     0     0  1
                  1     0     0  3
                  1     0     1  3~3:0
                  1     0     1  3~3:1
                  2     0     0  4
                  2     1     0  4~3
                  2     0     1  4~3:0
                  2     0     1  4~3:1\
            """);
    JsonNode json = JSON.readTree(run("list", "disk", "--json").out());
    assertThat(json.path("all").asBoolean()).isTrue();
    assertThat(json.path("states").findValuesAsText("state")).hasSize(9).endsWith("4~3:1");
  }

  @Test
  void a_state_is_exported_and_mounted_and_served_to_an_initiator() throws IOException {
    record(1 << 20);
    does(write(8, 4, 1), flush(), write(8, 4, 2), writeAtomic(16, 8, 0, 3));
    byte[] image = image("4~3:0,2..3");
    assertThat(blocks(image, 8, 4))
        .isEqualTo(concat(data(1, 1), data(1, 2), data(1, 1), data(1, 1)));
    assertThat(blocks(image, 16, 8)).isEqualTo(data(8, 3));
    assertThat(image("0")).containsOnly(0);

    assertThat(run("mount", "disk", "4~3:0,2..3", "crashed").out()).startsWith("made crashed");
    end();
    assertThat(run("mount", "disk", "3", "older").out()).startsWith("made older");
    serve("crashed", Recordings.none());
    try (InitiatorSession session = login()) {
      assertThat(session.execute(read(8, 4)).dataIn()).isEqualTo(blocks(image, 8, 4));
      assertThat(session.execute(read(16, 8)).dataIn()).isEqualTo(data(8, 3));
      assertThat(session.execute(write(8, 1, 9)).isGood()).isTrue();
    }
    assertThat(blocks(image("4~3:0,2..3"), 8, 1)).as("a clone is written").isEqualTo(data(1, 1));
  }

  @Test
  void a_mounted_state_takes_room_only_for_what_was_not_flushed() throws IOException {
    record(4 << 20);
    Command[] many = new Command[16];
    Arrays.setAll(many, i -> write(64 * i, 64, i + 1));
    does(many);
    does(flush(), write(2000, 8, 1), write(2008, 8, 1));
    run("mount", "disk", "18", "first");
    long before = written();
    assertThat(run("mount", "disk", "19~18", "second").exitCode()).isZero();
    assertThat(written() - before).as("bytes for 8 blocks").isLessThan(64 << 10);
    assertThat(run("mount", "disk", "0", "empty").exitCode()).isZero();
  }

  /** The end of what the pool has written. */
  private long written() throws IOException {
    ProgramRun list = ProgramRun.of("volume", "list", "--json", "--dir", pool().toString());
    return JSON.readTree(list.out()).path("used").asLong();
  }

  @Test
  void a_checker_finds_a_torn_write_and_learns_the_least_that_tears_it() throws IOException {
    record(1 << 20);
    does(write(0, 8, 1), write(8, 8, 1), write(16, 8, 1), flush());
    does(write(0, 8, 2), write(8, 8, 2), write(16, 8, 2));
    // Bad where block 13 is old and block 20 new: byte 6656 is 1, byte 10240 is 2.
    String checker =
        "test \"$(od -An -tu1 -j6656 -N1 {})$(od -An -tu1 -j10240 -N1 {})\" != '   1   2'";

    ProgramRun run = run("list", "disk", "--states", "150", "--run", checker, "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    JsonNode json = JSON.readTree(run.out());
    assertThat(json.path("checked").asInt()).isEqualTo(150);
    assertThat(json.path("good").asInt() + json.path("bad").size()).isEqualTo(150);
    String least = json.path("least").asText();
    assertThat(least).isEqualTo("7~6:5");
    assertThat(json.path("again").asText())
        .isEqualTo("untorn crash-states export disk 7~6:5 bad.img --dir " + pool());
    byte[] image = image(least);
    assertThat(image[6656]).isEqualTo((byte) 1);
    assertThat(image[10240]).isEqualTo((byte) 2);

    ProgramRun words = run("list", "disk", "--run", checker, "--state", least);
    assertThat(words.exitCode()).isEqualTo(1);
    assertThat(words.out())
        .contains("1 checked: 0 good, 1 bad")
        .contains("  the power goes after command 7, write of 8 blocks at 16")
        .contains("  torn: command 6, write of 8 blocks at 8: block 5 of it is lost");
    assertThat(run("list", "disk", "--run", checker, "--state", "7").exitCode()).isZero();
  }

  @Test
  void a_checker_may_change_its_image_and_the_next_state_does_not_suffer() throws IOException {
    record(1 << 20);
    does(write(0, 2, 1), flush(), write(0, 2, 2));
    // Bad if it sees what it wrote itself; block 5 is in no state.
    String checker = "test $(od -An -tu1 -j2560 -N1 {}) = 0 && printf x | dd of={} bs=1 seek=2560";
    assertThat(run("list", "disk", "--run", checker).out()).contains("7 checked: 7 good, 0 bad");
  }

  /** The explorer and the volatile cache are two models of one thing. */
  @Test
  void what_a_power_cut_leaves_is_one_of_the_states() throws Exception {
    record(1 << 20);
    Path left = directory.resolve("left");
    Set<String> found = new HashSet<>();
    for (int cut = 1; cut <= 12; cut++) {
      run("record", "disk");
      does(write(0, 1, 3 * cut), flush(), write(0, 3, 3 * cut + 1), writeAtomic(8, 8, 0, cut));
      var power = daemon.orElseThrow().power().orElseThrow();
      power.cut().get();
      power.on().get();
      ProgramRun.of(
          "volume", "export", "disk", left.toString(), "--force", "--dir", pool().toString());
      JsonNode same =
          JSON.readTree(run("list", "disk", "--run", "! cmp -s {} " + left, "--json").out());
      assertThat(same.path("all").asBoolean()).isTrue();
      assertThat(same.path("bad").findValuesAsText("state")).as("cut " + cut).hasSize(1);
      found.addAll(same.path("bad").findValuesAsText("state"));
    }
    assertThat(found).as("chance leaves several").hasSizeGreaterThan(4);
  }

  @Test
  void a_recording_that_is_full_says_so_and_its_disk_goes_on() throws IOException {
    record(8 << 10);
    does(write(0, 4, 1), write(4, 4, 2), write(8, 4, 3));
    assertThat(run("list", "disk", "--states", "5").out())
        .startsWith("disk: 2 commands recorded, 2 changes and 0 flushes; it ended: it is full");
    assertThat(run("record", "disk", "--json").out()).contains("\"recording\":true");
    does(write(0, 1, 4));
    assertThat(run("list", "disk").out()).contains("2 crash states, which are all");
    assertThat(blocks(image("0"), 8, 4)).as("the base").isEqualTo(data(4, 3));
  }

  @Test
  void a_recording_ends_when_it_is_told_to_or_deleted_or_when_the_power_goes() throws Exception {
    record(1 << 20);
    assertThat(run("record", "disk", "--stop").out()).endsWith("it ended: it was told to");
    assertThat(run("record", "disk").out()).startsWith("disk: recording, 0 commands");
    assertThat(run("forget", "disk").exitCode()).isZero();
    assertThat(run("record").out()).endsWith("it ended: it was deleted");
    assertThat(run("list", "disk").err())
        .isEqualTo("untorn: nothing is recorded of disk; 'untorn serve --record' records");
    run("record", "disk");
    var power = daemon.orElseThrow().power().orElseThrow();
    power.cut().get();
    power.on().get();
    assertThat(run("record").out()).endsWith("it ended: the power was cut");
  }

  @Test
  void what_cannot_be_is_refused_in_one_line() throws IOException {
    record(1 << 20);
    does(write(0, 1, 1));
    refused(
        "'x' is no crash state; one is like 57~41~45:0..3, see 'untorn crash-states list'",
        "mount",
        "disk",
        "x",
        "crashed");
    refused("--run 'true': say with {} where the image stands", "list", "disk", "--run", "true");
    refused("--states 0: from 1 to 1000000 can be had", "list", "disk", "--states", "0");
    refused(
        "there is a disk already; choose another name, or delete it first",
        "mount",
        "disk",
        "1",
        "disk");
    assertThat(Recordings.of(new Size(100)))
        .isEqualTo(Parsed.wrong("--record 100: a recording takes from 2KiB to 1GiB"));
    serveWithout();
    assertThat(run("record", "disk").err())
        .isEqualTo("untorn: nothing is recorded; serve with --record");
  }

  private void serveWithout() throws IOException {
    end();
    serve("disk", Recordings.none());
  }

  private void refused(String why, String verb, String... arguments) {
    assertThat(run(verb, arguments)).isEqualTo(new ProgramRun(2, "", "untorn: " + why));
  }

  /** A file is added to an ext4 file system, once without a flush between its writes. */
  @Test
  void e2fsck_finds_the_states_of_ext4_that_no_journal_protects() throws Exception {
    Assumptions.assumeTrue(
        "true".equals(System.getenv("CI"))
            || Stream.of("mke2fs", "e2fsck", "debugfs")
                .allMatch(tool -> Files.isExecutable(Path.of("/usr/sbin", tool))),
        "there is no e2fsprogs (Debian package)");
    Path before = directory.resolve("before");
    Path after = directory.resolve("after");
    shell("/usr/sbin/mke2fs -q -t ext4 -b 4096 " + before + " 4M");
    Files.copy(before, after, StandardCopyOption.REPLACE_EXISTING);
    Path small = Files.write(directory.resolve("small"), data(200, 7));
    shell("/usr/sbin/debugfs -w -R 'write " + small + " copy' " + after);
    assertThat(
            ProgramRun.of("volume", "import", "disk", before.toString(), "--dir", pool().toString())
                .exitCode())
        .isZero();
    record(16 << 20);
    byte[] old = Files.readAllBytes(before);
    byte[] changed = Files.readAllBytes(after);
    try (InitiatorSession session = login()) {
      for (int lba = 0; lba < old.length / 512; lba += 8) {
        byte[] next = blocks(changed, lba, 8);
        if (!Arrays.equals(blocks(old, lba, 8), next)) {
          Command write = Command.write(0, cdb(0x2A, 10, lba, 8), next);
          assertThat(session.execute(write).isGood()).isTrue();
        }
      }
      assertThat(session.execute(flush()).isGood()).isTrue();
    }

    String fsck = "/usr/sbin/e2fsck -fn {}";
    JsonNode json =
        JSON.readTree(run("list", "disk", "--states", "60", "--run", fsck, "--json").out());
    List<String> bad = json.path("bad").findValuesAsText("state");
    int last = json.path("commands").asInt() - 1;
    assertThat(json.path("changes").asInt()).isEqualTo(last);
    assertThat(bad).isNotEmpty().doesNotContain("0", Integer.toString(last));
    assertThat(json.path("states").findValuesAsText("state")).contains("0", "" + last);
    assertThat(run("list", "disk", "--run", fsck, "--state", json.path("least").asText()))
        .extracting(ProgramRun::exitCode)
        .isEqualTo(1);
    assertThat(image("" + last)).isEqualTo(changed);
    assertThat(image("0")).isEqualTo(old);
  }

  private static void shell(String command) throws Exception {
    Process process =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).as(command).isZero();
  }

  private static byte[] concat(byte[]... parts) {
    byte[] all = new byte[Stream.of(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}

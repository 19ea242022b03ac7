package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.Ready;
import org.untorn.testkit.UntornProcess;

/**
 * Volumes as their users see them: {@code untorn volume} in a process of its own beside a daemon
 * under load, and an initiator that looks at what came of it.
 */
class VolumesTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:";
  private static final int SLOTS = 64;
  private static final int BLOCKS = 64;

  @TempDir private Path directory = Path.of("");

  /** By slot: the newest stamp that was sent, and the newest that was answered. */
  private final AtomicLongArray sent = new AtomicLongArray(SLOTS);

  private final AtomicLongArray answered = new AtomicLongArray(SLOTS);

  /** What a run of the command line printed and how it ended. */
  private record Run(int exitCode, String output) {}

  @Test
  @Timeout(180)
  void a_snapshot_under_load_is_one_moment_which_can_be_served_cloned_exported_and_returned_to()
      throws Exception {
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    try (UntornProcess target =
        UntornProcess.serve("--dir", pool(), "--volume", "vm1", "--size", "2MiB")) {
      try (WireSession session = WireSession.ready(target.ready())) {
        snapshotUnderLoad(session, before, after);
        refuseWhatWouldHurt();
        resize(session);
      }
      done("volume", "clone", "kept", "copy");
      assertThat(target.terminate()).isZero();
    }
    Path config = directory.resolve("untorn.yaml");
    Files.writeString(
        config,
        """
        targets:
          - {name: "%1$svm1", luns: [{volume: vm1}]}
          - {name: "%1$skept", luns: [{volume: kept}]}
          - {name: "%1$scopy", luns: [{volume: copy}]}
        """
            .formatted(TARGET));
    try (UntornProcess target =
        UntornProcess.serve("--dir", pool(), "--config", config.toString())) {
      byte[] kept = readAll(target, "kept");
      for (int slot = 0; slot < SLOTS; slot++) {
        byte[] data = new byte[BLOCKS * Blocks.SIZE];
        System.arraycopy(kept, slot * data.length, data, 0, data.length);
        assertThat(Blocks.wholeStamp(data))
            .as("slot %d", slot)
            .isBetween(before.get(slot), after.get(slot));
      }
      servedSnapshotTakesNoWrites(target);
      assertThat(readAll(target, "copy")).isEqualTo(kept);
      Path image = directory.resolve("kept.img");
      done("volume", "export", "kept", image.toString());
      assertThat(Files.readAllBytes(image)).isEqualTo(kept);

      try (WireSession clone = WireSession.ready(ready(target, "copy"))) {
        clone.write(Cdb.write16(0, BLOCKS), Blocks.stamped(BLOCKS, 1)).good();
      }
      assertThat(readAll(target, "kept")).isEqualTo(kept);
      done("volume", "rollback", "vm1", "kept");
      assertThat(readAll(target, "vm1")).isEqualTo(kept);
      assertThat(target.terminate()).isZero();
    }
  }

  private void snapshotUnderLoad(WireSession session, List<Long> before, List<Long> after)
      throws Exception {
    for (int slot = 0; slot < SLOTS; slot++) {
      write(session, slot, slot + 1);
    }
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Long> load =
        CompletableFuture.supplyAsync(
            () -> {
              Random random = new Random(1);
              long stamp = SLOTS;
              while (!enough.get()) {
                stamp++;
                write(session, random.nextInt(SLOTS), stamp);
              }
              return stamp;
            });
    for (int slot = 0; slot < SLOTS; slot++) {
      before.add(answered.get(slot));
    }
    done("volume", "snapshot", "vm1", "kept");
    for (int slot = 0; slot < SLOTS; slot++) {
      after.add(sent.get(slot));
    }
    enough.set(true);
    assertThat(load.get()).as("writes under way").isGreaterThan(2L * SLOTS);
  }

  private void write(WireSession session, int slot, long stamp) {
    try {
      sent.set(slot, stamp);
      byte[] cdb = Cdb.writeAtomic16((long) slot * BLOCKS, BLOCKS);
      session.write(cdb, Blocks.stamped(BLOCKS, stamp)).good();
      answered.set(slot, stamp);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void refuseWhatWouldHurt() throws Exception {
    assertThat(untorn("volume", "delete", "vm1"))
        .isEqualTo(
            new Run(
                2,
                "untorn: vm1 is served as iqn.2026-11.org.untorn:disk0/0; serve without it first"));
    Run rollback = untorn("volume", "rollback", "vm1", "kept");
    assertThat(rollback.exitCode()).isEqualTo(2);
    assertThat(rollback.output()).contains("vm1 is in use by iqn.", "log out there first");
  }

  /** CAPACITY DATA HAS CHANGED, once, and then the new capacity. */
  private void resize(WireSession session) throws Exception {
    done("volume", "resize", "vm1", "4MiB");
    expect(session.execute(Cdb.testUnitReady()), Sense.UNIT_ATTENTION, 0x2A09);
    session.execute(Cdb.testUnitReady()).good();
    byte[] readCapacity = Cdb.of(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(session.read(readCapacity, 8).good()).startsWith(0, 0, 0x1f, 0xff);
    session.write(Cdb.write16(8191, 1), Blocks.stamped(1, 9)).good();
    done("volume", "resize", "vm1", "2MiB", "--shrink");
    expect(session.execute(Cdb.testUnitReady()), Sense.UNIT_ATTENTION, 0x2A09);
  }

  private static void expect(Answer answer, int key, int code) {
    assertThat(answer.checkCondition().key()).isEqualTo(key);
    assertThat(answer.checkCondition().code()).isEqualTo(code);
  }

  private void servedSnapshotTakesNoWrites(UntornProcess target) throws IOException {
    try (WireSession session = WireSession.ready(ready(target, "kept"))) {
      byte[] one = Blocks.stamped(BLOCKS, 5);
      expect(session.write(Cdb.writeAtomic16(0, BLOCKS), one), Sense.DATA_PROTECT, 0x2700);
      byte[] modeSense = Cdb.of(0x1A, 0, 0x3F, 0, 0xFF, 0);
      assertThat(session.read(modeSense, 255).good()[2] & 0x80).as("WP").isEqualTo(0x80);
    }
  }

  private static Ready ready(UntornProcess target, String name) {
    Ready first = target.ready();
    return new Ready(first.address(), TARGET + name, 0, first.url(), first.control());
  }

  private static byte[] readAll(UntornProcess target, String name) throws IOException {
    try (WireSession session = WireSession.ready(ready(target, name))) {
      return session.read(Cdb.read16(0, SLOTS * BLOCKS), SLOTS * BLOCKS * Blocks.SIZE).good();
    }
  }

  private String pool() {
    return directory.resolve("pool").toString();
  }

  private void done(String... arguments) throws Exception {
    Run run = untorn(arguments);
    assertThat(run.exitCode()).as(run.output()).isZero();
  }

  /** Runs the command line on the pool, unless the arguments name another. */
  private Run untorn(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", classPath(), "org.untorn.daemon.Main"));
    command.addAll(List.of(arguments));
    if (!command.contains("--dir")) {
      command.addAll(List.of("--dir", pool()));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return new Run(process.waitFor(), output);
  }

  /** Without jSCSI, whose jars carry a logging configuration of their own. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("jscsi"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}

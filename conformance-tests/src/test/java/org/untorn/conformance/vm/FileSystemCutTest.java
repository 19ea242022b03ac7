package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.ScriptRun;

/**
 * ext4 and XFS on a disk whose power is cut while files are written: each time the file system is
 * mounted again, holds all that fsync promised, and is found clean. On a disk that lies about
 * flushes they do not survive, and the device's own history says why.
 *
 * <p>They take turns: while one works, the other's session comes back.
 */
final class FileSystemCutTest {

  private static final int CUTS = Boolean.getBoolean("untorn.full") ? 100 : 30;
  private static final int LIES = 12;
  private static final long SEED = 20_261_123;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Shell words: what a script that failed left mounted. */
  private static final String UNMOUNT = "! grep -q ' /mnt ' /proc/mounts || umount /mnt || exit\n";

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension static final UntornExtension ext4 = CutDisk.target("ext4", "64MiB");

  @RegisterExtension static final UntornExtension xfs = CutDisk.target("xfs", "320MiB");

  @RegisterExtension
  static final UntornExtension lyingExt4 =
      CutDisk.target("lying-ext4", "64MiB", "--defect", "flush-lies");

  @RegisterExtension
  static final UntornExtension lyingXfs =
      CutDisk.target("lying-xfs", "320MiB", "--defect", "flush-lies");

  private static String promises = "";

  /** A file system on a disk of its own. */
  private static final class Mounted {
    private final String name;
    private final CutDisk disk;
    private final String path;
    private final String make;
    private final String check;
    private int hits;
    private int comeBacks;
    private int promised;
    private Optional<String> harm = Optional.empty();

    private Mounted(CutDisk disk, String name, String make, String check) {
      this.name = name;
      this.disk = disk;
      this.path = disk.attach();
      this.make = make;
      this.check = check;
      make();
    }

    /** Makes it anew: empty, and nothing promised. */
    private void make() {
      linux.sh(UNMOUNT + "%s %s && : >%s".formatted(make, path, account()));
      harm = Optional.empty();
    }

    private static Mounted ext4(CutDisk disk) {
      return new Mounted(disk, "ext4", "mkfs.ext4 -q -F -E nodiscard", "fsck.ext4 -fn");
    }

    private static Mounted xfs(CutDisk disk) {
      return new Mounted(disk, "XFS", "mkfs.xfs -q -f -K", "xfs_repair -n");
    }

    /** What was wrong with it after a cut. */
    private Optional<String> harm() {
      return harm;
    }

    private String account() {
      return "/tmp/account-" + name;
    }

    /** Works until the power is cut at a moment, and lets it come back. */
    private void workUntil(String moment, int cut) {
      disk.cutAt(moment);
      linux
          .run(
              LIMIT,
              """
              mount %1$s /mnt || exit 0
              %2$s make /mnt %3$s %4$d
              umount /mnt
              """
                  .formatted(path, promises, account(), cut * 3000))
          .successfulOutput();
      assertThat(disk.isOn()).as("power after %s", moment).isFalse();
      disk.powerOn();
    }

    /**
     * Mounts it, which recovers it, and looks what it has lost. The script ends with 1 if there is
     * harm; with anything else but 0 nobody knows.
     */
    private void comeBack() {
      disk.awaitBack();
      ScriptRun run =
          linux.run(
              LIMIT,
              """
              mount %1$s /mnt || { dmesg | tail -5; exit 1; }
              %2$s keep /mnt %3$s
              kept=$?
              umount /mnt || exit 2
              [ $kept = 0 ] || exit $kept
              %4$s %1$s >/tmp/check 2>&1
              case $? in 0) ;; 1 | 4) cat /tmp/check; exit 1 ;; *) cat /tmp/check; exit 2 ;; esac
              """
                  .formatted(path, promises, account(), check));
      comeBacks++;
      if (run.exitCode() == 1) {
        harm = Optional.of(run.output());
      } else {
        promised = Integer.parseInt(run.successfulOutput().replaceAll("(?s)\\D.*", ""));
      }
    }
  }

  @BeforeAll
  static void bring_the_keeper_of_promises(@TempDir Path folder) throws Exception {
    promises = GuestFiles.bringProgram(linux, folder, "promises");
  }

  @Test
  void ext4_and_xfs_are_clean_and_keep_what_fsync_promised_through_power_cuts() {
    try (CutDisk first = new CutDisk(linux, ext4);
        CutDisk second = new CutDisk(linux, xfs)) {
      List<Mounted> both = List.of(Mounted.ext4(first), Mounted.xfs(second));
      Random random = new Random(SEED);
      for (int cut = 1; cut <= CUTS; cut++) {
        for (Mounted each : both) {
          String moment = CutDisk.moment(random);
          each.workUntil(moment, cut);
          JsonNode verdict = each.disk.verdict();
          assertThat(verdict.path("kept").asBoolean()).as("%s: %s", moment, verdict).isTrue();
          each.hits += verdict.at("/recordings/0/hits").asInt();
          other(both, each, cut).ifPresent(Mounted::comeBack);
          assertThat(both).as("cut %d, %s", cut, moment).allMatch(one -> one.harm().isEmpty());
        }
      }
      both.getLast().comeBack();
      assertThat(both)
          .allSatisfy(
              each -> {
                assertThat(each.harm).isEmpty();
                assertThat(each.comeBacks).as("times it came back").isEqualTo(CUTS);
                assertThat(each.hits).as("cuts that hit a write").isGreaterThan(CUTS / 2);
                assertThat(each.promised).as("promises").isGreaterThan(CUTS);
              });
    }
  }

  /** The one whose session has had time to come back. */
  private static Optional<Mounted> other(List<Mounted> both, Mounted now, int cut) {
    Mounted other = both.get(1 - both.indexOf(now));
    return cut == 1 && now == both.getFirst() ? Optional.empty() : Optional.of(other);
  }

  @Test
  void on_a_disk_that_lies_about_flushes_they_do_not_survive_and_the_verdict_says_why() {
    try (CutDisk first = new CutDisk(linux, lyingExt4);
        CutDisk second = new CutDisk(linux, lyingXfs)) {
      for (Mounted each : List.of(Mounted.ext4(first), Mounted.xfs(second))) {
        Random random = new Random(SEED);
        JsonNode told = MissingNode.getInstance();
        for (int cut = 1; cut <= LIES && (each.harm.isEmpty() || !convicts(told)); cut++) {
          each.make();
          each.workUntil(CutDisk.moment(random), cut);
          told = each.disk.verdict().at("/recordings/0");
          each.comeBack();
        }
        assertThat(each.harm).as("what is wrong with %s", each.name).isPresent();
        assertThat(suspects(told)).as("%s: %s", each.name, told).contains("flush-lies");
        assertThat(sentences(told)).anyMatch(FileSystemCutTest::isOfALostFlush);
      }
    }
  }

  /** Whether a verdict says that the device lies about flushes, and what is gone. */
  private static boolean convicts(JsonNode told) {
    return suspects(told).contains("flush-lies")
        && sentences(told).stream().anyMatch(FileSystemCutTest::isOfALostFlush);
  }

  private static List<String> suspects(JsonNode told) {
    return told.path("suspects").findValuesAsText("defect");
  }

  /** Of what was to last, or to come in order, and did not. */
  private static List<String> sentences(JsonNode told) {
    return StreamSupport.stream(told.path("findings").spliterator(), false)
        .filter(one -> Set.of("DURABILITY", "ORDERING").contains(one.path("promise").asText()))
        .map(one -> one.path("sentence").asText())
        .toList();
  }

  private static boolean isOfALostFlush(String sentence) {
    return sentence.contains(", made stable by flush ");
  }
}

package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.ScriptRun;

/**
 * SQLite without a second copy of its pages, on a disk whose power is cut: where its VFS (see
 * database.c) writes pages of 16 KiB as they come they are torn, where it writes them with
 * RWF_ATOMIC they never are, and what COMMIT answered for is there.
 */
final class DatabaseTest {

  private static final int CUTS = Boolean.getBoolean("untorn.full") ? 60 : 12;
  private static final long SEED = 16_384;
  private static final Path SQLITE = Path.of("/usr/include/sqlite3.h");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension static final UntornExtension plain = CutDisk.target("plain-pages", "16MiB");

  @RegisterExtension static final UntornExtension atomic = CutDisk.target("atomic-pages", "16MiB");

  @RegisterExtension
  static final UntornExtension tearing =
      CutDisk.target("tearing", "16MiB", "--defect", "tears-long-atomic-writes");

  private static String sqlite = "";

  /** A database on a disk of its own. */
  private static final class Database {
    private final UntornExtension target;
    private final CutDisk disk;
    private final String path;
    private final String how;
    private final String account;
    private final List<String> torn = new ArrayList<>();
    private int hits;

    /**
     * Makes one.
     *
     * @param how pages are written: plain, atomic
     */
    private Database(UntornExtension target, CutDisk disk, String how) {
      this.target = target;
      this.disk = disk;
      this.path = disk.attach();
      this.how = how;
      this.account = "/tmp/commits-" + how;
      create();
    }

    private void create() {
      linux.sh("%s create %s %s && : >%s".formatted(sqlite, path, how, account));
    }

    /** Works until the power is cut at a moment, and lets it come back. */
    private JsonNode workUntil(String moment, int cut) {
      disk.cutAt(moment);
      linux
          .run(LIMIT, "%s work %s %s %s %d".formatted(sqlite, path, how, account, cut * 3000))
          .successfulOutput();
      assertThat(disk.isOn()).as("power after %s", moment).isFalse();
      disk.powerOn();
      JsonNode verdict = disk.verdict();
      hits += verdict.at("/recordings/0/hits").asInt();
      return verdict;
    }

    /** Looks what is left; a torn database is made anew. */
    private void comeBack() {
      disk.awaitBack();
      ScriptRun run = linux.run(LIMIT, "%s check %s %s %s".formatted(sqlite, path, how, account));
      assertThat(run.exitCode()).as("%s", run.output()).isIn(0, 1);
      assertThat(run.output()).doesNotContain("lost: ");
      if (run.exitCode() != 0) {
        assertThat(run.output()).startsWith("torn: ");
        torn.add(run.output());
        create();
      }
    }

    private long writesAtomic() {
      return Counters.of(target.ready()).commands(0, 0x9c);
    }
  }

  @BeforeAll
  static void bring_sqlite(@TempDir Path folder) throws Exception {
    assumeTrue(
        Files.exists(SQLITE) || "true".equals(System.getenv("CI")),
        "there is no " + SQLITE + " (Debian package libsqlite3-dev)");
    sqlite = GuestFiles.bringProgram(linux, folder, "database", "-lsqlite3", "-lm");
  }

  /** They take turns: while one works, the other's session comes back. */
  @Test
  void a_database_without_a_second_copy_is_torn_by_cuts_and_never_if_it_writes_pages_atomically() {
    try (CutDisk first = new CutDisk(linux, plain);
        CutDisk second = new CutDisk(linux, atomic)) {
      Database careless = new Database(plain, first, "plain");
      Database careful = new Database(atomic, second, "atomic");
      Random random = new Random(SEED);
      for (int cut = 1; cut <= CUTS; cut++) {
        String moment = CutDisk.moment(random);
        careless.workUntil(moment, cut);
        if (cut > 1) {
          careful.comeBack();
        }
        JsonNode verdict = careful.workUntil(moment, cut);
        assertThat(verdict.at("/kept").asBoolean()).as("%s: %s", moment, verdict).isTrue();
        careless.comeBack();
      }
      careful.comeBack();
      System.err.printf(
          "of %d cuts %d hit a plain page and tore %d databases; %d hit an atomic one%n",
          CUTS, careless.hits, careless.torn.size(), careful.hits);
      assertThat(careless.torn).hasSizeGreaterThan(CUTS / 4);
      assertThat(careless.writesAtomic()).isZero();
      assertThat(careful.torn).isEmpty();
      assertThat(careful.hits).as("cuts that hit a page").isGreaterThan(CUTS / 2);
      assertThat(careful.writesAtomic()).isGreaterThan(CUTS);
    }
  }

  @Test
  void on_a_disk_that_tears_atomic_writes_the_same_database_is_torn() {
    try (CutDisk disk = new CutDisk(linux, tearing)) {
      Database deceived = new Database(tearing, disk, "atomic");
      Random random = new Random(SEED);
      JsonNode told = MissingNode.getInstance();
      for (int cut = 1; cut <= CUTS && deceived.torn.isEmpty(); cut++) {
        told = deceived.workUntil(CutDisk.moment(random), cut).at("/recordings/0");
        deceived.comeBack();
      }
      assertThat(deceived.torn).isNotEmpty();
      assertThat(told.path("findings").findValuesAsText("promise"))
          .isNotEmpty()
          .containsOnly("ATOMICITY");
      // All of its atomic writes are of one length: whether short ones are whole nobody can tell.
      assertThat(told.path("suspects").findValuesAsText("defect"))
          .as("what the device looks like: %s", told)
          .containsAnyOf("tears-long-atomic-writes", "tears-on-power-loss");
    }
  }
}

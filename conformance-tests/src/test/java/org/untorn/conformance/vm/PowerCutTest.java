package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.UntornProcess;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * pwritev2 through a real kernel, while the disk's power is cut at every third write: without
 * RWF_ATOMIC what was written is torn, with it never. The kernel logs in again by itself; the judge
 * is the device's own history, and says the same when it is asked again later.
 */
final class PowerCutTest {

  private static final int WRITES = 18;

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "64MiB", "--power", "--seed", "1", "--history");

  private static final Controls controls = new Controls(target);

  @TempDir private Path directory;

  @Test
  void power_cuts_tear_plain_writes_of_a_kernel_and_never_atomic_ones() {
    LinuxDisk disk =
        LinuxDisk.attach(
            linux, target.ready(), List.of("node.session.timeo.replacement_timeout=60"));
    try {
      JsonNode plain = verdictOf(disk, "", 0);
      assertThat(plain.path("cuts").asInt()).isGreaterThan(4);
      assertThat(plain.path("cutsWith").path("torn").asInt()).isPositive();
      assertThat(plain.path("broken").asInt()).as(plain.toString()).isZero();

      JsonNode atomic = verdictOf(disk, "-A -V 1", 100);
      assertThat(atomic.path("hits").asInt()).isGreaterThan(4);
      assertThat(atomic.path("cutsWith").path("torn").asInt()).isZero();
      assertThat(atomic.path("broken").asInt()).as(atomic.toString()).isZero();
    } finally {
      disk.detach();
    }
  }

  /**
   * What the device says of a run.
   *
   * @param how what makes pwritev2 atomic
   * @param first the byte that is written first is the next one; no two writes are of the same
   */
  private JsonNode verdictOf(LinuxDisk disk, String how, int first) {
    controls.delete("/history");
    controls.post("/power", "{\"cut\":\"write 3\",\"back\":\"50ms\",\"again\":true}");
    linux
        .run(
            Duration.ofSeconds(150),
            """
        for i in $(seq %d); do
          xfs_io -d -c "pwrite %s -S $((i + %d)) -b 64k $((i %% 4 * 65536)) 64k" %s >/dev/null || exit
        done
        """
                .formatted(WRITES, how, first, disk.path()))
        .successfulOutput();
    controls.post("/power", "{\"clear\":true}");
    JsonNode verdict = controls.get("/history/verdict");
    assertThat(judgedAgain(controls.text("/history"))).isEqualTo(verdict);
    return verdict.path("recordings").path(0);
  }

  /** What {@code untorn verdict} says of the history, in a process of its own. */
  private JsonNode judgedAgain(String history) {
    try {
      Path file = Files.writeString(directory.resolve("history.json"), history);
      Process judge =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  UntornProcess.classPath(),
                  "org.untorn.daemon.Main",
                  "verdict",
                  "--json",
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new ObjectMapper().readTree(judge.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

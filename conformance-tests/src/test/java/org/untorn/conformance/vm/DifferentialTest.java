package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * The same commands to the kernel's scsi_debug and to our disk under the profile of that
 * scsi_debug, both in one guest: the two transcripts are the same, line by line, but for a short
 * list of differences, each with what justifies ours.
 *
 * <p>The cases are the resource {@code differential.txt}: what {@code atomic-tool scsi} reads. Both
 * disks have 131072 blocks of 512 bytes, which unmap.
 */
final class DifferentialTest {

  private static final List<Difference> DIFFERENCES = Difference.MEANT;

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "64MiB", "--profile", "scsi_debug-6.11");

  private static final List<Case> cases = new ArrayList<>();

  @BeforeAll
  static void write_both_transcripts() {
    List<String> commands = commands();
    String scsiDebug =
        ScsiDebug.load(
            linux, "atomic_wr=1 dev_size_mb=64 lbpu=1 lbpws=1 lbpws10=1 physblk_exp=3 delay=0");
    List<String> theirs = transcript(linux.sh("sg_of " + scsiDebug), commands);
    ScsiDebug.unload(linux);
    LinuxDisk disk = LinuxDisk.attach(linux, target.ready());
    List<String> ours = transcript(disk.generic(), commands);
    disk.detach();
    for (int i = 0; i < commands.size(); i++) {
      String name = commands.get(i).substring(commands.get(i).indexOf('#') + 1).strip();
      cases.add(new Case(name, theirs.get(i), ours.get(i)));
    }
  }

  @Test
  void the_transcripts_agree_but_for_the_differences_that_are_meant() {
    List<Case> unexplained =
        cases.stream()
            .filter(one -> !one.theirs().equals(one.ours()))
            .filter(one -> DIFFERENCES.stream().noneMatch(difference -> difference.explains(one)))
            .toList();

    assertThat(unexplained)
        .as(() -> unexplained.stream().map(Case::toString).collect(Collectors.joining("\n")))
        .isEmpty();
  }

  @Test
  void every_difference_that_is_meant_is_there() {
    assertThat(DIFFERENCES)
        .allSatisfy(
            difference ->
                assertThat(cases)
                    .as(difference.because())
                    .anyMatch(one -> !one.theirs().equals(one.ours()) && difference.explains(one)));
  }

  /** The canary: the two are not one and the same disk, and agree about most. */
  @Test
  void most_cases_agree_and_some_do_not() {
    long same = cases.stream().filter(one -> one.theirs().equals(one.ours())).count();

    assertThat(cases).hasSizeGreaterThan(120);
    assertThat(same).isBetween(50L, cases.size() - 10L);
  }

  /** How each command ended: status, sense and field pointer, without the data that came. */
  private static List<String> transcript(String generic, List<String> commands) {
    List<String> ends =
        linux
            .run(
                Duration.ofMinutes(2),
                "atomic-tool scsi %s <<'END'\n%s\nEND"
                    .formatted(generic, String.join("\n", commands)))
            .successfulOutput()
            .lines()
            .map(
                line ->
                    line.substring(line.indexOf(": ") + 2)
                        .replaceAll(" (data|resid)=[-0-9a-f]+", ""))
            .toList();
    assertThat(ends).hasSameSizeAs(commands);
    return ends;
  }

  private static List<String> commands() {
    try (InputStream in = DifferentialTest.class.getResourceAsStream("differential.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("--"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

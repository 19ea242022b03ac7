package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.ScriptRun;

/** fio's own atomic mode, with its verification: four jobs, eight writes in flight each. */
final class FioTest {

  private static final int JOBS = 4;

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "512MiB");

  private static LinuxDisk disk;

  @BeforeAll
  static void log_in() {
    disk = LinuxDisk.attach(linux, target.ready());
  }

  @AfterAll
  static void log_out() {
    disk.detach();
  }

  @ParameterizedTest(name = "{0}, units of {1} bytes, {2} writes per job")
  @CsvSource({
    "libaio,   4096,   500",
    "io_uring, 4096,   500",
    "pvsync2,  4096,   200",
    "libaio,   524288, 24",
    "io_uring, 524288, 24",
  })
  void what_fio_writes_atomically_fio_reads_back(String engine, int unit, int writes) {
    long before = arrived();
    long region = (long) unit * writes;

    String report =
        linux
            .run(
                Duration.ofMinutes(3),
                """
                fio --name=atomic --filename=%s --direct=1 --rw=randwrite --ioengine=%s --iodepth=8 --numjobs=%d \\
                  --atomic=1 --bs=%d --size=%d --offset_increment=%d --verify=crc32c --verify_fatal=1 \\
                  --group_reporting 2>&1
                """
                    .formatted(disk.path(), engine, JOBS, unit, region, region))
            .successfulOutput();

    assertThat(report).contains("err= 0").doesNotContain("verify:");
    assertThat(report).containsPattern("issued rwts: total=%1$d,%1$d,0,0".formatted(JOBS * writes));
    assertThat(arrived() - before).isEqualTo((long) JOBS * writes);
  }

  /** The canary: fio's verification would say so if what it reads were not what it wrote. */
  @Test
  void fio_sees_a_block_that_another_has_written() {
    String job =
        "fio --name=atomic --filename=%s --direct=1 --rw=write --ioengine=pvsync2 --atomic=1 --bs=4096 --size=64k --verify=crc32c --verify_fatal=1"
            .formatted(disk.path());
    linux.sh(job + " --do_verify=0");
    linux.sh(job + " --verify_only");
    linux.sh(
        "dd if=/dev/zero of=%s bs=4096 seek=7 count=1 oflag=direct status=none"
            .formatted(disk.path()));

    ScriptRun run = linux.run(Duration.ofMinutes(1), job + " --verify_only 2>&1");

    assertThat(run.exitCode()).isNotZero();
    assertThat(run.output()).contains("verify: bad");
  }

  private static long arrived() {
    return Counters.of(target.ready()).commands(0, 0x9c);
  }
}

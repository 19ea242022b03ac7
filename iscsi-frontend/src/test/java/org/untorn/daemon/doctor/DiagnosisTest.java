package org.untorn.daemon.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.BlockLimits;

class DiagnosisTest {

  private static final AtomicLimits DEFAULT = new AtomicLimits(8192, 8, 8, 8192, 128);

  @Test
  void a_disk_whose_limits_linux_takes_is_told_in_bytes() {
    assertThat(words(facts(Optional.of(DEFAULT), 4096, 524_288, true)))
        .contains("up to 4MiB, in multiples of 4KiB, at multiples of 4KiB")
        .contains("up to 4MiB in several operations, each of up to 64KiB")
        .contains("Linux 6.12.0: RWF_ATOMIC writes of 4KiB to 512KiB");
  }

  @Test
  void limits_that_linux_drops_come_with_the_reason() {
    assertThat(words(facts(Optional.of(new AtomicLimits(8190, 3, 3, 0, 0)), 0, 0, true)))
        .contains("no atomic writes: the granularity (3) does not divide");
  }

  @Test
  void a_disk_without_write_atomic_says_so() {
    assertThat(words(facts(Optional.of(AtomicLimits.NONE), 0, 0, true)))
        .contains("no WRITE ATOMIC");
  }

  @Test
  void a_kernel_without_atomic_writes_is_named() {
    assertThat(words(facts(Optional.of(DEFAULT), 0, 0, false))).contains("too old");
  }

  @Test
  void what_is_no_scsi_disk_is_told_as_such() {
    assertThat(words(facts(Optional.empty(), 0, 0, true))).contains("no Block Limits page");
  }

  @Test
  void a_write_that_should_have_been_refused_does_not_pass() {
    assertThat(Diagnosis.mustBeRefused("two buffers", new AtomicFile.End.Written()).passed())
        .isFalse();
    assertThat(Diagnosis.mustBeWritten("4KiB", new AtomicFile.End.ReadsBackWrong()).passed())
        .isFalse();
    assertThat(Diagnosis.mustBeRefused("two buffers", new AtomicFile.End.Refused(-22)).result())
        .contains("EINVAL");
  }

  private static String words(DiskFacts facts) {
    return Diagnosis.offers(facts).stream()
        .map(offer -> offer.who() + " " + offer.what())
        .collect(Collectors.joining("\n"));
  }

  private static DiskFacts facts(
      Optional<AtomicLimits> atomic, long unitMin, long unitMax, boolean tellsAtomic) {
    return new DiskFacts(
        "sda",
        "UNTORN ATOMIC DISK",
        "6.12.0",
        new DiskFacts.Queue(512, 4096, 33_553_920, 4096, unitMin, unitMax, unitMax, tellsAtomic),
        atomic.map(
            limits ->
                new BlockLimits(
                    true, 0, 8, 8192, 8192, 0, 1, 1, 8, OptionalLong.of(0), 1, limits)));
  }
}

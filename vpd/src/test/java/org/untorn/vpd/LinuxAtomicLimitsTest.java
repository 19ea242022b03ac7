package org.untorn.vpd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.untorn.vpd.LinuxAtomicLimits.Dropped;
import org.untorn.vpd.LinuxAtomicLimits.Host;
import org.untorn.vpd.LinuxAtomicLimits.Offered;

class LinuxAtomicLimitsTest {

  private static final int KIB = 1024;

  @Test
  void scsi_debug_6_12_gives_the_numbers_that_its_kernel_showed() {
    Host recorded = new Host(2147483647L * KIB, 2048, 4096);

    assertThat(LinuxAtomicLimits.of(AtomicProfile.SCSI_DEBUG_6_11.limits(), 512, 512, recorded))
        .isEqualTo(new Offered(1024, 524288, 4194304));
  }

  @Test
  void the_profiles_give_what_a_user_of_open_iscsi_sees() {
    assertThat(of(AtomicProfile.DEFAULT.limits())).isEqualTo(new Offered(4096, 512 * KIB, 4 << 20));
    assertThat(of(AtomicProfile.SCSI_DEBUG_6_16.limits()))
        .isEqualTo(new Offered(1024, 64 * KIB, 64 * KIB));
    assertThat(of(AtomicProfile.NONE.limits()))
        .isEqualTo(new Dropped("both maximum atomic transfer lengths are 0"));
  }

  @Test
  void an_alignment_above_the_granularity_drops_atomic_writes() {
    assertThat(of(new AtomicLimits(8192, 16, 8, 8192, 128)))
        .isEqualTo(
            new Dropped(
                "the alignment (16) does not divide the shortest (8) and longest (8192) unit,"
                    + " which are powers of two"));
    assertThat(of(new AtomicLimits(8192, 8, 16, 8192, 128))).isInstanceOf(Offered.class);
  }

  @Test
  void a_granularity_or_alignment_that_is_no_power_of_two_drops_atomic_writes() {
    assertThat(of(new AtomicLimits(96, 3, 3, 0, 0)))
        .isEqualTo(
            new Dropped(
                "the granularity (3) does not divide the shortest (2) and longest (64) unit,"
                    + " which are powers of two"));
    assertThat(of(new AtomicLimits(96, 12, 4, 0, 0))).isInstanceOf(Dropped.class);
  }

  @Test
  void a_maximum_below_the_granularity_drops_atomic_writes() {
    assertThat(of(new AtomicLimits(4, 8, 8, 0, 0))).isInstanceOf(Dropped.class);
    assertThat(of(new AtomicLimits(1, 0, 8, 0, 0)))
        .isEqualTo(new Dropped("the shortest unit (4096 bytes) is above the longest (512)"));
  }

  @Test
  void without_a_granularity_the_shortest_unit_is_the_physical_block() {
    assertThat(of(new AtomicLimits(8192, 0, 0, 0, 0)))
        .isEqualTo(new Offered(4096, 512 * KIB, 4 << 20));
  }

  @Test
  void the_longest_unit_is_rounded_down_to_a_power_of_two_but_the_maximum_is_not() {
    assertThat(of(new AtomicLimits(200, 8, 8, 0, 0)))
        .isEqualTo(new Offered(4096, 128 * 512, 200 * 512));
  }

  @Test
  void the_longest_unit_always_fits_one_bio() {
    AtomicLimits large = new AtomicLimits(65535, 1, 1, 0, 0);

    assertThat(LinuxAtomicLimits.of(large, 512, 512, Host.OPEN_ISCSI))
        .isEqualTo(new Offered(512, 512 * KIB, 65535 * 512));
    assertThat(LinuxAtomicLimits.of(large, 4096, 4096, Host.OPEN_ISCSI))
        .isEqualTo(new Offered(4096, 1024 * KIB, 65535 * 512));
    assertThat(LinuxAtomicLimits.of(large, 512, 512, new Host(1 << 30, 8, 4096)))
        .isEqualTo(new Offered(512, 16 * KIB, 65535 * 512));
  }

  @Test
  void the_initiators_longest_request_bounds_the_maximum() {
    assertThat(
            LinuxAtomicLimits.of(
                AtomicProfile.DEFAULT.limits(), 512, 4096, new Host(128 * KIB, 256, 4096)))
        .isEqualTo(new Offered(4096, 128 * KIB, 128 * KIB));
  }

  @Test
  void with_boundaries_only_the_longest_unit_is_the_boundary() {
    assertThat(of(new AtomicLimits(0, 8, 8, 8192, 128)))
        .isEqualTo(new Offered(4096, 64 * KIB, 4 << 20));
    assertThat(of(new AtomicLimits(0, 8, 8, 8192, 0))).isInstanceOf(Dropped.class);
  }

  @Test
  void absurd_maxima_wrap_around_32_bits_and_are_dropped() {
    assertThat(of(new AtomicLimits(0x7fff_ffffL, 8, 8, 0, 0)))
        .isEqualTo(new Dropped("a limit is 0 when counted in bytes of 32 bits"));
  }

  private static LinuxAtomicLimits of(AtomicLimits limits) {
    return LinuxAtomicLimits.of(limits, 512, 4096, Host.OPEN_ISCSI);
  }
}

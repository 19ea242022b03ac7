package org.untorn.vpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AtomicLimitsTest {

  @Test
  void every_profile_is_allowed_on_untorns_disk_and_found_by_its_name() {
    for (AtomicProfile profile : AtomicProfile.ALL) {
      assertThat(profile.limits().violations(8192)).as(profile.name()).isEmpty();
      assertThat(AtomicProfile.named(profile.name())).contains(profile);
    }
    assertThat(AtomicProfile.named("scsi_debug")).isEmpty();
  }

  @Test
  void the_profile_none_supports_nothing_and_a_boundary_alone_is_support() {
    assertThat(AtomicProfile.NONE.limits().supported()).isFalse();
    assertThat(new AtomicLimits(0, 0, 0, 64, 8).supported()).isTrue();
    assertThat(AtomicProfile.DEFAULT.limits().supported()).isTrue();
  }

  @Test
  void maxima_above_the_transfer_length_are_named_each() {
    assertThat(new AtomicLimits(16384, 8, 8, 8200, 128).violations(8192))
        .containsExactly(
            "MAXIMUM ATOMIC TRANSFER LENGTH (16384) must not be above"
                + " MAXIMUM TRANSFER LENGTH (8192)",
            "MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY (8200) must not be above"
                + " MAXIMUM TRANSFER LENGTH (8192)");
    assertThat(new AtomicLimits(16384, 8, 8, 8200, 128).violations(0)).isEmpty();
  }

  @Test
  void maxima_that_are_no_whole_granules_are_named_each() {
    assertThat(new AtomicLimits(100, 1, 8, 20, 12).violations(8192))
        .containsExactly(
            "MAXIMUM ATOMIC TRANSFER LENGTH (100) must be a multiple of"
                + " ATOMIC TRANSFER LENGTH GRANULARITY (8)",
            "MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY (20) must be a multiple of"
                + " ATOMIC TRANSFER LENGTH GRANULARITY (8)",
            "MAXIMUM ATOMIC BOUNDARY SIZE (12) must be a multiple of"
                + " ATOMIC TRANSFER LENGTH GRANULARITY (8)");
  }

  @Test
  void odd_values_are_allowed_where_the_standard_has_no_rule() {
    assertThat(new AtomicLimits(99, 16, 3, 33, 3).violations(8192)).isEmpty();
  }

  @Test
  void a_boundary_without_a_length_for_it_is_refused_and_the_other_way_round() {
    assertThat(new AtomicLimits(64, 8, 8, 0, 8).violations(8192))
        .containsExactly(
            "MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY (0) and"
                + " MAXIMUM ATOMIC BOUNDARY SIZE (8) must both be 0 or neither");
    assertThat(new AtomicLimits(64, 8, 8, 64, 0).violations(8192)).hasSize(1);
  }

  @Test
  void alignment_without_support_is_refused() {
    assertThat(new AtomicLimits(0, 8, 0, 0, 0).violations(8192))
        .containsExactly(
            "ATOMIC ALIGNMENT (8) and ATOMIC TRANSFER LENGTH GRANULARITY (0) must be 0 where both"
                + " maximum lengths are: no atomic write is supported then");
  }

  @Test
  void a_limit_has_32_bits() {
    assertThat(new AtomicLimits(0xffff_ffffL, 0, 0, 0, 0).supported()).isTrue();
    assertThatThrownBy(() -> new AtomicLimits(1L << 32, 0, 0, 0, 0))
        .hasMessage("MAXIMUM ATOMIC TRANSFER LENGTH has 32 bits; 4294967296 does not fit");
  }
}

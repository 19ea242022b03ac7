package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The canary: half of one write and half of another are seen. */
class BlocksTest {

  @Test
  void whole_writes_have_one_stamp() {
    assertThat(Blocks.wholeStamp(Blocks.stamped(8, 42))).isEqualTo(42);
  }

  @Test
  void a_write_torn_between_blocks_or_inside_one_is_seen() {
    byte[] between = Blocks.stamped(8, 42);
    System.arraycopy(Blocks.stamped(4, 43), 0, between, 4 * Blocks.SIZE, 4 * Blocks.SIZE);
    byte[] inside = Blocks.stamped(8, 42);
    inside[3 * Blocks.SIZE + 17] ^= 1;

    assertThatThrownBy(() -> Blocks.wholeStamp(between)).hasMessageContaining("block 4 of 43");
    assertThatThrownBy(() -> Blocks.wholeStamp(inside)).hasMessageContaining("block 3 is torn");
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The CRC of the LOGICAL BLOCK GUARD field. */
class BlockGuardTest {

  private static int guard(byte[] data) {
    return BlockGuard.of(ByteBuffer.wrap(data), 0, data.length);
  }

  private static byte[] counting(int from, int step) {
    byte[] data = new byte[32];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (from + i * step);
    }
    return data;
  }

  /** SBC-4 4.21.4.4, table "CRC test cases". */
  @Test
  void the_standards_test_cases() {
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xFF);
    byte[] two = Arrays.copyOf(new byte[] {-1, -1}, 32);
    assertThat(guard(new byte[32])).isZero();
    assertThat(guard(ones)).isEqualTo(0xA293);
    assertThat(guard(counting(0, 1))).isEqualTo(0x0224);
    assertThat(guard(two)).isEqualTo(0x21B8);
    assertThat(guard(counting(0xFF, -1))).isEqualTo(0xA0B7);
  }

  @Test
  void it_is_what_a_division_bit_by_bit_gives() {
    Random random = new Random(1);
    for (int length : new int[] {8, 16, 512, 4096}) {
      byte[] data = new byte[length];
      random.nextBytes(data);
      assertThat(guard(data)).isEqualTo(ProtectedBench.crc(data));
    }
  }
}

package org.untorn.vpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldTest {

  @Test
  void a_field_inside_a_byte_has_the_mask_that_its_bits_draw() {
    Field wrprotect = new Field("WRPROTECT", 1, 7, 3);

    assertThat(wrprotect.maskAt(0)).isZero();
    assertThat(wrprotect.maskAt(1)).isEqualTo(0b1110_0000);
    assertThat(wrprotect.maskAt(2)).isZero();
  }

  @Test
  void a_field_of_31_bits_leaves_the_bit_above_it_alone() {
    Field alignment = new Field("UNMAP GRANULARITY ALIGNMENT", 0, 6, 31);
    byte[] layout = {(byte) 0x80, 0, 0, 0};

    alignment.put(layout, 0x7fff_ffffL);

    assertThat(layout).containsExactly(0xff, 0xff, 0xff, 0xff);
    assertThat(alignment.get(layout)).isEqualTo(0x7fff_ffffL);
  }

  @Test
  void a_field_of_64_bits_takes_every_long() {
    Field lba = Field.bytes("LOGICAL BLOCK ADDRESS", 2, 8);
    byte[] layout = new byte[10];

    lba.put(layout, -1);

    assertThat(lba.get(layout)).isEqualTo(-1);
    assertThat(layout).startsWith(0, 0, 0xff).endsWith(0xff);
  }

  @Test
  void every_field_gives_back_what_it_was_given_and_spares_its_neighbours() {
    long seed = 20261101;
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      int highBit = random.nextInt(8);
      int width =
          random.nextBoolean()
              ? 1 + random.nextInt(highBit + 1)
              : Math.min(highBit + 1 + 8 * random.nextInt(8), 64 - 7 + highBit);
      Field field = new Field("X", random.nextInt(4), highBit, width);
      byte[] layout = new byte[16];
      random.nextBytes(layout);
      byte[] before = layout.clone();
      long value = random.nextLong() & field.maximum();

      field.put(layout, value);

      assertThat(field.get(layout)).as("%s, seed %d", field, seed).isEqualTo(value);
      for (int i = 0; i < layout.length; i++) {
        int others = ~field.maskAt(i) & 0xff;
        assertThat(layout[i] & others)
            .as("byte %d beside %s, seed %d", i, field, seed)
            .isEqualTo(before[i] & others);
      }
    }
  }

  @Test
  void a_value_that_does_not_fit_is_refused_by_name() {
    Field dpo = Field.bit("DPO", 1, 4);

    assertThatThrownBy(() -> dpo.put(new byte[2], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("DPO has 1 bits; 2 does not fit");
    assertThatThrownBy(() -> dpo.put(new byte[2], -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_field_that_ends_inside_a_later_byte_cannot_be_made() {
    assertThatThrownBy(() -> new Field("X", 0, 3, 6)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Field("X", 0, 8, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Field("X", 0, 7, 65)).isInstanceOf(IllegalArgumentException.class);
  }
}

package org.untorn.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SizeTest {

  @Test
  void suffixes_are_powers_of_1024_in_any_case() {
    Map.of(
            "512", 512L,
            "4096B", 4096L,
            "64KiB", 65536L,
            "64k", 65536L,
            "3M", 3L << 20,
            "1GiB", 1L << 30,
            "2tib", 2L << 40,
            "0", 0L)
        .forEach(
            (text, bytes) -> assertThat(Size.parse(text)).isEqualTo(Parsed.value(new Size(bytes))));
  }

  @Test
  void a_suffix_that_means_two_things_is_refused() {
    for (String text : new String[] {"1KB", "1MB", "1 GiB", "-1", "1.5GiB", "", "GiB", "5ib"}) {
      assertThat(Size.parse(text))
          .isEqualTo(Parsed.wrong("'" + text + "' is no size; write for example 512, 64KiB, 1GiB"));
    }
  }

  @Test
  void what_does_not_fit_63_bits_is_refused() {
    assertThat(Size.parse("8388608TiB"))
        .isEqualTo(Parsed.wrong("'8388608TiB' is more than any disk has"));
    assertThat(Size.parse("9999999999999999999"))
        .isEqualTo(Parsed.wrong("'9999999999999999999' is more than any disk has"));
  }

  @Test
  void a_size_is_written_as_short_as_is_exact() {
    assertThat(new Size(1L << 30)).hasToString("1GiB");
    assertThat(new Size(1536)).hasToString("1536");
    assertThat(new Size(1536 << 10)).hasToString("1536KiB");
    assertThat(new Size(0)).hasToString("0");
    assertThat(new Size(5L << 50)).hasToString("5120TiB");
  }

  @Test
  void a_bare_number_is_blocks_and_a_suffix_makes_it_bytes() {
    assertThat(blocks("128", 512)).isEqualTo(Parsed.value(128L));
    assertThat(blocks("64KiB", 512)).isEqualTo(Parsed.value(128L));
    assertThat(blocks("64KiB", 4096)).isEqualTo(Parsed.value(16L));
    assertThat(blocks("4096B", 4096)).isEqualTo(Parsed.value(1L));
    assertThat(blocks("1KiB", 4096))
        .isEqualTo(Parsed.wrong("1KiB is not a whole number of blocks of 4096 bytes"));
    assertThat(blocks("many", 512))
        .isEqualTo(
            Parsed.wrong("'many' is neither a number of blocks like 128 nor a size like 64KiB"));
  }

  private static Parsed<Long> blocks(String text, int blockSize) {
    return BlockCount.parse(text).then(count -> count.blocks(blockSize));
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** LOG SELECT: what it answers follows SPC-5's tables 184 to 186, its lists 7.3. */
class LogSelectTest {

  private static final String WRITE_ERRORS = "4D 00 42 00 00 0000 0400 00";
  private static final String STATISTICS = "4D 00 59 00 00 0000 0400 00";
  private static final String LIST = "4C 00 40 00 000000 %04X 00";

  private final Bench bench = new Bench();

  @BeforeEach
  void write_and_read() {
    Bench.expectGood(bench.send("2A 00 00000000 00 0003 00", Bench.pattern(3, 1)));
    bench.data("28 00 00000000 00 0002 00");
  }

  private TestTask.Result select(String list) {
    byte[] bytes = hex(list);
    return bench.send(LIST.formatted(bytes.length), bytes);
  }

  private static byte[] writeErrors(long bytes) {
    return hex(
        "82 00 0030"
            + "0002 00 08 0000000000000000"
            + "0003 00 08 0000000000000000"
            + "0005 00 08 %016X".formatted(bytes)
            + "0006 00 08 0000000000000000");
  }

  private static byte[] statistics(long reads, long writes, long received, long transmitted) {
    return hex(
        "99 00 0044 0001 02 40"
            + "%016X%016X%016X%016X".formatted(reads, writes, received, transmitted)
            + "0000000000000000".repeat(4));
  }

  @Test
  void pcr_sets_the_counters_of_a_page_to_zero_and_they_go_on_from_there() {
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(3 * 512));
    Bench.expectGood(bench.send("4C 02 42 00 000000 0000 00"));
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(0));
    assertThat(bench.data(STATISTICS)).as("another page").isEqualTo(statistics(1, 1, 3, 2));
    Bench.expectGood(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(512));
  }

  @Test
  void page_zero_means_all_pages_and_default_cumulative_values_are_zero() {
    for (String all : List.of("4C 02 40 00", "4C 02 00 FF", "4C 00 C0 00", "4C 01 C0 FF")) {
      Bench.expectGood(bench.send("2A 00 00000000 00 0003 00", Bench.pattern(3, 1)));
      Bench.expectGood(bench.send(all + "000000 0000 00"));
      assertThat(bench.data(WRITE_ERRORS)).as(all).isEqualTo(writeErrors(0));
      assertThat(bench.data(STATISTICS)).as(all).isEqualTo(statistics(0, 0, 0, 0));
    }
    assertThat(bench.disk.counters().snapshot())
        .as("other counters go on")
        .anySatisfy(count -> assertThat(count.blocks()).isEqualTo(5 * 3));
  }

  @Test
  void without_pcr_and_a_list_only_default_values_change_anything() {
    for (int control : List.of(0x00, 0x40, 0x80)) {
      Bench.expectGood(bench.send("4C 00 %02X 00 000000 0000 00".formatted(control | 0x02)));
    }
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(3 * 512));
    Bench.expectGood(bench.send(Bench.BOB, "00 00 00 00 00 00"));
  }

  @Test
  void a_list_sets_counters_to_what_it_says() {
    Bench.expectGood(
        select("82 00 000C 0005 00 08 0000000000001000" + "99 00 0044 0001 02 40" + values()));
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(0x1000));
    Bench.expectGood(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(0x1200));
    assertThat(bench.data(STATISTICS)).startsWith(hex("99 00 0044 0001 02 40 0000000000000007"));
  }

  @Test
  void a_bounded_counter_stops_at_its_maximum() {
    Bench.expectGood(select("82 00 000C 0005 00 08 FFFFFFFFFFFFFFFF"));
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(-1));
    Bench.expectGood(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(-1));
  }

  private static String values() {
    return "0000000000000007" + "0000000000000000".repeat(7);
  }

  @Test
  void a_counter_of_the_same_name_on_another_page_stays_as_it_is() {
    Bench.expectGood(select("82 00 000C 0002 00 08 0000000000000005"));
    assertThat(bench.data("4D 00 42 00 00 0000 0010 00"))
        .isEqualTo(hex("82 00 0030 0002 00 08 0000000000000005"));
    assertThat(bench.data("4D 00 43 00 00 0000 0010 00"))
        .isEqualTo(hex("83 00 0030 0002 00 08 0000000000000000"));
  }

  @Test
  void other_nexuses_hear_that_parameters_changed() {
    Bench.expectGood(bench.send("4C 02 42 00 000000 0000 00"));
    Bench.expect(bench.send(Bench.BOB, "00 00 00 00 00 00"), "06 2A 02");
    Bench.expectGood(bench.send("00 00 00 00 00 00"));
    Bench.expectGood(bench.send("4C 02 4D 00 000000 0000 00"));
    Bench.expectGood(bench.send(Bench.BOB, "00 00 00 00 00 00"));
  }

  @Test
  void what_there_is_not_is_refused_with_a_pointer_at_it() {
    Map<String, String> pointers =
        Map.of(
            "4C 01 42 00 000000 0000 00", Bench.atBit(1, 0),
            "4C 03 42 00 000000 0000 00", Bench.atBit(1, 0),
            "4C 02 41 00 000000 0000 00", Bench.atBit(2, 5),
            "4C 02 42 01 000000 0000 00", Bench.atByte(3),
            "4C 01 40 00 000000 0004 00", Bench.atBit(1, 0),
            "4C 02 40 00 000000 0004 00", Bench.atBit(1, 1),
            "4C 00 42 00 000000 0004 00", Bench.atBit(2, 5),
            "4C 00 40 01 000000 0004 00", Bench.atByte(3),
            "4C 00 C0 00 000000 0004 00", Bench.atBit(2, 7));
    pointers.forEach(
        (cdb, pointer) -> Bench.expect(bench.send(cdb, new byte[4]), "05 24 00", pointer));
  }

  @Test
  void a_list_with_an_error_changes_nothing_and_the_error_is_pointed_at() {
    String good = "82 00 000C 0005 00 08 0000000000001000";
    Map<String, String> pointers =
        Map.of(
            "84 00 0000", "8D0010", // a page that there is not
            "82 00 0000", "8D0010", // the same page again
            "83 01 0000", "800011", // a subpage
            "C3 00 0000", "8E0010", // SPF
            "83 00 000C 0004 00 08 0000000000000000", "800014", // a parameter that there is not
            "83 00 000C 0005 03 08 0000000000000000", "800016", // another format
            "83 00 0008 0005 00 04 00000000", "800017", // another length
            "83 00 0002 0005", "800012", // a page that ends within a parameter
            "8D 00 0006 0000 03 02 0000", "800014"); // no counter
    pointers.forEach((bad, pointer) -> Bench.expect(select(good + bad), "05 26 00", pointer));
    for (String cut : List.of("83 00", "83 00 0001", "83 00 0008 0005 00 08")) {
      Bench.expect(select(good + cut), "05 1A 00");
    }
    Bench.expect(bench.send(LIST.formatted(5), new byte[4]), "05 1A 00");
    assertThat(bench.data(WRITE_ERRORS)).isEqualTo(writeErrors(3 * 512));
    Bench.expectGood(bench.send(Bench.BOB, "00 00 00 00 00 00"));
  }
}

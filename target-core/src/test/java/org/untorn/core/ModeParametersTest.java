package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;

class ModeParametersTest {

  private static final String CACHING = "08 12 04 00 00000000 00000000 00000000 00000000";
  private static final String NO_CACHE = "08 12 00 00 00000000 00000000 00000000 00000000";
  private static final String CONTROL = "0A 0A 00 10 00 00 00 00 FF FF 00 00";
  private static final String EXCEPTIONS = "1C 0A 08 00 00000000 00000000";
  private static final String RECOVERY = "01 0A 00 00 00 00 00 80 00 00 00 00";
  private static final String PROVISIONING =
      "5C 02 0014 00 0000000000000000000000  01 02 0000 00000000";
  private static final String SHORT_DESCRIPTOR = "00004E20 00 000200";

  private final Bench bench = new Bench();

  private TestTask.Result select(String pages) {
    byte[] list = hex("00 00 00 00" + pages);
    return bench.send("15 10 00 00 %02X 00".formatted(list.length), list);
  }

  @Test
  void all_pages_come_after_header_and_block_descriptor() {
    String pages = RECOVERY + CACHING + CONTROL + EXCEPTIONS;
    assertThat(bench.data("1A 00 3F 00 FF 00"))
        .isEqualTo(hex("43 00 10 08" + SHORT_DESCRIPTOR + pages));
    assertThat(bench.data("1A 00 3F FF FF 00"))
        .isEqualTo(hex("5B 00 10 08" + SHORT_DESCRIPTOR + pages + PROVISIONING));
    assertThat(bench.data("5A 00 3F 00 00 00 00 0100 00"))
        .isEqualTo(hex("0046 00 10 00 00 0008" + SHORT_DESCRIPTOR + pages));
  }

  @Test
  void page_1ch_02h_tells_of_the_threshold_in_sets_and_takes_no_other() {
    assertThat(bench.data("1A 08 1C 02 FF 00")).isEqualTo(hex("1B 00 10 00" + PROVISIONING));
    assertThat(bench.data("1A 08 1C FF FF 00"))
        .isEqualTo(hex("27 00 10 00" + EXCEPTIONS + PROVISIONING));
    Provisioning provisioning = new Provisioning(() -> 400L << 20, () -> 0, 80);
    Bench other =
        new Bench(DiskUnit.over(bench.store, bench.disk.profile(), provisioning), bench.store);
    String at320 = "5C 02 0014 00 0000000000000000000000  81 02 0000 00000140";
    assertThat(other.data("1A 08 1C 02 FF 00")).isEqualTo(hex("1B 00 10 00" + at320));
    assertThat(other.data("1A 08 9C 02 FF 00")).isEqualTo(hex("1B 00 10 00" + at320));
    byte[] same = hex("00 00 00 00" + at320);
    Bench.expectGood(other.send("15 10 00 00 1C 00", same));
    assertThat(other.data("1A 08 1C 02 FF 00")).isEqualTo(hex("1B 00 10 00" + at320));
    byte[] lower = hex("00 00 00 00" + at320.replace("0140", "0100"));
    Bench.expect(other.send("15 10 00 00 1C 00", lower), "05 26 00");
    byte[] unknown = hex("00 00 00 00" + at320.replace("5C 02", "5C 03"));
    Bench.expect(other.send("15 10 00 00 1C 00", unknown), "05 26 00");
    Bench.expect(other.send("1A 08 1C 03 FF 00"), "05 24 00", Bench.atByte(3));
  }

  @Test
  void dbd_leaves_the_block_descriptor_out_and_llbaa_makes_it_long() {
    assertThat(bench.data("1A 08 0A 00 FF 00")).isEqualTo(hex("0F 00 10 00" + CONTROL));
    assertThat(bench.data("5A 10 0A 00 00 00 00 0100 00"))
        .isEqualTo(hex("0022 00 10 01 00 0010  0000000000004E20 00000000 00000200" + CONTROL));
    assertThat(bench.data("5A 18 0A 00 00 00 00 0100 00"))
        .isEqualTo(hex("0012 00 10 00 00 0000" + CONTROL));
  }

  @Test
  void each_page_comes_alone_too_with_current_changeable_and_default_values() {
    select(NO_CACHE);
    assertThat(bench.data("1A 08 08 00 FF 00")).isEqualTo(hex("17 00 10 00" + NO_CACHE));
    assertThat(bench.data("1A 08 88 00 FF 00")).isEqualTo(hex("17 00 10 00" + CACHING));
    assertThat(bench.data("1A 08 48 00 FF 00"))
        .isEqualTo(hex("17 00 10 00 08 12 04 00 00000000 00000000 00000000 00000000"));
    assertThat(bench.data("1A 08 4A 00 FF 00"))
        .isEqualTo(hex("0F 00 10 00 0A 0A F4 F6 38 40 00 00 00 00 00 00"));
    assertThat(bench.data("1A 08 5C 00 FF 00"))
        .isEqualTo(hex("0F 00 10 00 1C 0A 00 00 00000000 00000000"));
  }

  @Test
  void saved_values_and_unknown_pages_are_refused() {
    Bench.expect(bench.send("1A 08 C8 00 FF 00"), "05 39 00");
    Bench.expect(bench.send("1A 08 02 00 FF 00"), "05 24 00", Bench.atBit(2, 5));
    Bench.expect(bench.send("1A 08 0A 01 FF 00"), "05 24 00", Bench.atByte(3));
    Bench.expect(bench.send("1A 08 3F 01 FF 00"), "05 24 00", Bench.atByte(3));
  }

  @Test
  void the_mode_data_length_does_not_depend_on_the_allocation_length() {
    assertThat(bench.data("1A 00 3F 00 04 00")).isEqualTo(hex("43 00 10 08"));
    assertThat(bench.data("1A 00 3F 00 00 00")).isEmpty();
  }

  @Test
  void swp_protects_the_unit_and_shows_in_the_header() {
    Bench.expectGood(select("0A 0A 00 10 08 00 00 00 FF FF 00 00"));
    assertThat(bench.data("1A 08 0A 00 04 00")).isEqualTo(hex("0F 00 90 00"));
    Bench.expect(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)), "07 27 02");
    Bench.expectGood(select(CONTROL));
    Bench.expectGood(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
  }

  @Test
  void d_sense_decides_the_format_of_sense_data_at_once() {
    Bench.expectGood(select("0A 0A 04 10 00 00 00 00 FF FF 00 00"));
    assertThat(bench.send("FF 00 00 00 00 00").data())
        .isEqualTo(hex("72 05 20 00 00 00 00 08 02 06 00 00 C0 00 00 00"));
    assertThat(bench.send("28 00 FFFFFFFF 00 0001 00").data())
        .isEqualTo(hex("72 05 21 00 00 00 00 08 02 06 00 00 C0 00 02 00"));
  }

  @Test
  void without_a_write_cache_every_write_is_stable_and_turning_it_off_flushes() {
    Bench.expectGood(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
    Bench.expectGood(select(NO_CACHE));
    Bench.expectGood(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
    Bench.expectGood(bench.send("42 00 00000000 00 0018 00", unmapOneBlock()));
    Bench.expectGood(bench.send("93 01 0000000000000000 00000001 00 00"));
    List<BlockOperation> journal = bench.store.journal();
    assertThat(journal).hasSize(5);
    assertThat(((BlockOperation.Write) journal.get(0)).durability()).isEqualTo(Durability.APPENDED);
    assertThat(journal.get(1)).isInstanceOf(BlockOperation.Flush.class);
    assertThat(((BlockOperation.Write) journal.get(2)).durability()).isEqualTo(Durability.STABLE);
    assertThat(((BlockOperation.Unmap) journal.get(3)).durability()).isEqualTo(Durability.STABLE);
    assertThat(((BlockOperation.Write) journal.get(4)).durability()).isEqualTo(Durability.STABLE);
  }

  @Test
  void a_write_whose_data_arrives_after_the_cache_was_turned_off_is_stable() {
    List<TestTask> waiting = new ArrayList<>();
    for (String cdb :
        List.of(
            "2A 00 00000000 00 0008 00",
            "9C 00 0000000000000000 0000 0008 00 00",
            "93 00 0000000000000000 00000008 00 00",
            "2E 00 00000000 00 0008 00")) {
      byte[] data = Bench.pattern(cdb.startsWith("93") ? 1 : 8, 1);
      TestTask task = bench.task(Bench.ALICE, hex(cdb), data).withheld();
      bench.target.execute(task);
      waiting.add(task);
    }
    Bench.expectGood(select(NO_CACHE));
    waiting.forEach(TestTask::arrive);
    waiting.getLast().arrive(); // the write is done, and the task goes on to verify
    waiting.forEach(task -> Bench.expectGood(task.result()));
    List<Durability> durabilities = new ArrayList<>();
    for (BlockOperation operation : bench.store.journal()) {
      switch (operation) {
        case BlockOperation.Write write -> durabilities.add(write.durability());
        case BlockOperation.AtomicWrite write -> durabilities.add(write.durability());
        case BlockOperation.Read _,
            BlockOperation.CompareAndWrite _,
            BlockOperation.Unmap _,
            BlockOperation.Status _,
            BlockOperation.Flush _ -> {}
      }
    }
    assertThat(durabilities).hasSize(4).containsOnly(Durability.STABLE);
  }

  private static byte[] unmapOneBlock() {
    return hex("0016 0010 00000000  0000000000000000 00000001 00000000");
  }

  @Test
  void mode_select_of_ten_bytes_takes_the_longer_header() {
    byte[] list = hex("0000 00 00 00 00 0000" + NO_CACHE);
    Bench.expectGood(bench.send("55 10 00 00 00 00 00 001C 00", list));
    assertThat(bench.data("1A 08 08 00 FF 00")).isEqualTo(hex("17 00 10 00" + NO_CACHE));
  }

  @Test
  void a_block_descriptor_may_repeat_the_medium_and_nothing_else() {
    byte[] same = hex("00 00 00 08" + SHORT_DESCRIPTOR);
    Bench.expectGood(bench.send("15 10 00 00 0C 00", same));
    byte[] other = hex("00 00 00 08" + "00004E20 00 001000");
    Bench.expect(bench.send("15 10 00 00 0C 00", other), "05 26 00", "80000A");
    for (String blocks : List.of("00000000", "FFFFFFFF", "00000001")) {
      byte[] ignored = hex("00 00 00 08" + blocks + "00 000200");
      Bench.expectGood(bench.send("15 10 00 00 0C 00", ignored));
    }
    byte[] longIgnored = hex("0000 00 00 01 00 0010  FFFFFFFFFFFFFFFF 00000000 00000200");
    Bench.expectGood(bench.send("55 10 00 00 00 00 00 0018 00", longIgnored));
    byte[] odd = hex("00 00 00 04 00000000");
    Bench.expect(bench.send("15 10 00 00 08 00", odd), "05 26 00", "800003");
    byte[] longer = hex("0000 00 00 01 00 0010  0000000000004E20 00000000 00000200" + CONTROL);
    Bench.expectGood(bench.send("55 10 00 00 00 00 00 0024 00", longer));
  }

  @Test
  void a_list_that_changes_what_is_fixed_is_refused_as_a_whole() {
    Bench.expect(select(NO_CACHE + "0A 0A 00 20 00 00 00 00 FF FF 00 00"), "05 26 00", "8F001B");
    Bench.expect(select(NO_CACHE + "0B 0A 00 00 00000000 00000000"), "05 26 00", "8D0018");
    Bench.expect(select(NO_CACHE + "0A 0B 00 10 00 00 00 00 00 00 00 00"), "05 26 00", "800019");
    Bench.expect(select("88" + NO_CACHE.substring(2)), "05 26 00", "8F0004");
    assertThat(bench.data("1A 08 08 00 FF 00")).isEqualTo(hex("17 00 10 00" + CACHING));
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void the_control_page_takes_what_it_knows_and_no_reserved_value() {
    String all = "0A 0A 34 06 38 40 00 00 FF FF 00 00";
    Bench.expectGood(select(all.replace("38 40", "30 40")));
    assertThat(bench.data("1A 08 0A 00 FF 00"))
        .isEqualTo(hex("0F 00 10 00 0A 0A 34 06 30 40 00 00 FF FF 00 00"));
    Bench.expectGood(select(CONTROL));
    assertRefusedWithPointerAt("0A 0A 40 10 00 00 00 00 FF FF 00 00", "8F0006"); // TST 010b
    assertRefusedWithPointerAt("0A 0A 00 14 00 00 00 00 FF FF 00 00", "8A0007"); // QERR 10b
    assertRefusedWithPointerAt("0A 0A 00 10 10 00 00 00 FF FF 00 00", "8D0008"); // interlock 01b
    assertRefusedWithPointerAt("0A 0A 00 10 00 80 00 00 FF FF 00 00", "8F0009"); // ATO is fixed
    assertThat(bench.data("1A 08 0A 00 FF 00")).isEqualTo(hex("0F 00 10 00" + CONTROL));
  }

  private void assertRefusedWithPointerAt(String page, String pointer) {
    Bench.expect(select(page), "05 26 00", pointer);
  }

  @Test
  void a_list_that_ends_too_early_is_a_length_error() {
    for (String list :
        List.of("00 00 00", "00 00 00 08 0000", "00 00 00 00 0A", "00 00 00 00 0A0A00")) {
      byte[] bytes = hex(list);
      Bench.expect(bench.send("15 10 00 00 %02X 00".formatted(bytes.length), bytes), "05 1A 00");
    }
    byte[] whole = hex("00 00 00 00" + NO_CACHE);
    byte[] offered = Arrays.copyOf(whole, whole.length - 1);
    Bench.expect(bench.send("15 10 00 00 %02X 00".formatted(whole.length), offered), "05 1A 00");
    Bench.expectGood(bench.send("15 10 00 00 00 00"));
  }

  @Test
  void parameters_cannot_be_saved_and_have_the_standards_format() {
    Bench.expect(bench.send("15 11 00 00 00 00"), "05 24 00", Bench.atBit(1, 0));
    Bench.expect(bench.send("15 00 00 00 00 00"), "05 24 00", Bench.atBit(1, 4));
  }

  @Test
  void a_reset_brings_the_defaults_back() {
    Bench.expectGood(select(NO_CACHE));
    bench.target.manage(new TaskManagement.TargetReset(Bench.BOB, false), response -> {});
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 29 02");
    assertThat(bench.data("1A 08 08 00 FF 00")).isEqualTo(hex("17 00 10 00" + CACHING));
  }
}

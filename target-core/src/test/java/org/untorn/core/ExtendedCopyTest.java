package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BLOCK;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;
import org.untorn.vpd.Association;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.Designator;

/**
 * EXTENDED COPY and the commands that tell of it; every list is written out as the standard has it.
 */
class ExtendedCopyTest {

  /** The disk's NAA name, and another disk's, as CSCD descriptors. */
  private static final String HERE = "E4 00 0000 01 03 00 08 3000000000001234 %s 00 000200";

  private static final String THERE = "E4 00 0000 01 03 00 08 3000000000005678 %s 00 001000";
  private static final String PADDING = "00".repeat(12);

  private final List<Runnable> waiting = new ArrayList<>();
  private boolean inline = true;
  private final CopyManager manager =
      new CopyManager(
          copy -> {
            if (inline) {
              copy.run();
            } else {
              waiting.add(copy);
            }
          },
          new RodTokens(() -> 0, new Random(1), (seconds, action) -> {}));

  private final MemoryBlocks store = new MemoryBlocks(BLOCK, Bench.BLOCKS);
  private final Bench bench =
      new Bench(
          DiskUnit.over(
              store,
              Bench.profile(AtomicLimits.NONE),
              Provisioning.of(store.geometry()),
              Bench.SURROUNDINGS.with(Bench.copying(store, manager))),
          store);

  private final MemoryBlocks largeStore = new MemoryBlocks(4096, 1000);
  private final DiskUnit large = large();
  private final TargetDevice both =
      new TargetDevice(
          "iqn.2026-11.org.untorn:two",
          new TreeMap<>(Map.of(0, bench.disk.unit(), 1, large.unit())),
          bench.disk.profile().inquiry());

  private DiskUnit large() {
    UnitProfile profile =
        UnitProfile.disk(
            bench.disk.profile().inquiry(),
            "1",
            List.of(Designator.NaaLocallyAssigned.of(Association.LOGICAL_UNIT, 0x5678)),
            0,
            UnitProfile.MAXIMUM_TRANSFER_LENGTH,
            AtomicLimits.NONE);
    return DiskUnit.over(
        largeStore,
        profile,
        Provisioning.of(largeStore.geometry()),
        Bench.SURROUNDINGS.with(Bench.copying(largeStore, manager)));
  }

  @BeforeEach
  void fill() {
    store.submit(
        new BlockOperation.Write(
            0, List.of(ByteBuffer.wrap(Bench.pattern(4096, 7))), Durability.APPENDED),
        outcome -> {});
  }

  private static String cscd(String which) {
    return which.formatted(PADDING);
  }

  private static String segment(int source, int destination, int blocks, long from, long to) {
    return "02 00 0018 %04X %04X 0000 %04X %016X %016X"
        .formatted(source, destination, blocks, from, to);
  }

  private static byte[] lid1(int id, int usage, List<String> cscds, List<String> segments) {
    return hex(
        "%02X %02X %04X 00000000 %08X 00000000"
                .formatted(id, usage << 3, 32 * cscds.size(), 28 * segments.size())
            + String.join("", cscds)
            + String.join("", segments));
  }

  private static byte[] lid4(long id, int flags, List<String> cscds, List<String> segments) {
    return hex(
        "01 00 0020 %s %02X FF 000000 %08X %s %04X %04X 0000"
                .formatted(
                    "00".repeat(11),
                    flags,
                    id,
                    "00".repeat(18),
                    32 * cscds.size(),
                    28 * segments.size())
            + String.join("", cscds)
            + String.join("", segments));
  }

  private TestTask start(TargetDevice device, int action, byte[] list) {
    byte[] cdb = hex("83 %02X 0000000000000000 %08X 00 00".formatted(action, list.length));
    TestTask task = bench.task(ALICE, cdb, list);
    device.execute(task);
    return task;
  }

  private TestTask.Result copy(byte[] list) {
    return start(both, 0, list).result();
  }

  private TestTask.Result one(String segment) {
    return copy(lid1(1, 0, List.of(cscd(HERE)), List.of(segment)));
  }

  private byte[] blocks(MemoryBlocks from, long lba, int count) {
    int length = from.geometry().blockLength();
    return Arrays.copyOfRange(from.contents(), (int) lba * length, ((int) lba + count) * length);
  }

  @Test
  void blocks_are_copied_inside_a_unit_and_the_status_tells_how_many() {
    Bench.expectGood(one(segment(0, 0, 2048, 0, Bench.BLOCKS - 2048)));

    assertThat(blocks(store, Bench.BLOCKS - 2048, 2048)).isEqualTo(blocks(store, 0, 2048));
    assertThat(bench.data("84 00 01 00000000000000 00000100 00 00"))
        .isEqualTo(hex("00000008 01 0001 00 00100000"));
    assertThat(bench.data("84 05 00000001 00000000 00000100 00 00"))
        .isEqualTo(
            hex("0000001C 00 01 0001 FFFFFFFE 00 00 00 00 0000000000100000 0001 000000000000"));
    assertThat(bench.data("84 01 01 00000000000000 00000100 00 00")).isEqualTo(hex("00000000"));
    assertThat(bench.data("84 04 01 00000000000000 00000100 00 00")).isEqualTo(hex("00000000"));
  }

  @Test
  void a_copy_that_overlaps_itself_writes_what_was_there_before() {
    byte[] before = blocks(store, 0, 3000);
    Bench.expectGood(one(segment(0, 0, 3000, 0, 17)));
    assertThat(blocks(store, 17, 3000)).isEqualTo(before);
    byte[] then = blocks(store, 100, 2500);
    Bench.expectGood(one(segment(0, 0, 2500, 100, 90)));
    assertThat(blocks(store, 90, 2500)).isEqualTo(then);
  }

  @Test
  void several_segments_go_between_units_whose_blocks_are_of_other_lengths() {
    Bench.expectGood(
        copy(
            lid1(
                9,
                0b10,
                List.of(cscd(HERE), cscd(THERE)),
                List.of(segment(0, 1, 16, 8, 3), segment(1, 0xFFFF, 1, 3, 5000)))));

    assertThat(blocks(largeStore, 3, 2)).isEqualTo(blocks(store, 8, 16));
    assertThat(blocks(store, 5000, 8)).isEqualTo(blocks(store, 8, 8));
    Bench.expect(
        copy(lid1(9, 0b10, List.of(cscd(HERE), cscd(THERE)), List.of(segment(0, 1, 15, 8, 3)))),
        "0A 26 0A");
  }

  @Test
  void a_unit_that_the_initiator_does_not_see_takes_no_part() {
    TestTask hidden =
        start(
            bench.target,
            0,
            lid1(1, 0, List.of(cscd(HERE), cscd(THERE)), List.of(segment(0, 1, 8, 0, 0))));
    Bench.expect(hidden.result(), "0A 0D 02");
    TestTask masked =
        start(
            both.showing(new TreeMap<>(Map.of(5, 1))),
            0,
            lid1(1, 0, List.of(cscd(HERE)), List.of(segment(0xFFFF, 0, 8, 0, 0))));
    Bench.expect(masked.result(), "05 25 00");
    assertThat(largeStore.journal()).isEmpty();
  }

  @Test
  void what_is_wrong_with_a_list_is_pointed_at_and_nothing_is_copied() {
    int before = store.journal().size();
    String good = segment(0, 0, 8, 0, 100);
    List<String> here = List.of(cscd(HERE));
    byte[] whole = lid1(1, 0, here, List.of(good));
    Bench.expect(start(both, 0, Arrays.copyOf(whole, 15)).result(), "05 1A 00");
    Bench.expect(start(both, 0, Arrays.copyOf(whole, 16 + 31)).result(), "05 1A 00");
    Bench.expect(start(both, 0, Arrays.copyOf(whole, whole.length - 1)).result(), "05 1A 00");
    Bench.expectGood(start(both, 0, new byte[0]).result());
    Bench.expect(copy(lid1(1, 1, here, List.of(good))), "05 26 00", "8C0001");
    Bench.expect(copy(lid1(1, 3, here, List.of(good))), "05 26 00", "800000");
    Bench.expect(
        copy(lid1(1, 0, List.of(cscd("E0" + HERE.substring(2))), List.of(good))),
        "05 26 07",
        "800010");
    Bench.expect(
        copy(lid1(1, 0, List.of(cscd(HERE.replace("00 08 3", "00 15 3"))), List.of(good))),
        "05 26 00",
        "800017");
    Bench.expect(copy(lid1(1, 0, here, List.of("03" + good.substring(2)))), "05 26 09", "800030");
    Bench.expect(
        copy(lid1(1, 0, here, List.of(good.replace("0018", "0010")))), "05 26 00", "800032");
    byte[] inline = whole.clone();
    inline[15] = 4;
    Bench.expect(copy(inline), "05 26 0B", "80000C");
    Bench.expect(
        copy(lid1(1, 0, Collections.nCopies(17, cscd(HERE)), List.of(good))), "05 26 06", "800002");
    Bench.expect(copy(lid1(1, 0, here, Collections.nCopies(65, good))), "05 26 08", "800008");
    Bench.expect(
        copy(lid1(1, 0, Collections.nCopies(17, cscd(HERE)), Collections.nCopies(65, good))),
        "05 1A 00");
    Bench.expect(
        start(both, 1, lid4(0, 0, here, List.of(good.replace("02", "0B")))).result(), "05 26 09");
    byte[] format = lid4(1, 0, here, List.of(good));
    format[0] = 2;
    Bench.expect(start(both, 1, format).result(), "05 26 00", "800000");
    assertThat(store.journal()).hasSize(before);
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_segment_that_cannot_be_done_ends_the_copy_with_its_number() {
    String good = segment(0, 0, 8, 0, 10_000);
    TestTask.Result unreachable =
        copy(lid1(1, 0, List.of(cscd(HERE)), List.of(good, segment(0, 1, 8, 0, 0))));
    Bench.expect(unreachable, "0A 08 04", "A00006");
    assertThat(unreachable.data()[11]).isEqualTo((byte) 1);
    assertThat(bench.data("84 00 01 00000000000000 00000100 00 00"))
        .isEqualTo(hex("00000008 02 0001 00 00001000"));
    byte[] details = bench.data("84 04 01 00000000000000 00000100 00 00");
    assertThat(details).hasSize(60 + 18).startsWith(hex("0000004A"));
    assertThat(Arrays.copyOfRange(details, 56, 78))
        .isEqualTo(hex("02 00 0012" + HexFormat.of().formatHex(unreachable.data())));
    Bench.expect(bench.send("84 04 01 00000000000000 00000100 00 00"), "05 24 00", Bench.atByte(2));

    TestTask.Result beyond = one(segment(0, 0, 8, 0, Bench.BLOCKS - 7));
    Bench.expect(beyond, "0A 00 00", "A00014");
    assertThat(Arrays.copyOfRange(beyond.data(), 18, 37))
        .isEqualTo(hex("02 70 00 05 00000000 0A 00000000 21 00 00 000000"));
    Bench.expect(
        copy(lid1(1, 0, List.of(cscd(HERE.replace("E4 00", "E4 20"))), List.of(good))),
        "0A 08 04",
        "8D0011");
    Bench.expect(
        copy(lid1(1, 0, List.of(cscd(HERE.replace("E4 00", "E4 01"))), List.of(good))), "0A 0D 03");
    Bench.expect(
        copy(lid1(1, 0, List.of(cscd(HERE.replace("000200", "001000"))), List.of(good))),
        "0A 26 00",
        "80002D");
  }

  @Test
  void what_would_refuse_a_write_refuses_the_copy_as_the_destinations_answer() {
    Bench.expectGood(bench.send(BOB, "16 00 00 00 00 00"));
    TestTask.Result reserved =
        start(both, 0, lid1(1, 0, List.of(cscd(HERE)), List.of(segment(0, 0, 8, 0, 100)))).result();
    assertThat(reserved.status()).isEqualTo(0x18);
    // The source unit is reserved, and the command goes to the other one.
    TestTask other =
        new TestTask(
            ALICE,
            1L << 48,
            77,
            hex("83 00 0000000000000000 %08X 00 00".formatted(16 + 32 + 28)),
            lid1(1, 0, List.of(cscd(HERE)), List.of(segment(0xFFFF, 0, 1, 0, 0))),
            bench.allocator);
    both.nexusEstablished(ALICE);
    both.execute(other);
    Bench.expect(other.result(), "06 29 00");
    TestTask again =
        new TestTask(
            ALICE,
            1L << 48,
            78,
            hex("83 00 0000000000000000 %08X 00 00".formatted(16 + 32 + 28)),
            lid1(1, 0, List.of(cscd(HERE)), List.of(segment(0xFFFF, 0, 1, 0, 0))),
            bench.allocator);
    both.execute(again);
    Bench.expect(again.result(), "0A 0D 01");
    assertThat(again.result().data()).endsWith(hex("18"));
  }

  @Test
  void a_medium_error_of_the_source_is_forwarded() {
    store.failing(
        operation ->
            operation instanceof BlockOperation.Read
                ? Optional.of(new BlockOutcome.Unreadable(5, "rot"))
                : Optional.empty());
    TestTask.Result failed = one(segment(0, 0, 8, 0, 100));
    Bench.expect(failed, "0A 0D 01");
    assertThat(failed.data()[8]).as("where the source's answer is").isEqualTo((byte) 18);
    assertThat(Arrays.copyOfRange(failed.data(), 18, 33))
        .isEqualTo(hex("02 F0 00 03 00000005 0A 00000000 11 00"));
  }

  @Test
  void a_copy_in_the_background_is_told_of_and_can_be_aborted() {
    inline = false;
    List<String> segments = List.of(segment(0, 0, 8, 0, 100), segment(0, 0, 8, 0, 200));
    Bench.expectGood(start(both, 1, lid4(0xABCDEF01L, 1, List.of(cscd(HERE)), segments)).result());
    assertThat(bench.data("84 05 ABCDEF01 00000000 00000100 00 00"))
        .startsWith(hex("0000001C 01 12 0000 00000064 00"));
    Bench.expect(
        start(both, 1, lid4(0xABCDEF01L, 1, List.of(cscd(HERE)), segments)).result(), "05 00 16");
    Bench.expect(bench.send("84 06 ABCDEF01 00000000 00000100 00 00"), "05 24 00", Bench.atByte(2));

    TestTask abort = bench.start(ALICE, hex("83 1C ABCDEF01 000000000000000000 00"), new byte[0]);
    assertThat(abort.completed()).isFalse();
    waiting.removeFirst().run();
    Bench.expectGood(abort.result());
    assertThat(bench.data("84 05 ABCDEF01 00000000 00000100 00 00"))
        .startsWith(hex("0000002E 01 60 0000 FFFFFFFE 02 12 12"));
    assertThat(blocks(store, 100, 8)).isNotEqualTo(blocks(store, 0, 8));
    Bench.expect(bench.send("83 1C ABCDEF01 000000000000000000 00"), "05 24 00", Bench.atByte(2));
  }

  @Test
  void task_management_waits_until_the_copy_has_ended() {
    inline = false;
    TestTask copy =
        start(both, 0, lid1(1, 0, List.of(cscd(HERE)), List.of(segment(0, 0, 8, 0, 100))));
    List<TaskManagement.Response> responses = new ArrayList<>();
    both.manage(new TaskManagement.AbortTask(ALICE, 0, copy.tag()), responses::add);
    assertThat(copy.terminated()).isTrue();
    assertThat(responses).isEmpty();
    waiting.removeFirst().run();
    assertThat(responses).containsExactly(TaskManagement.Response.FUNCTION_COMPLETE);
    assertThat(blocks(store, 100, 8)).isNotEqualTo(blocks(store, 0, 8));
  }

  @Test
  void no_more_copies_run_at_once_than_is_said() {
    inline = false;
    for (int i = 0; i < CopyManager.CONCURRENT_COPIES; i++) {
      start(both, 0, lid1(i, 0, List.of(cscd(HERE)), List.of(segment(0, 0, 8, 0, 100))));
    }
    TestTask further =
        start(both, 0, lid1(99, 0, List.of(cscd(HERE)), List.of(segment(0, 0, 8, 0, 100))));
    assertThat(further.result().status()).isEqualTo(0x08);
    waiting.forEach(Runnable::run);
    inline = true;
    Bench.expectGood(one(segment(0, 0, 8, 0, 100)));
  }

  @Test
  void a_lost_nexus_leaves_nothing_to_be_asked_for() {
    Bench.expectGood(one(segment(0, 0, 8, 0, 100)));
    Bench.expect(
        bench.send(BOB, "84 00 01 00000000000000 00000100 00 00"), "05 24 00", Bench.atByte(2));
    bench.target.nexusLost(ALICE);
    bench.target.nexusEstablished(ALICE);
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 29 00");
    Bench.expect(bench.send("84 00 01 00000000000000 00000100 00 00"), "05 24 00", Bench.atByte(2));
  }

  @Test
  void the_kind_of_a_units_identifier_says_nothing_where_its_name_does() {
    Bench.expectGood(
        copy(
            lid1(
                1,
                0,
                List.of(cscd(HERE.replace("E4 00", "E4 C0"))),
                List.of(segment(0, 0, 8, 0, 100)))));
    assertThat(blocks(store, 100, 8)).isEqualTo(blocks(store, 0, 8));
  }

  @Test
  void a_copy_without_a_name_is_not_remembered() {
    Bench.expectGood(copy(lid1(0, 3, List.of(cscd(HERE)), List.of(segment(0, 0, 8, 0, 100)))));
    Bench.expect(bench.send("84 00 00 00000000000000 00000100 00 00"), "05 24 00", Bench.atByte(2));
  }

  @Test
  void the_operating_parameters_are_what_is_enforced() {
    assertThat(bench.data("84 03 0000000000000000 00000100 00 00"))
        .isEqualTo(
            hex(
                "0000002A 01 000000 0010 0040 00000900 01FFFE00 00000000 00000000 00000000"
                    + "0000 0010 10 09 00 00 000000 02 02 E4"));
  }
}

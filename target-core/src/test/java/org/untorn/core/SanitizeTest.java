package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.AtomicProfile;

/**
 * SANITIZE, and what the unit is while it is carried out. What runs in the background is run when
 * the test says so, or at once.
 */
class SanitizeTest {

  private static final UnitProfile PROFILE = Bench.profile(AtomicProfile.DEFAULT.limits());
  private static final String BLOCK_ERASE = "48 %02X 00000000 00 0000 00";
  private static final String OVERWRITE = "48 %02X 00000000 00 %04X 00";
  private static final String EXIT_FAILURE_MODE = "48 1F 00000000 00 0000 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

  private final Queue<Runnable> background = new ArrayDeque<>();
  private final UnitMemory memory = UnitMemory.ofThisProcess();
  private final MemoryBlocks store = new MemoryBlocks(Bench.BLOCK, Bench.BLOCKS);
  private final Bench bench = bench(memory);

  private Bench bench(UnitMemory kept) {
    return new Bench(
        PROFILE, store, new UnitSurroundings(kept, background::add, System::nanoTime, 0, false));
  }

  /** Runs what is to be done in the background. */
  private void work() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  private TestTask start(String cdb, byte[] list) {
    return bench.start(Bench.ALICE, hex(cdb), list);
  }

  private void fill() {
    for (long lba = 0; lba < Bench.BLOCKS; lba += 5000) {
      Bench.expectGood(
          bench.send("8A 00 %016X 00001388 00 00".formatted(lba), Bench.pattern(5000, 1)));
    }
    assertThat(store.contents()).isNotEqualTo(new byte[store.contents().length]);
  }

  @Test
  void block_and_cryptographic_erase_leave_zeros_that_are_not_mapped() {
    for (int method : List.of(0x02, 0x03)) {
      fill();
      TestTask task = start(BLOCK_ERASE.formatted(method), new byte[0]);
      assertThat(task.completed()).as("before it is done").isFalse();
      work();
      Bench.expectGood(task.result());
      assertThat(store.journal().getLast()).isInstanceOf(BlockOperation.Flush.class);
      assertThat(store.contents()).containsOnly(0);
      assertThat(bench.data("9E 12 0000000000000000 00000018 00 00"))
          .as("GET LBA STATUS")
          .isEqualTo(hex("00000014 00000000 0000000000000000 00004E20 01 00 0000"));
      Bench.expectGood(bench.send(TEST_UNIT_READY));
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void overwrite_repeats_its_pattern_in_every_block() {
    fill();
    TestTask task = start(OVERWRITE.formatted(0x01, 7), hex("01 00 0003 A1B2C3"));
    work();
    Bench.expectGood(task.result());
    byte[] contents = store.contents();
    for (int i = 0; i < contents.length; i++) {
      assertThat(contents[i]).isEqualTo(hex("A1B2C3")[i % 512 % 3]);
    }
  }

  @Test
  void inverted_passes_end_with_the_pattern_as_it_is() {
    for (int passes : List.of(2, 3)) {
      List<Byte> written = new ArrayList<>();
      store.failing(
          operation -> {
            if (operation instanceof BlockOperation.Write write && write.lba() == 0) {
              written.add(write.data().getFirst().get(0));
            }
            return Optional.empty();
          });
      start(OVERWRITE.formatted(0x01, 5), hex("%02X 00 0001 0F".formatted(0x80 | passes)));
      work();
      assertThat(written)
          .isEqualTo(
              passes == 2
                  ? List.of((byte) 0xF0, (byte) 0x0F)
                  : List.of((byte) 0x0F, (byte) 0xF0, (byte) 0x0F));
      assertThat(store.contents()).containsOnly(0x0F);
    }
  }

  @Test
  void a_parameter_list_that_is_not_as_it_must_be_is_refused_and_erases_nothing() {
    for (int length : List.of(0, 1, 4, 517)) {
      Bench.expect(
          bench.send(OVERWRITE.formatted(0x01, length), new byte[600]),
          "05 24 00",
          Bench.atByte(7));
    }
    for (int action : List.of(0x02, 0x03, 0x1F)) {
      Bench.expect(
          bench.send(OVERWRITE.formatted(action, 8), new byte[8]), "05 24 00", Bench.atByte(7));
    }
    Bench.expect(bench.send(OVERWRITE.formatted(0x01, 8), new byte[7]), "05 1A 00");
    Bench.expect(list("00 00 0004 01020304"), "05 26 00", "8C0000");
    Bench.expect(list("20 00 0004 01020304"), "05 26 00", "8E0000");
    Bench.expect(list("01 00 0000 01020304"), "05 26 00", "800002");
    Bench.expect(list("01 00 0201 01020304"), "05 26 00", "800002");
    Bench.expect(list("01 00 0005 01020304"), "05 1A 00");
    Bench.expect(bench.send("48 42 00000000 00 0000 00"), "05 24 00", Bench.atBit(1, 6));
    Bench.expect(bench.send("48 04 00000000 00 0000 00"), "05 24 00", Bench.atBit(1, 4));
    assertThat(background).isEmpty();
    assertThat(store.journal()).isEmpty();
  }

  private TestTask.Result list(String list) {
    return bench.send(OVERWRITE.formatted(0x01, 8), hex(list));
  }

  @Test
  void what_is_write_protected_is_not_erased() {
    Bench.expectGood(
        bench.send("15 10 00 00 10 00", hex("00 00 00 00  0A 0A 00 10 08 00 00 00 FF FF 00 00")));
    Bench.expect(bench.send(BLOCK_ERASE.formatted(0x02)), "07 27 02");
    Bench.expect(bench.send(OVERWRITE.formatted(0x01, 5), hex("01 00 0001 00")), "07 27 02");
  }

  @Test
  void with_immed_the_answer_comes_when_it_is_sure_to_be_done() throws IOException {
    TestTask task = start(BLOCK_ERASE.formatted(0x82), new byte[0]);
    assertThat(task.completed()).isFalse();
    List<Boolean> answered = new ArrayList<>();
    store.failing(
        operation -> {
          answered.add(task.completed());
          return Optional.empty();
        });
    work();
    Bench.expectGood(task.result());
    assertThat(answered).isNotEmpty().containsOnly(true);
    assertThat(memory.load(Eraser.NAME)).isEmpty();
  }

  @Test
  void meanwhile_all_but_a_few_commands_are_refused_with_the_progress() {
    start(OVERWRITE.formatted(0x81, 5), hex("02 00 0001 0F"));
    List<String> progress = new ArrayList<>();
    store.failing(
        operation -> {
          if (operation instanceof BlockOperation.Write write && write.lba() == 10_240) {
            TestTask.Result ready = bench.send(TEST_UNIT_READY);
            Bench.expect(ready, "02 04 1B");
            progress.add(java.util.HexFormat.of().formatHex(ready.data(), 15, 18));
            refusesAllBut();
          }
          return Optional.empty();
        });
    work();
    assertThat(progress).containsExactly("804189", "80c189");
    Bench.expectGood(bench.send(TEST_UNIT_READY));
  }

  /** Which commands are carried out, as SBC-4 lists them. */
  private void refusesAllBut() {
    List<String> allowed = new ArrayList<>();
    for (Command row : bench.disk.unit().commands().rows()) {
      if (row.is(Trait.DURING_ERASURE)) {
        allowed.add(row.name());
      } else {
        Bench.expect(bench.send(CommandTableTest.emptyCdb(row), new byte[0]), "02 04 1B");
      }
    }
    assertThat(allowed)
        .containsExactly(
            "REQUEST SENSE",
            "INQUIRY",
            "LOG SENSE",
            "REPORT LUNS",
            "REPORT SUPPORTED OPERATION CODES",
            "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS");
    assertThat(bench.data("03 00 00 00 12 00")).startsWith(hex("70 00 02")).hasSize(18);
    assertThat(bench.data("4D 00 4D 00 00 0000 00FF 00")).startsWith(hex("8D 00"));
    Bench.expect(bench.send("4D 00 40 00 00 0000 00FF 00"), "02 04 1B");
  }

  @Test
  void a_write_that_waited_for_its_data_does_not_reach_what_was_erased() {
    TestTask late = bench.task(Bench.ALICE, hex("2A 00 00000000 00 0008 00"), Bench.pattern(8, 1));
    late.withheld();
    bench.target.execute(late);
    start(BLOCK_ERASE.formatted(0x82), new byte[0]);
    late.arrive();
    Bench.expect(late.result(), "02 04 1B");
    work();
    assertThat(store.contents()).containsOnly(0);
  }

  @Test
  void a_change_under_way_is_waited_for_and_a_later_one_fails() {
    MediumGate gate = new MediumGate(store);
    List<BlockOutcome> outcomes = new ArrayList<>();
    BlockOperation write =
        new BlockOperation.Write(
            0, List.of(ByteBuffer.allocate(512)), org.untorn.backstore.Durability.APPENDED);
    store.hold();
    gate.submit(write, outcomes::add);
    gate.shut();
    assertThat(gate.isQuiet()).isFalse();
    gate.submit(write, outcomes::add);
    assertThat(outcomes).hasExactlyElementsOfTypes(BlockOutcome.WriteFailed.class);
    store.release();
    assertThat(gate.isQuiet()).isTrue();
    gate.open();
    gate.submit(write, outcomes::add);
    assertThat(outcomes.getLast()).isEqualTo(BlockOutcome.DONE);
  }

  @Test
  void no_task_management_function_ends_it_but_the_task_ends() {
    fill();
    List<TaskManagement> functions =
        List.of(
            new TaskManagement.AbortTaskSet(Bench.ALICE, 0),
            new TaskManagement.ClearTaskSet(Bench.BOB, 0),
            new TaskManagement.LogicalUnitReset(Bench.BOB, 0));
    for (TaskManagement function : functions) {
      TestTask task = start(BLOCK_ERASE.formatted(0x02), new byte[0]);
      List<TaskManagement.Response> responses = new ArrayList<>();
      bench.target.manage(function, responses::add);
      assertThat(responses).containsExactly(TaskManagement.Response.FUNCTION_COMPLETE);
      assertThat(task.terminated()).isTrue();
      bench.send(TEST_UNIT_READY); // a unit attention, perhaps
      Bench.expect(bench.send(TEST_UNIT_READY), "02 04 1B");
      work();
      Bench.expectGood(bench.send(TEST_UNIT_READY));
    }
    assertThat(store.contents()).containsOnly(0);
  }

  @Test
  void what_failed_without_ause_is_left_only_by_another_that_succeeds() {
    store.failing(_ -> Optional.of(new BlockOutcome.WriteFailed("broken")));
    TestTask task = start(BLOCK_ERASE.formatted(0x02), new byte[0]);
    work();
    Bench.expect(task.result(), "03 31 03");
    for (String other : List.of(TEST_UNIT_READY, "1A 00 3F 00 FF 00", "04 00 00 00 00 00")) {
      Bench.expect(bench.send(other), "03 31 03");
    }
    assertThat(bench.data("03 00 00 00 12 00")).startsWith(hex("70 00 03"));
    bench.data("12 00 00 0060 00");
    Bench.expect(bench.send(EXIT_FAILURE_MODE), "05 24 00", Bench.atBit(1, 4));
    Bench.expect(bench.send(BLOCK_ERASE.formatted(0x22)), "05 24 00", Bench.atBit(1, 5));
    store.failing(_ -> Optional.empty());
    TestTask again = start(BLOCK_ERASE.formatted(0x02), new byte[0]);
    work();
    Bench.expectGood(again.result());
    Bench.expectGood(bench.send(TEST_UNIT_READY));
  }

  @Test
  void what_failed_with_ause_can_be_left() throws IOException {
    store.failing(_ -> Optional.of(new BlockOutcome.WriteFailed("broken")));
    start(BLOCK_ERASE.formatted(0xA2), new byte[0]);
    work();
    Bench.expect(bench.send(TEST_UNIT_READY), "03 31 03");
    store.failing(_ -> Optional.empty());
    TestTask exit = start(EXIT_FAILURE_MODE, new byte[0]);
    work();
    Bench.expectGood(exit.result());
    Bench.expectGood(bench.send(TEST_UNIT_READY));
    Bench.expectGood(bench.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
    assertThat(memory.load(Eraser.NAME)).isEmpty();
    Bench.expectGood(bench.send(EXIT_FAILURE_MODE));
  }

  @Test
  void what_was_under_way_when_the_process_went_is_done_by_the_next() throws IOException {
    fill();
    start(OVERWRITE.formatted(0x81, 6), hex("01 00 0002 ABCD"));
    store.failing(
        operation ->
            operation instanceof BlockOperation.Write write && write.lba() > 4096
                ? Optional.of(new BlockOutcome.Stopped("killed"))
                : Optional.empty());
    work();
    Bench.expect(bench.send(TEST_UNIT_READY), "03 31 03");
    assertThat(memory.load(Eraser.NAME)).hasValue(hex("01 01 01 00 01 ABCD"));

    store.failing(_ -> Optional.empty());
    Bench next = bench(memory);
    Bench.expect(next.send(TEST_UNIT_READY), "02 04 1B");
    work();
    Bench.expectGood(next.send(TEST_UNIT_READY));
    byte[] contents = store.contents();
    for (int i = 0; i < contents.length; i += 2) {
      assertThat(contents[i]).isEqualTo((byte) 0xAB);
    }
    assertThat(memory.load(Eraser.NAME)).isEmpty();
  }

  @Test
  void a_failure_outlives_the_process() throws IOException {
    store.failing(_ -> Optional.of(new BlockOutcome.WriteFailed("broken")));
    start(BLOCK_ERASE.formatted(0x82), new byte[0]);
    work();
    assertThat(memory.load(Eraser.NAME)).hasValue(hex("01 02 01 00 00"));
    store.failing(_ -> Optional.empty());
    Bench next = bench(memory);
    Bench.expect(next.send(TEST_UNIT_READY), "03 31 03");
    assertThat(background).isEmpty();
  }

  @Test
  void when_the_power_is_back_it_begins_again() {
    start(OVERWRITE.formatted(0x81, 5), hex("01 00 0001 5A"));
    store.failing(
        operation ->
            operation instanceof BlockOperation.Write write && write.lba() == 8192
                ? Optional.of(new BlockOutcome.Stopped("the power is off"))
                : Optional.empty());
    work();
    store.failing(_ -> Optional.empty());
    var _ = bench.disk.unit().signal(new UnitSignal.PowerOn());
    work();
    Bench.expect(bench.send(TEST_UNIT_READY), "06 29 01");
    Bench.expectGood(bench.send(TEST_UNIT_READY));
    assertThat(store.contents()).containsOnly(0x5A);
  }

  @Test
  void what_cannot_be_kept_is_not_begun() {
    fill();
    byte[] before = store.contents();
    Bench other =
        bench(
            new UnitMemory() {
              @Override
              public Optional<byte[]> load(String name) {
                return Optional.empty();
              }

              @Override
              public void keep(String name, byte[] value) throws IOException {
                throw new IOException("no space");
              }
            });
    TestTask task = other.start(Bench.ALICE, hex(BLOCK_ERASE.formatted(0x82)), new byte[0]);
    work();
    Bench.expect(task.result(), "03 31 03");
    Bench.expectGood(other.send(TEST_UNIT_READY));
    assertThat(store.contents()).isEqualTo(before);
    Bench.expectGood(other.send("2A 00 00000000 00 0001 00", Bench.pattern(1, 1)));
  }

  @Test
  void a_rate_makes_it_take_its_time() {
    long rate = 40L * Bench.BLOCK * Bench.BLOCKS; // a fortieth of a second
    MemoryBlocks other = new MemoryBlocks(Bench.BLOCK, Bench.BLOCKS);
    Bench slow =
        new Bench(
            PROFILE,
            other,
            new UnitSurroundings(
                UnitMemory.ofThisProcess(), Runnable::run, System::nanoTime, rate, false));
    long before = System.nanoTime();
    Bench.expectGood(slow.send(BLOCK_ERASE.formatted(0x02)));
    assertThat(System.nanoTime() - before).isGreaterThan(1_000_000_000L / 40);
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicLimits;

/** Logical units that come and go while they are in use. */
class ChangingUnitsTest {

  private static final String READY = "00 00 00 00 00 00";
  private static final String REPORT_LUNS = "A0 00 00 00 00 00 00000100 00 00";
  private static final byte[] WRITE = hex("2A 00 00000000 00 0001 00");

  private final Bench bench = new Bench();
  private final MemoryBlocks store = new MemoryBlocks(512, 8);
  private final DiskUnit second = DiskUnit.over(store, Bench.profile(AtomicLimits.NONE));
  private long nextTag = 1000;

  private TestTask start(TargetDevice target, Nexus nexus, int lun, byte[] cdb, byte[] dataOut) {
    TestTask task =
        new TestTask(nexus, (long) lun << 48, nextTag++, cdb, dataOut, bench.allocator)
            .dataWithheld();
    target.execute(task);
    return task;
  }

  private TestTask.Result send(Nexus nexus, int lun, String cdb) {
    return start(bench.target, nexus, lun, hex(cdb), new byte[0]).result();
  }

  private void addSecond() {
    assertThat(bench.target.add(1, second.unit())).isTrue();
    for (Nexus nexus : new Nexus[] {ALICE, BOB}) {
      Bench.expect(send(nexus, 0, READY), "06 3F 0E");
      Bench.expect(send(nexus, 1, READY), "06 29 00");
    }
  }

  @Test
  void a_unit_that_was_added_greets_and_the_others_tell_of_it_once_to_each_nexus() {
    Bench.expect(send(ALICE, 1, READY), "05 25 00");
    addSecond();
    for (Nexus nexus : new Nexus[] {ALICE, BOB}) {
      Bench.expectGood(send(nexus, 0, READY));
      Bench.expectGood(send(nexus, 1, READY));
    }
    assertThat(send(ALICE, 0, REPORT_LUNS).data())
        .isEqualTo(hex("00000010 00000000 0000000000000000 0001000000000000"));
    assertThat(bench.target.add(1, second.unit())).as("there is one").isFalse();
    Bench.expectGood(send(ALICE, 0, READY));
  }

  @Test
  void who_asked_for_the_units_or_heard_it_of_one_of_them_is_not_told_again() {
    addSecond();
    DiskUnit third = DiskUnit.over(new MemoryBlocks(512, 8), Bench.profile(AtomicLimits.NONE));
    bench.target.add(2, third.unit());
    Bench.expectGood(send(ALICE, 2, REPORT_LUNS));
    Bench.expectGood(send(ALICE, 0, READY));
    Bench.expectGood(send(ALICE, 1, READY));
    Bench.expect(send(BOB, 1, READY), "06 3F 0E");
    Bench.expectGood(send(BOB, 0, READY));
    bench.target.remove(2);
    assertThat(send(BOB, 0, "03 00 00 00 FC 00").data())
        .isEqualTo(hex("70 00 06 00000000 0A 00000000 3F 0E 00 000000"));
    Bench.expectGood(send(BOB, 1, READY));
    Bench.expect(send(ALICE, 0, READY), "06 3F 0E");
  }

  @Test
  void what_waits_in_a_unit_that_is_removed_ends_and_what_the_store_has_completes() {
    addSecond();
    TestTask collecting = start(bench.target, ALICE, 1, WRITE, Bench.pattern(1, 1));
    store.hold();
    TestTask written = start(bench.target, BOB, 1, WRITE, Bench.pattern(1, 2));
    written.arrive();

    CompletableFuture<Void> gone = bench.target.remove(1).orElseThrow();
    Bench.expect(collecting.result(), "05 25 00");
    collecting.arrive();
    assertThat(written.completed()).isFalse();
    assertThat(gone).isNotDone();
    Bench.expect(send(ALICE, 1, READY), "05 25 00");
    assertThat(send(ALICE, 1, "12 00 00 0060 00").data()[0]).isEqualTo((byte) 0x7F);
    store.release();
    Bench.expectGood(written.result());
    assertThat(gone).isDone();
    assertThat(store.journal()).hasSize(1);
    bench.allocator.assertAllReleased();
    Bench.expect(send(ALICE, 0, READY), "06 3F 0E");
    assertThat(bench.target.remove(1)).isEmpty();
  }

  @Test
  void a_command_that_looked_the_unit_up_before_it_was_removed_is_refused() {
    LogicalUnit unit = second.unit();
    var _ = unit.signal(new UnitSignal.Removed());
    TargetDevice late =
        new TargetDevice("late", new TreeMap<>(Map.of(1, unit)), second.profile().inquiry());
    Bench.expect(start(late, ALICE, 1, hex(READY), new byte[0]).result(), "05 25 00");
  }

  @Test
  void a_nexus_is_greeted_by_those_units_that_it_may_see() {
    Nexus carol = new Nexus("carol", "target");
    TargetDevice seen = bench.target.showing(new TreeMap<>(Map.of(0, 0, 7, 1)));
    Nexus dave = new Nexus("dave", "target");
    TargetDevice narrow = bench.target.showing(new TreeMap<>(Map.of(0, 0)));
    seen.nexusEstablished(carol);
    narrow.nexusEstablished(dave);
    bench.target.add(1, second.unit());
    Bench.expect(start(seen, carol, 7, hex(READY), new byte[0]).result(), "06 29 00");
    Bench.expectGood(start(seen, carol, 7, hex(READY), new byte[0]).result());
    assertThat(start(seen, carol, 0, hex(REPORT_LUNS), new byte[0]).result().data())
        .isEqualTo(hex("00000010 00000000 0000000000000000 0007000000000000"));
    Bench.expect(start(narrow, dave, 1, hex(READY), new byte[0]).result(), "05 25 00");
    assertThat(second.counters().snapshot().stream().mapToLong(count -> count.commands()).sum())
        .isEqualTo(2);
  }

  @Test
  void a_unit_that_was_removed_can_come_back_as_another() {
    addSecond();
    bench.target.remove(1);
    DiskUnit other = DiskUnit.over(store, Bench.profile(AtomicLimits.NONE));
    assertThat(bench.target.add(1, other.unit())).isTrue();
    Bench.expect(send(ALICE, 1, READY), "06 29 00");
    Bench.expectGood(send(ALICE, 1, READY));
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The auto contingent allegiance (SAM-5 5.9). */
class AcaTest {

  private static final int BUSY = 0x08;
  private static final int ACA_ACTIVE = 0x30;
  private static final String READY = "00 00 00 00 00 00";
  private static final String READY_NACA = "00 00 00 00 00 04";
  private static final String FAULTY = "28 00 FFFFFFFF 00 0001 00";
  private static final String FAULTY_NACA = "28 00 FFFFFFFF 00 0001 04";

  private final Bench bench = new Bench();

  private void fault() {
    Bench.expect(bench.send(ALICE, FAULTY_NACA), "05 21 00");
  }

  private TestTask.Result aca(Nexus nexus, String cdb) {
    TestTask task = bench.task(nexus, hex(cdb), new byte[0]).as(TaskAttribute.ACA);
    bench.target.execute(task);
    return task.result();
  }

  private TaskManagement.Response manage(TaskManagement function) {
    List<TaskManagement.Response> responses = new ArrayList<>();
    bench.target.manage(function, responses::add);
    assertThat(responses).hasSize(1);
    return responses.getFirst();
  }

  private void clear() {
    assertThat(manage(new TaskManagement.ClearAca(ALICE, 0)))
        .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
  }

  private void assertNoAca() {
    Bench.expectGood(bench.send(ALICE, READY));
    Bench.expectGood(bench.send(BOB, READY));
  }

  @Test
  void without_naca_a_check_condition_begins_none() {
    Bench.expect(bench.send(ALICE, FAULTY), "05 21 00");
    Bench.expectGood(bench.send(ALICE, READY_NACA));
    assertNoAca();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        FAULTY_NACA,
        "FF 00 00 00 00 00 00 00 00 00 00 00 00 00 00 04", // no such operation code
        "20 00 00 00 00 00 00 00 00 04",
        "00 01 00 00 00 04", // a reserved bit
      })
  void naca_lets_any_check_condition_begin_one_which_only_its_nexus_can_clear(String cdb) {
    assertThat(bench.send(ALICE, cdb).status()).isEqualTo(0x02);
    assertThat(bench.send(ALICE, READY).status()).isEqualTo(ACA_ACTIVE);
    assertThat(bench.send(ALICE, "12 00 00 0060 00").status()).isEqualTo(ACA_ACTIVE);
    assertThat(bench.send(BOB, READY).status()).isEqualTo(BUSY);
    assertThat(bench.send(BOB, READY_NACA).status()).isEqualTo(ACA_ACTIVE);
    assertThat(manage(new TaskManagement.ClearAca(BOB, 0)))
        .isEqualTo(TaskManagement.Response.FUNCTION_REJECTED);
    clear();
    assertNoAca();
  }

  @Test
  void a_unit_attention_reported_with_naca_begins_one_too() {
    bench.target.nexusEstablished(ALICE);
    Bench.expect(bench.send(ALICE, READY_NACA), "06 29 00");
    assertThat(bench.send(ALICE, READY).status()).isEqualTo(ACA_ACTIVE);
  }

  @Test
  void the_faulted_nexus_alone_gets_one_aca_task_at_a_time_in() {
    fault();
    Bench.expectGood(aca(ALICE, READY));
    assertThat(aca(BOB, READY).status()).isEqualTo(ACA_ACTIVE);
    TestTask write =
        bench
            .task(ALICE, hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 1))
            .dataWithheld()
            .as(TaskAttribute.ACA);
    bench.target.execute(write);
    assertThat(aca(ALICE, READY).status()).isEqualTo(ACA_ACTIVE);
    write.arrive();
    Bench.expectGood(write.result());
    Bench.expectGood(aca(ALICE, READY));
  }

  @Test
  void tmf_only_keeps_aca_tasks_out_too() {
    ControlPage.set(bench, "10 10 00 00");
    fault();
    assertThat(aca(ALICE, READY).status()).isEqualTo(ACA_ACTIVE);
    clear();
  }

  @Test
  void an_aca_task_without_an_aca_is_an_invalid_message() {
    Bench.expect(aca(ALICE, READY), "05 49 00");
    assertNoAca();
  }

  @Test
  void a_check_condition_of_the_aca_task_ends_it_or_begins_the_next() {
    fault();
    Bench.expect(aca(ALICE, FAULTY_NACA), "05 21 00");
    assertThat(bench.send(ALICE, READY).status()).isEqualTo(ACA_ACTIVE);
    Bench.expect(aca(ALICE, FAULTY), "05 21 00");
    assertNoAca();
  }

  @Test
  void clearing_it_ends_the_aca_task() {
    fault();
    TestTask write =
        bench
            .task(ALICE, hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 1))
            .dataWithheld()
            .as(TaskAttribute.ACA);
    bench.target.execute(write);
    clear();
    assertThat(write.terminated()).isTrue();
    assertNoAca();
  }

  @Test
  void what_was_there_before_goes_on_when_it_is_cleared() {
    TestTask collecting =
        bench.task(BOB, hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 1)).dataWithheld();
    bench.target.execute(collecting);
    bench.store.hold();
    TestTask reading = bench.start(ALICE, hex("28 00 00000008 00 0001 00"), new byte[0]);
    TestTask ordered = bench.task(BOB, hex(READY), new byte[0]).as(TaskAttribute.ORDERED);
    bench.target.execute(ordered);
    TestTask faulty =
        bench.task(ALICE, hex(FAULTY_NACA), new byte[0]).as(TaskAttribute.HEAD_OF_QUEUE);
    bench.target.execute(faulty); // which no ordered task keeps waiting
    Bench.expect(faulty.result(), "05 21 00");

    collecting.arrive();
    bench.store.release();
    assertThat(List.of(collecting, reading, ordered)).noneMatch(TestTask::completed);
    assertThat(bench.store.journal()).as("the read alone").hasSize(1);

    clear();
    List.of(reading, collecting, ordered).forEach(task -> Bench.expectGood(task.result()));
    bench.allocator.assertAllReleased();
  }

  @Test
  void an_atomic_write_that_it_stopped_changes_nothing_and_says_so() {
    TestTask atomic =
        bench
            .task(ALICE, hex("9C 00 0000000000000000 0000 0008 00 00"), Bench.pattern(8, 1))
            .dataWithheld();
    bench.target.execute(atomic);
    fault();
    atomic.arrive();
    assertThat(atomic.completed()).isFalse();
    clear();
    Bench.expect(atomic.result(), "0B 00 21");
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_task_that_it_stopped_can_be_aborted_and_leaks_nothing() {
    TestTask write =
        bench.task(BOB, hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 1)).dataWithheld();
    bench.target.execute(write);
    fault();
    write.arrive();
    assertThat(manage(new TaskManagement.AbortTask(BOB, 0, write.tag())))
        .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
    assertThat(write.terminated()).isTrue();
    clear();
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void with_a_task_set_per_nexus_it_concerns_its_nexus_alone() {
    ControlPage.set(bench, ControlPage.SETS_PER_NEXUS);
    fault();
    Bench.expectGood(bench.send(BOB, READY));
    assertThat(bench.send(ALICE, READY).status()).isEqualTo(ACA_ACTIVE);
    assertThat(manage(new TaskManagement.ClearAca(BOB, 0)))
        .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
    assertThat(bench.send(ALICE, READY).status()).isEqualTo(ACA_ACTIVE);
    clear();
    assertNoAca();
  }

  @Test
  void resets_and_the_loss_of_the_nexus_end_it() {
    fault();
    manage(new TaskManagement.LogicalUnitReset(BOB, 0));
    Bench.expect(bench.send(ALICE, READY), "06 29 03");
    Bench.expect(bench.send(BOB, READY), "06 29 03");
    fault();
    manage(new TaskManagement.NexusReset(ALICE));
    Bench.expectGood(bench.send(BOB, READY));
    Bench.expect(bench.send(ALICE, READY), "06 29 07");
    fault();
    bench.target.nexusLost(ALICE);
    Bench.expectGood(bench.send(BOB, READY));
  }

  @Test
  void preempt_and_abort_of_another_nexus_ends_it() {
    register(ALICE, 1);
    register(BOB, 2);
    fault();
    byte[] preempt = hex("0000000000000002 0000000000000001 00000000 00 00 0000");
    TestTask out = bench.start(BOB, hex("5F 05 01 00 00 00000018 00"), preempt);
    Bench.expectGood(out.result());
    Bench.expect(bench.send(ALICE, READY), "06 2A 05");
    assertNoAca();
  }

  private void register(Nexus nexus, int key) {
    byte[] list = hex("0000000000000000 00000000000000%02X 00000000 00 00 0000".formatted(key));
    Bench.expectGood(bench.start(nexus, hex("5F 00 00 00 00 00000018 00"), list).result());
  }
}

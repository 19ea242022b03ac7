package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What QERR, TAS, TST and UA_INTLCK_CTRL do (SPC-5 7.5.8), and what is said of tasks. */
class AbortRulesTest {

  private static final int BUSY = 0x08;
  private static final int RESERVATION_CONFLICT = 0x18;
  private static final int TASK_ABORTED = 0x40;
  private static final byte[] WRITE = hex("2A 00 00000000 00 0001 00");
  private static final String READY = "00 00 00 00 00 00";
  private static final String FAULTY = "28 00 FFFFFFFF 00 0001 00";

  private final Bench bench = new Bench();

  private TestTask waiting(Nexus nexus) {
    TestTask task = bench.task(nexus, WRITE, Bench.pattern(1, 1)).dataWithheld();
    bench.target.execute(task);
    return task;
  }

  private TaskManagement.Response manage(TaskManagement function) {
    List<TaskManagement.Response> responses = new ArrayList<>();
    bench.target.manage(function, responses::add);
    assertThat(responses).hasSize(1);
    return responses.getFirst();
  }

  private static void assertAborted(TestTask task) {
    assertThat(task.terminated()).isFalse();
    assertThat(task.result().status()).isEqualTo(TASK_ABORTED);
    task.arrive();
  }

  @Test
  void qerr_00b_leaves_the_other_tasks_alone() {
    TestTask mine = waiting(ALICE);
    Bench.expect(bench.send(ALICE, FAULTY), "05 21 00");
    mine.arrive();
    Bench.expectGood(mine.result());
  }

  @Test
  void qerr_01b_ends_all_tasks_and_tells_the_other_nexuses() {
    ControlPage.set(bench, "00 12 00 00");
    TestTask mine = waiting(ALICE);
    TestTask others = waiting(BOB);
    Bench.expect(bench.send(ALICE, FAULTY), "05 21 00");
    assertThat(mine.terminated()).isTrue();
    assertThat(others.terminated()).isTrue();
    Bench.expectGood(bench.send(ALICE, READY));
    Bench.expect(bench.send(BOB, READY), "06 2F 00");
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void qerr_01b_with_tas_lets_the_others_tasks_end_in_task_aborted_and_tells_nothing_else() {
    ControlPage.set(bench, "00 12 00 40");
    TestTask mine = waiting(ALICE);
    TestTask others = waiting(BOB);
    Bench.expect(bench.send(ALICE, FAULTY), "05 21 00");
    assertThat(mine.terminated()).isTrue();
    assertAborted(others);
    Bench.expectGood(bench.send(BOB, READY));
  }

  @Test
  void qerr_01b_with_a_task_set_per_nexus_and_qerr_11b_end_the_tasks_of_the_nexus_alone() {
    for (String page : List.of("20 12 00 00", "00 16 00 00")) {
      Bench fresh = new Bench();
      ControlPage.set(fresh, page);
      List<TestTask> tasks = new ArrayList<>();
      for (Nexus nexus : List.of(ALICE, BOB)) {
        TestTask task = fresh.task(nexus, WRITE, Bench.pattern(1, 1)).dataWithheld();
        fresh.target.execute(task);
        tasks.add(task);
      }
      Bench.expect(fresh.send(ALICE, FAULTY), "05 21 00");
      assertThat(tasks.getFirst().terminated()).as(page).isTrue();
      tasks.getLast().arrive();
      Bench.expectGood(tasks.getLast().result());
      Bench.expectGood(fresh.send(BOB, READY));
    }
  }

  @Test
  void qerr_ends_what_the_store_has_when_it_comes_back() {
    ControlPage.set(bench, "00 12 00 40");
    bench.store.hold();
    TestTask others = bench.start(BOB, WRITE, Bench.pattern(1, 1));
    Bench.expect(bench.send(ALICE, FAULTY), "05 21 00");
    assertThat(others.completed()).isFalse();
    bench.store.release();
    assertThat(others.result().status()).isEqualTo(TASK_ABORTED);
    bench.allocator.assertAllReleased();
  }

  @Test
  void with_tas_what_another_nexus_ended_is_answered_and_what_the_own_nexus_ended_is_not() {
    for (Function<Nexus, TaskManagement> function :
        List.<Function<Nexus, TaskManagement>>of(
            nexus -> new TaskManagement.ClearTaskSet(nexus, 0),
            nexus -> new TaskManagement.LogicalUnitReset(nexus, 0),
            nexus -> new TaskManagement.TargetReset(nexus, false))) {
      ControlPage.set(bench, "00 10 00 40");
      TestTask mine = waiting(ALICE);
      TestTask others = waiting(BOB);
      assertThat(manage(function.apply(ALICE)))
          .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
      assertThat(mine.terminated()).isTrue();
      assertAborted(others);
      for (Nexus nexus : List.of(ALICE, BOB)) {
        bench.send(nexus, "03 00 00 00 FC 00"); // what a reset has to tell
        Bench.expectGood(bench.send(nexus, READY));
      }
      bench.start(ALICE, hex("15 10 00 00 10 00"), hex("00000000 0A0A0010 00000000 FFFF0000"));
      bench.send(BOB, "03 00 00 00 FC 00");
    }
  }

  @Test
  void clear_task_set_is_for_the_own_task_set_where_each_nexus_has_one() {
    ControlPage.set(bench, ControlPage.SETS_PER_NEXUS);
    TestTask mine = waiting(ALICE);
    TestTask others = waiting(BOB);
    manage(new TaskManagement.ClearTaskSet(ALICE, 0));
    assertThat(mine.terminated()).isTrue();
    others.arrive();
    Bench.expectGood(others.result());
  }

  @Test
  void with_an_interlock_a_unit_attention_stays_until_request_sense_takes_it() {
    ControlPage.set(bench, "00 10 20 00");
    bench.target.nexusEstablished(BOB);
    Bench.expect(bench.send(BOB, READY), "06 29 00");
    Bench.expect(bench.send(BOB, READY), "06 29 00");
    assertThat(bench.send(BOB, "03 00 00 00 FC 00").data())
        .isEqualTo(hex("70 00 06 00000000 0A 00000000 29 00 00 000000"));
    Bench.expectGood(bench.send(BOB, READY));
  }

  @Test
  void with_interlock_11b_busy_full_and_conflict_establish_a_unit_attention_once() {
    ControlPage.set(bench, "00 10 30 00");
    bench.allocator.exhaust();
    assertThat(bench.send(ALICE, "28 00 00000000 00 0008 00").status()).isEqualTo(BUSY);
    Bench.expectGood(bench.send(BOB, READY));
    Bench.expect(bench.send(ALICE, READY), "06 2C 07");
    Bench.expect(bench.send(ALICE, READY), "06 2C 07");
    bench.send(ALICE, "03 00 00 00 FC 00");
    Bench.expectGood(bench.send(ALICE, READY));

    Bench.expectGood(bench.send(ALICE, "16 00 00 00 00 00"));
    for (int i = 0; i < 2; i++) {
      assertThat(bench.send(BOB, READY).status()).isEqualTo(RESERVATION_CONFLICT);
    }
    Bench.expectGood(bench.send(ALICE, "17 00 00 00 00 00"));
    Bench.expect(bench.send(BOB, READY), "06 2C 09");
    bench.send(BOB, "03 00 00 00 FC 00");
    Bench.expectGood(bench.send(BOB, READY));
  }

  @Test
  void without_an_interlock_no_status_establishes_a_unit_attention() {
    bench.allocator.exhaust();
    assertThat(bench.send(ALICE, "28 00 00000000 00 0008 00").status()).isEqualTo(BUSY);
    Bench.expectGood(bench.send(ALICE, READY));
  }

  @Test
  void a_task_and_a_task_set_can_be_asked_for() {
    TestTask task = waiting(ALICE);
    assertThat(manage(new TaskManagement.QueryTask(ALICE, 0, task.tag())))
        .isEqualTo(TaskManagement.Response.FUNCTION_SUCCEEDED);
    assertThat(manage(new TaskManagement.QueryTask(BOB, 0, task.tag())))
        .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
    assertThat(manage(new TaskManagement.QueryTaskSet(ALICE, 0)))
        .isEqualTo(TaskManagement.Response.FUNCTION_SUCCEEDED);
    assertThat(manage(new TaskManagement.QueryTaskSet(BOB, 0)))
        .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
    task.arrive();
    assertThat(manage(new TaskManagement.QueryTask(ALICE, 0, task.tag())))
        .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
  }

  @Test
  void an_asynchronous_event_is_the_first_unit_attention_and_whether_there_are_more() {
    TaskManagement query = new TaskManagement.QueryAsynchronousEvent(BOB, 0);
    assertThat(manage(query)).isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
    raise(AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
    assertThat(manage(query))
        .isEqualTo(
            new TaskManagement.Response(TaskManagement.Service.FUNCTION_SUCCEEDED, 0x16_2A_09));
    raise(AdditionalSense.INQUIRY_DATA_HAS_CHANGED);
    assertThat(manage(query))
        .isEqualTo(
            new TaskManagement.Response(TaskManagement.Service.FUNCTION_SUCCEEDED, 0x26_2A_09));
    Bench.expect(bench.send(BOB, READY), "06 2A 09");
  }

  private void raise(AdditionalSense condition) {
    var _ = bench.disk.unit().signal(new UnitSignal.Changed(condition));
  }

  @Test
  void a_nexus_reset_ends_its_tasks_and_reservation_and_no_others() {
    TestTask mine = waiting(ALICE);
    TestTask others = waiting(BOB);
    Bench.expectGood(bench.send(ALICE, "16 00 00 00 00 00"));
    assertThat(manage(new TaskManagement.NexusReset(ALICE)))
        .isEqualTo(TaskManagement.Response.FUNCTION_COMPLETE);
    assertThat(mine.terminated()).isTrue();
    others.arrive();
    Bench.expectGood(others.result());
    Bench.expectGood(bench.send(BOB, READY));
    Bench.expect(bench.send(ALICE, READY), "06 29 07");
  }

  @Test
  void every_function_that_is_carried_out_is_reported() {
    assertThat(bench.data("A3 0D 00 00 00 00 00000010 00 00")).isEqualTo(hex("FC 07 00 00"));
    assertThat(bench.data("A3 0D 80 00 00 00 00000010 00 00"))
        .isEqualTo(hex("FC 07 00 0C 00000000 00000000 00000000"));
  }
}

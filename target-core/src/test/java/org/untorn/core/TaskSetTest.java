package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TaskSetTest {

  private static final byte[] WRITE = hex("2A 00 00000000 00 0001 00");
  private static final byte[] READ = hex("28 00 00000000 00 0001 00");
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

  private final Bench bench = new Bench();

  /** A write that still waits for its data. */
  private TestTask waiting(Nexus nexus) {
    TestTask task = bench.task(nexus, WRITE, Bench.pattern(1, 1)).withheld();
    bench.target.execute(task);
    assertThat(task.completed()).isFalse();
    return task;
  }

  private void manage(TaskManagement function) {
    List<TaskManagement.Response> responses = new ArrayList<>();
    bench.target.manage(function, responses::add);
    assertThat(responses).containsExactly(TaskManagement.Response.FUNCTION_COMPLETE);
  }

  private void assertTerminatedForGood(TestTask task) {
    assertThat(task.terminated()).isTrue();
    task.arrive();
    assertThat(task.completed()).isFalse();
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void abort_task_ends_the_one_task_and_its_data_writes_nothing() {
    TestTask one = waiting(ALICE);
    TestTask other = waiting(ALICE);
    manage(new TaskManagement.AbortTask(ALICE, 0, one.tag()));
    assertTerminatedForGood(one);
    other.arrive();
    Bench.expectGood(other.result());
  }

  @Test
  void a_task_of_another_nexus_with_the_same_tag_is_not_aborted() {
    TestTask one = waiting(ALICE);
    manage(new TaskManagement.AbortTask(BOB, 0, one.tag()));
    one.arrive();
    Bench.expectGood(one.result());
  }

  @Test
  void aborting_what_is_not_there_is_complete_too() {
    manage(new TaskManagement.AbortTask(ALICE, 0, 12345));
  }

  @Test
  void abort_task_set_ends_all_tasks_of_the_nexus_and_no_others() {
    TestTask one = waiting(ALICE);
    TestTask two = waiting(ALICE);
    TestTask others = waiting(BOB);
    manage(new TaskManagement.AbortTaskSet(ALICE, 0));
    assertTerminatedForGood(one);
    assertTerminatedForGood(two);
    others.arrive();
    Bench.expectGood(others.result());
  }

  @Test
  void clear_task_set_ends_all_tasks_and_tells_those_whose_tasks_were_not_their_own_doing() {
    TestTask mine = waiting(ALICE);
    TestTask others = waiting(BOB);
    manage(new TaskManagement.ClearTaskSet(ALICE, 0));
    assertTerminatedForGood(mine);
    assertTerminatedForGood(others);
    Bench.expectGood(bench.send(ALICE, TEST_UNIT_READY));
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2F 00");
  }

  @Test
  void resets_end_all_tasks() {
    TestTask one = waiting(ALICE);
    TestTask two = waiting(BOB);
    manage(new TaskManagement.LogicalUnitReset(ALICE, 0));
    assertTerminatedForGood(one);
    assertTerminatedForGood(two);
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 29 03");
    TestTask three = waiting(BOB);
    manage(new TaskManagement.TargetReset(ALICE, false));
    assertTerminatedForGood(three);
  }

  @Test
  void a_lost_nexus_takes_its_tasks_along() {
    TestTask one = waiting(ALICE);
    bench.target.nexusLost(ALICE);
    assertTerminatedForGood(one);
  }

  @Test
  void clearing_an_auto_contingent_allegiance_is_complete_when_there_is_none() {
    List<TaskManagement.Response> responses = new ArrayList<>();
    bench.target.manage(new TaskManagement.ClearAca(ALICE, 0), responses::add);
    assertThat(responses).containsExactly(TaskManagement.Response.FUNCTION_COMPLETE);
  }

  @Test
  void a_read_that_completes_after_its_abort_answers_nobody_and_leaks_nothing() {
    bench.store.hold();
    TestTask task = bench.start(ALICE, READ, new byte[0]);
    bench.target.manage(new TaskManagement.AbortTask(ALICE, 0, task.tag()), response -> {});
    bench.store.release();
    assertThat(task.completed()).isFalse();
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_function_is_complete_when_what_it_ended_has_come_back_from_the_store() {
    for (Function<TestTask, TaskManagement> function :
        List.<Function<TestTask, TaskManagement>>of(
            task -> new TaskManagement.AbortTask(ALICE, 0, task.tag()),
            task -> new TaskManagement.AbortTaskSet(ALICE, 0),
            task -> new TaskManagement.ClearTaskSet(BOB, 0),
            task -> new TaskManagement.LogicalUnitReset(BOB, 0),
            task -> new TaskManagement.TargetReset(BOB, false))) {
      Bench fresh = new Bench();
      fresh.store.hold();
      TestTask one = fresh.start(ALICE, WRITE, Bench.pattern(1, 1));
      TestTask two = fresh.start(ALICE, WRITE, Bench.pattern(1, 2));
      List<TaskManagement.Response> responses = new ArrayList<>();
      fresh.target.manage(function.apply(two), responses::add);
      assertThat(two.terminated()).isTrue();
      fresh.store.releaseOne();
      assertThat(responses).as("while the store has the second write").isEmpty();
      fresh.store.release();
      assertThat(responses).containsExactly(TaskManagement.Response.FUNCTION_COMPLETE);
      assertThat(two.completed()).isFalse();
      assertThat(one.completed()).isEqualTo(!one.terminated());
      fresh.allocator.assertAllReleased();
    }
  }

  @Test
  void a_function_waits_for_what_a_lost_nexus_left_in_the_store_too() {
    bench.store.hold();
    bench.start(ALICE, WRITE, Bench.pattern(1, 1));
    bench.target.nexusLost(ALICE);
    List<TaskManagement.Response> responses = new ArrayList<>();
    bench.target.manage(new TaskManagement.AbortTaskSet(BOB, 0), responses::add);
    assertThat(responses).isEmpty();
    bench.store.release();
    assertThat(responses).containsExactly(TaskManagement.Response.FUNCTION_COMPLETE);
  }

  @Test
  void data_that_arrives_while_its_task_is_being_terminated_is_not_written() {
    TestTask task = waiting(ALICE);
    manage(new TaskManagement.ClearTaskSet(BOB, 0));
    task.arriveAllTheSame();
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_full_task_set_refuses_the_next_task_and_takes_one_again_when_one_is_done() {
    List<TestTask> tasks = new ArrayList<>();
    for (int i = 0; i < DiskUnit.TASK_SET_CAPACITY; i++) {
      tasks.add(waiting(i % 2 == 0 ? ALICE : BOB));
    }
    assertThat(bench.send(ALICE, TEST_UNIT_READY).status()).isEqualTo(0x28);
    tasks.getFirst().arrive();
    Bench.expectGood(tasks.getFirst().result());
    Bench.expectGood(bench.send(ALICE, TEST_UNIT_READY));
    manage(new TaskManagement.ClearTaskSet(BOB, 0));
    for (int i = 0; i < DiskUnit.TASK_SET_CAPACITY; i++) {
      waiting(BOB);
    }
    assertThat(bench.send(BOB, TEST_UNIT_READY).status()).isEqualTo(0x28);
  }

  @Test
  void a_tag_used_twice_at_once_ends_all_tasks_of_the_nexus() {
    TestTask one = waiting(ALICE);
    TestTask others = waiting(BOB);
    TestTask again = new TestTask(ALICE, 0, one.tag(), READ, new byte[0], bench.allocator);
    bench.target.execute(again);
    Bench.expect(again.result(), "0B 4E 00");
    assertTerminatedForGood(one);
    others.arrive();
    Bench.expectGood(others.result());
  }
}

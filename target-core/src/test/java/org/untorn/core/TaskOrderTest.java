package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;
import static org.untorn.core.TaskAttribute.HEAD_OF_QUEUE;
import static org.untorn.core.TaskAttribute.ORDERED;
import static org.untorn.core.TaskAttribute.SIMPLE;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order tasks begin (SAM-5 8.6), with one task set and with one per nexus. */
class TaskOrderTest {

  private static final byte[] WRITE = hex("2A 00 00000000 00 0001 00");
  private static final byte[] TEST_UNIT_READY = hex("00 00 00 00 00 00");

  private static final List<TaskAttribute> ORDERABLE = List.of(SIMPLE, ORDERED, HEAD_OF_QUEUE);

  private final Bench bench = new Bench();

  /** A write that, once begun, waits for its data: {@link TestTask#asked} tells that it began. */
  private TestTask write(Nexus nexus, TaskAttribute attribute) {
    TestTask task = bench.task(nexus, WRITE, Bench.pattern(1, 1)).dataWithheld().as(attribute);
    bench.target.execute(task);
    return task;
  }

  private TestTask ready(Nexus nexus, TaskAttribute attribute) {
    TestTask task = bench.task(nexus, TEST_UNIT_READY, new byte[0]).as(attribute);
    bench.target.execute(task);
    return task;
  }

  private static boolean begun(TestTask task) {
    return task.asked().isPresent();
  }

  @Test
  void simple_tasks_do_not_wait_for_each_other() {
    TestTask first = write(ALICE, SIMPLE);
    Bench.expectGood(ready(ALICE, SIMPLE).result());
    first.arrive();
    Bench.expectGood(first.result());
  }

  @Test
  void an_ordered_task_waits_for_all_before_it_and_all_behind_it_wait_for_it() {
    TestTask before = write(ALICE, SIMPLE);
    TestTask others = write(BOB, SIMPLE);
    TestTask ordered = write(ALICE, ORDERED);
    TestTask behind = write(BOB, SIMPLE);
    assertThat(begun(ordered)).isFalse();
    before.arrive();
    assertThat(begun(ordered)).isFalse();
    others.arrive();
    assertThat(begun(ordered)).isTrue();
    assertThat(begun(behind)).isFalse();
    ordered.arrive();
    assertThat(begun(behind)).isTrue();
    behind.arrive();
    Bench.expectGood(behind.result());
  }

  @Test
  void head_of_queue_waits_for_nothing_and_all_wait_for_it() {
    write(ALICE, SIMPLE);
    TestTask ordered = write(ALICE, ORDERED);
    TestTask head = write(BOB, HEAD_OF_QUEUE);
    TestTask simple = write(BOB, SIMPLE);
    assertThat(begun(head)).isTrue();
    Bench.expectGood(ready(ALICE, HEAD_OF_QUEUE).result());
    assertThat(begun(simple)).isFalse();
    head.arrive();
    assertThat(begun(ordered)).as("the older simple task is left").isFalse();
    assertThat(begun(simple)).as("the older ordered task is left").isFalse();
  }

  @Test
  void an_ordered_task_alone_begins_at_once() {
    Bench.expectGood(ready(ALICE, ORDERED).result());
    Bench.expectGood(ready(ALICE, SIMPLE).result());
  }

  @Test
  void with_a_task_set_per_nexus_nobody_waits_for_another_nexus() {
    ControlPage.set(bench, ControlPage.SETS_PER_NEXUS);
    write(ALICE, SIMPLE);
    TestTask mine = write(ALICE, ORDERED);
    TestTask others = write(BOB, ORDERED);
    assertThat(begun(mine)).isFalse();
    assertThat(begun(others)).isTrue();
    write(BOB, HEAD_OF_QUEUE);
    assertThat(begun(write(BOB, SIMPLE))).isFalse();
    assertThat(begun(write(new Nexus("carol", "target"), SIMPLE))).isTrue();
  }

  @Test
  void restricted_reordering_keeps_the_simple_tasks_of_a_nexus_in_order() {
    ControlPage.set(bench, "00 00 00 00");
    TestTask first = write(ALICE, SIMPLE);
    TestTask second = write(ALICE, SIMPLE);
    TestTask others = write(BOB, SIMPLE);
    assertThat(begun(first)).isTrue();
    assertThat(begun(second)).isFalse();
    assertThat(begun(others)).isTrue();
    first.arrive();
    assertThat(begun(second)).isTrue();
  }

  @Test
  void what_waits_can_be_aborted_and_lets_the_rest_go() {
    TestTask first = write(ALICE, SIMPLE);
    TestTask ordered = write(ALICE, ORDERED);
    TestTask behind = write(ALICE, SIMPLE);
    bench.target.manage(new TaskManagement.AbortTask(ALICE, 0, ordered.tag()), _ -> {});
    assertThat(ordered.terminated()).isTrue();
    assertThat(begun(ordered)).isFalse();
    assertThat(begun(behind)).isTrue();
    TestTask again = write(ALICE, ORDERED);
    bench.target.manage(new TaskManagement.AbortTaskSet(ALICE, 0), _ -> {});
    assertThat(List.of(first, behind, again)).allMatch(TestTask::terminated);
    assertThat(begun(again)).as("it began as the others ended").isFalse();
    Bench.expectGood(ready(ALICE, SIMPLE).result());
  }

  @Test
  void a_task_set_full_of_waiting_tasks_begins_them_all_in_order() {
    TestTask head = write(ALICE, HEAD_OF_QUEUE);
    List<TestTask> waiting =
        IntStream.range(1, DiskUnit.TASK_SET_CAPACITY)
            .mapToObj(i -> ready(i % 2 == 0 ? ALICE : BOB, i % 7 == 0 ? ORDERED : SIMPLE))
            .toList();
    assertThat(waiting).noneMatch(TestTask::completed);
    assertThat(ready(ALICE, HEAD_OF_QUEUE).result().status()).as("TASK SET FULL").isEqualTo(0x28);
    head.arrive();
    waiting.forEach(task -> Bench.expectGood(task.result()));
  }

  /** A task of the model: what is known of it. */
  private record Known(TestTask task, TaskAttribute attribute, Nexus nexus) {
    boolean live() {
      return !task.completed() && !task.terminated();
    }
  }

  /** Brute force: whether the rules let a live task begin, that has not begun. */
  private static boolean may(List<Known> all, int index, boolean perNexus) {
    Known one = all.get(index);
    for (int i = 0; i < all.size(); i++) {
      Known other = all.get(i);
      boolean concerns = i != index && other.live() && (!perNexus || other.nexus.equals(one.nexus));
      boolean blocks =
          switch (one.attribute) {
            case HEAD_OF_QUEUE, ACA -> false;
            case ORDERED -> other.attribute == HEAD_OF_QUEUE || i < index;
            case SIMPLE ->
                other.attribute == HEAD_OF_QUEUE || (other.attribute == ORDERED && i < index);
          };
      if (concerns && blocks) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest(name = "a task set per nexus: {0}")
  @ValueSource(booleans = {false, true})
  void tasks_begin_exactly_when_the_rules_let_them(boolean perNexus) {
    if (perNexus) {
      ControlPage.set(bench, ControlPage.SETS_PER_NEXUS);
    }
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Known> all = new ArrayList<>();
      for (int step = 0; step < 60; step++) {
        List<Known> running = all.stream().filter(k -> k.live() && begun(k.task)).toList();
        List<Boolean> begunBefore = all.stream().map(k -> begun(k.task)).toList();
        int choice = random.nextInt(10);
        if (choice < 5 || running.isEmpty()) {
          TaskAttribute attribute = ORDERABLE.get(random.nextInt(ORDERABLE.size()));
          Nexus nexus = random.nextBoolean() ? ALICE : BOB;
          all.add(new Known(write(nexus, attribute), attribute, nexus));
        } else if (choice < 9) {
          running.get(random.nextInt(running.size())).task.arrive();
        } else {
          Known victim = all.get(random.nextInt(all.size()));
          bench.target.manage(
              new TaskManagement.AbortTask(victim.nexus, 0, victim.task.tag()), _ -> {});
        }
        for (int i = 0; i < all.size(); i++) {
          boolean before = i < begunBefore.size() && begunBefore.get(i);
          if (all.get(i).live()) {
            assertThat(begun(all.get(i).task))
                .as("seed %d, step %d, task %d of %s", seed, step, i, all)
                .isEqualTo(before || may(all, i, perNexus));
          }
        }
      }
      bench.target.manage(new TaskManagement.AbortTaskSet(ALICE, 0), _ -> {});
      bench.target.manage(new TaskManagement.AbortTaskSet(BOB, 0), _ -> {});
    }
  }
}

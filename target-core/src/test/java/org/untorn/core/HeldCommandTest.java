package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.core.fault.CommandFault;
import org.untorn.core.fault.CommandFaults;
import org.untorn.core.fault.HeldCommands;

/** A held command that is released and aborted at once. */
class HeldCommandTest {

  private static final byte[] WRITE = hex("2A 00 00000000 00 0001 00");

  private final Bench bench = new Bench();
  private final HeldCommands held = new HeldCommands();
  private final TargetDevice target =
      new TargetDevice(
          "iqn.2026-11.org.untorn:held",
          new TreeMap<>(Map.of(0, holding().unit())),
          bench.disk.profile().inquiry());
  private final TestTask task = bench.task(ALICE, WRITE, Bench.pattern(1, 1)).withheld();

  private DiskUnit holding() {
    return DiskUnit.over(
        bench.store,
        bench.disk.profile(),
        Provisioning.of(bench.store.geometry()),
        below ->
            new CommandFaults(
                below, _ -> Optional.of(new CommandFault.Hold()), held, (_, _) -> {}));
  }

  @BeforeEach
  void hold() {
    target.execute(task);
    assertThat(held.list()).hasSize(1);
  }

  private long number() {
    return held.list().getFirst().number();
  }

  private void abort() {
    List<TaskManagement.Response> responses = new ArrayList<>();
    target.manage(new TaskManagement.AbortTask(ALICE, 0, task.tag()), responses::add);
    assertThat(responses).containsExactly(TaskManagement.Response.FUNCTION_COMPLETE);
  }

  @Test
  void an_abort_reaches_it_while_its_release_is_on_its_way() {
    assertThat(held.release(number())).isTrue();
    abort();
    assertThat(task.terminated()).isTrue();
    task.arriveAllTheSame();
    assertThat(task.completed()).isFalse();
    assertThat(task.asked()).as("it was not begun").isEmpty();
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void what_was_aborted_cannot_be_released() {
    long number = number();
    abort();
    assertThat(task.terminated()).isTrue();
    assertThat(held.release(number)).isFalse();
    assertThat(held.step()).isFalse();
    assertThat(held.list()).isEmpty();
  }

  @Test
  void it_is_released_once_and_an_abort_then_finds_it_in_the_unit() {
    long number = number();
    assertThat(held.release(number)).isTrue();
    assertThat(held.release(number)).isFalse();
    assertThat(held.list()).isEmpty();
    task.arrive(); // its thread goes on, and it asks for its data
    assertThat(task.asked()).isPresent();
    abort();
    assertThat(task.terminated()).isTrue();
    task.arriveAllTheSame();
    assertThat(task.completed()).isFalse();
    assertThat(bench.store.journal()).isEmpty();
  }
}

package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * A command that is never answered: the kernel's time for it runs out, it aborts it, resets the
 * logical unit if that did not help, tries again, and goes on. Without task management that works
 * it would be the session that ends.
 */
final class HeldCommandTest {

  /** Counts task management functions, and lets them pass: the thousandth never comes. */
  private static final String COUNT_FUNCTIONS =
      "pdu=task-management-request nth=1000 reset-connection";

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB", "--faults");

  private static final Controls controls = new Controls(target);

  private static Optional<LinuxDisk> attached = Optional.empty();

  /** A command has a second; a NOP that is answered would give it more. */
  @BeforeAll
  static void log_in_and_be_impatient() {
    LinuxDisk disk =
        LinuxDisk.attach(
            linux,
            target.ready(),
            List.of(
                "node.conn[0].timeo.noop_out_interval=0", "node.conn[0].timeo.noop_out_timeout=0"));
    linux.sh("echo 1 >/sys/block/%s/device/timeout".formatted(disk.name()));
    attached = Optional.of(disk);
  }

  @AfterAll
  static void log_out() {
    attached.ifPresent(LinuxDisk::detach);
  }

  @BeforeEach
  void forget_what_was_made_to_fail() {
    controls.post("/reset", "{}");
    controls.addRule(COUNT_FUNCTIONS);
  }

  @Test
  void a_held_write_is_aborted_and_tried_again() {
    String story = writeWithHeld(1);

    assertThat(story)
        .containsSubsequence("iscsi_eh_abort aborting", "abort success", "wrote 65536", ": same")
        .doesNotContain("iscsi_eh_device_reset", "conn error");
    assertThat(functions()).as("task management functions that came").isEqualTo(1);
  }

  @Test
  void a_write_that_is_held_again_makes_the_kernel_reset_the_unit_and_go_on() {
    String story = writeWithHeld(2);

    assertThat(story)
        .containsSubsequence(
            "iscsi_eh_abort aborting",
            "abort success",
            "iscsi_eh_device_reset LU Reset",
            "dev reset result = SUCCESS",
            "wrote 65536",
            ": same",
            "Power-on or device reset occurred")
        .doesNotContain("iscsi_eh_session_reset", "conn error");
    assertThat(functions()).as("task management functions that came").isEqualTo(2);
  }

  /** A write that is held so many times: what the kernel did about it, what came of it. */
  private static String writeWithHeld(int times) {
    long before = writes();
    controls.addRule("op=write next=%d hold".formatted(times));
    String path = attached.orElseThrow().path();
    String story =
        linux.sh(
            """
            t=/sys/kernel/tracing
            dmesg -C
            echo 0 >$t/tracing_on
            echo >$t/trace
            echo 1 >$t/events/iscsi/iscsi_dbg_eh/enable
            echo 1 >$t/tracing_on
            atomic-tool write pwritev2 plain %1$s 65536 65536 %2$d >/tmp/wrote
            echo 0 >$t/tracing_on
            echo 0 >$t/events/iscsi/iscsi_dbg_eh/enable
            sed -n 's/.*iscsi_dbg_eh: //p' $t/trace
            cat /tmp/wrote
            atomic-tool verify %1$s 65536 65536 %2$d
            dmesg
            """
                .formatted(path, times));
    JsonNode faults = controls.get("/faults");
    assertThat(faults.at("/rules/1/fired").asInt()).as("writes held").isEqualTo(times);
    assertThat(faults.path("held")).as("still held").isEmpty();
    assertThat(writes() - before).as("writes carried out").isEqualTo(1);
    return story;
  }

  private static int functions() {
    return controls.get("/faults").at("/rules/0/seen").asInt();
  }

  private static long writes() {
    return Counters.of(target.ready()).commands(0, 0x2a);
  }
}

package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.fault.Defect;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;

/**
 * What Linux's scsi_debug can inject, done by a rule of ours, and what an initiator saw of it: the
 * page docs/FAULTS.md is made of these runs.
 */
class ScsiDebugTest {

  private static final Path COMMITTED = Path.of("..", "docs", "FAULTS.md");

  /** Ask Maven for it with {@code -Dfaults-page=write}. */
  private static final boolean WRITE = "write".equals(System.getProperty("faults-page"));

  private static final int LOGICAL_UNIT_RESET = 5;
  private static final String NO_ANSWER = "no answer";

  /**
   * An injection.
   *
   * @param there what scsi_debug calls it
   * @param probe what it is tried with
   * @param seen what the initiator must see
   */
  private record Injection(String there, String rule, Supplier<Command> probe, String seen) {}

  private static List<Injection> injections() {
    Supplier<Command> read = () -> OneDisk.read(64, 8);
    Supplier<Command> write = () -> OneDisk.write(64, 8, 1);
    Supplier<Command> ready = () -> Command.of(0, new byte[6]);
    return List.of(
        new Injection("opts 0x2, medium error", "lba=64+10 read-error", read, "03/11/00"),
        new Injection("opts 0x4, timeout", "every=1 ignore", ready, NO_ANSWER),
        new Injection("opts 0x8, recovered error", "sense 01/5d/00 afterwards", write, "01/5D/00"),
        new Injection("opts 0x10, transport error", "sense 0b/4b/03", read, "0B/4B/03"),
        new Injection("opts 0x20, DIF error", "op=read sense 0b/10/01", read, "0B/10/01"),
        new Injection("opts 0x40, DIX error", "op=read sense 05/10/01", read, "05/10/01"),
        new Injection(
            "opts 0x80, timeout of medium access", "op=read,write ignore", read, NO_ANSWER),
        new Injection("opts 0x100, short transfer", "op=read short", read, "half of the data"),
        new Injection("opts 0x800, rare TASK SET FULL", "task-set-full", read, "status 28"),
        new Injection("opts 0x8000, host busy", "busy", read, "status 08"),
        new Injection("opts 0x10000, command abort", "sense 0b/00/00", read, "0B/00/00"),
        new Injection(
            "opts 0x20000, unaligned write", "op=write sense 05/21/04", write, "05/21/04"),
        new Injection("error type 0, dropped", "op=28 next=1 ignore", read, NO_ANSWER),
        new Injection("error type 1, queuecommand fails", "op=28 next=1 busy", read, "status 08"),
        new Injection(
            "error type 2, status and sense", "op=28 next=1 sense 04/44/00", read, "04/44/00"),
        new Injection("error type 2, status alone", "op=28 status 40", read, "status 40"),
        new Injection("delay, ndelay, random", "delay 5ms", read, "GOOD"),
        new Injection(
            "tur_ms_to_ready", "op=test-unit-ready next=3 sense 02/04/01", ready, "02/04/01"),
        new Injection("wp", "op=write,write-atomic sense 07/27/02", write, "07/27/02"),
        new Injection("removable, stopped", "op=read,write sense 02/04/02", read, "02/04/02"),
        new Injection("fake_rw", "op=write good", write, "GOOD"));
  }

  @Test
  void each_injection_of_scsi_debug_has_a_rule_that_does_the_same() throws IOException {
    List<String> rows = new ArrayList<>();
    try (OneDisk disk = new OneDisk(FaultConfig.NONE.withRules());
        InitiatorSession session = disk.login()) {
      for (Injection injection : injections()) {
        assertThat(disk.run("fault", "clear").err()).isEmpty();
        assertThat(disk.run("fault", "add", injection.rule()).err()).isEmpty();
        String seen =
            injection.seen().equals(NO_ANSWER)
                ? unanswered(disk, session, injection.probe().get())
                : answered(disk, session, injection.probe().get());
        assertThat(seen).as(injection.there()).isEqualTo(injection.seen());
        rows.add("| %s | `%s` | %s |".formatted(injection.there(), injection.rule(), seen));
      }
    }
    String page = page(rows);
    if (WRITE) {
      Files.writeString(COMMITTED, page);
    }
    assertThat(COMMITTED)
        .as(
            "docs/FAULTS.md; write it again with: mvn test -pl iscsi-frontend -am"
                + " -Dtest=ScsiDebugTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dfaults-page=write")
        .hasContent(page);
  }

  private static String answered(OneDisk disk, InitiatorSession session, Command probe) {
    CommandResult result = session.execute(probe);
    assertThat(disk.run("fault", "list").out()).contains("(acted on 1 of 1)");
    return seen(result);
  }

  private static String seen(CommandResult result) {
    if (result.isGood()) {
      return result.dataIn().length == 4 * 512 ? "half of the data" : "GOOD";
    }
    return result.status() == 0x02 ? result.senseCode() : "status %02X".formatted(result.status());
  }

  /** The device keeps the command; a reset of the logical unit, which Linux tries, ends it. */
  private static String unanswered(OneDisk disk, InitiatorSession session, Command probe) {
    var answer = session.submit(probe);
    while (!disk.run("fault", "list").out().contains("for ever")) {
      Thread.onSpinWait();
    }
    assertThat(answer).isNotDone();
    String listed = disk.run("fault", "list").out();
    assertThat(listed).contains("(acted on 1 of 1)");
    assertThat(session.manage(LOGICAL_UNIT_RESET, 0, 0, 0)).isZero();
    assertThat(disk.run("fault", "clear").out()).doesNotContain("for ever");
    assertThat(session.execute(Command.of(0, new byte[6])).senseCode()).isEqualTo("06/29/03");
    return NO_ANSWER;
  }

  private static String page(List<String> rows) {
    StringBuilder page =
        new StringBuilder(
            """
            # Faults

            Made from `ScsiDebugTest`, which ran every line; 'untorn fault --help' has the language.

            ## What scsi_debug injects, as a rule

            | scsi_debug | rule | what an initiator sees |
            |---|---|---|
            """);
    rows.forEach(row -> page.append(row).append('\n'));
    page.append(
        """

        `nth=N`, `next=N`, `every=N` and `chance=P` say how often, as `every_nth` and a count do there. `lun=`, `target=`
        and `lba=` narrow rules for commands and for blocks, `initiator=` those for commands. A recovered error after a READ moves no data here. WCE 0 (opts 0x1000)
        is asked for by MODE SELECT. There is no rule yet that fails an ABORT TASK or a LOGICAL UNIT RESET (error types 3
        and 4, `fail_reset`).

        ## Defects

        | `--defect` | the device |
        |---|---|
        """);
    for (Defect defect : Defect.values()) {
      page.append("| `%s` | %s |%n".formatted(defect.label(), defect.description()));
    }
    return page.toString();
  }

  @Test
  void with_the_defect_granularity_and_boundary_are_not_what_is_claimed() throws IOException {
    try (OneDisk disk = new OneDisk(FaultConfig.NONE);
        InitiatorSession session = disk.login()) {
      assertThat(session.execute(OneDisk.writeAtomic(8, 3, 0, 1)).senseCode())
          .isEqualTo("05/24/00");
    }
    try (OneDisk disk =
            new OneDisk(
                FaultConfig.power(1).withDefects("forgets-granularity", "ignores-boundary@disk"));
        InitiatorSession session = disk.login()) {
      assertThat(session.execute(OneDisk.writeAtomic(8, 3, 0, 1)).isGood()).isTrue();
      assertThat(session.execute(OneDisk.writeAtomic(16, 16, 8, 2)).isGood()).isTrue();
      assertThat(session.execute(OneDisk.writeAtomic(32, 8, 0, 3)).isGood()).isTrue();
      assertThat(session.execute(OneDisk.read(8, 3)).dataIn()).isEqualTo(OneDisk.data(3, 1));
      var fates =
          disk.daemon().power().orElseThrow().cut().join().fates().values().iterator().next();
      assertThat(fates.stream().map(fate -> fate.kind().name()))
          .containsExactly("WRITE", "WRITE", "ATOMIC_WRITE");
    }
  }
}

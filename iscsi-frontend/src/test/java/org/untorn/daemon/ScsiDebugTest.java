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

  private static final int ABORT_TASK = 1;
  private static final int LOGICAL_UNIT_RESET = 5;
  private static final int TARGET_WARM_RESET = 6;

  /** The bit in byte 2 of the caching mode page. */
  private static final int WCE = 0x04;

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
        new Injection("fake_rw", "op=write lba=64+8 good", write, "GOOD"),
        new Injection("every_nth 1, -1", "every=1 busy", read, "status 08"));
  }

  @Test
  void each_injection_of_scsi_debug_has_a_rule_that_does_the_same() throws IOException {
    List<String> rows = new ArrayList<>();
    try (OneDisk disk = new OneDisk(FaultConfig.NONE.withRules());
        InitiatorSession session = disk.login()) {
      for (Injection injection : injections()) {
        assertThat(disk.run("fault", "clear").err()).isEmpty();
        assertThat(session.execute(OneDisk.write(64, 8, 77)).isGood()).isTrue();
        assertThat(disk.run("fault", "add", injection.rule()).err()).isEmpty();
        String seen =
            injection.seen().equals(NO_ANSWER)
                ? unanswered(disk, session, injection.probe().get())
                : answered(disk, session, injection.probe().get());
        assertThat(seen).as(injection.there()).isEqualTo(injection.seen());
        if (injection.there().equals("fake_rw")) {
          assertThat(disk.run("fault", "clear").err()).isEmpty();
          assertThat(session.execute(OneDisk.read(64, 8)).dataIn())
              .as("blocks of which nothing was written")
              .isEqualTo(OneDisk.data(8, 77));
        }
        rows.add("| %s | `%s` | %s |".formatted(injection.there(), injection.rule(), seen));
      }
    }
    rows.addAll(functions());
    rows.add(writeCache());
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

  /** A task management function that fails while the command that it is about goes on. */
  private record Failing(String there, String rule, int function) {}

  private static List<String> functions() throws IOException {
    List<String> rows = new ArrayList<>();
    List<Failing> all =
        List.of(
            new Failing("error type 3, ABORT fails", "op=abort-task refuse-function", ABORT_TASK),
            new Failing(
                "error type 4, LUN RESET fails",
                "op=lun-reset next=1 refuse-function",
                LOGICAL_UNIT_RESET),
            new Failing(
                "fail_reset", "op=target-warm-reset refuse-function ff", TARGET_WARM_RESET));
    for (Failing failing : all) {
      try (OneDisk disk = new OneDisk(FaultConfig.NONE.withRules("op=read hold", failing.rule()));
          InitiatorSession session = disk.login()) {
        var held = session.submit(OneDisk.read(64, 8));
        int response = session.manage(failing.function(), 0, session.lastTag(), 0);
        assertThat(response).as(failing.there()).isEqualTo(0xFF);
        assertThat(disk.run("fault", "release").exitCode()).isZero();
        assertThat(held.join().isGood()).as("what was not aborted").isTrue();
        rows.add(
            "| %s | `%s` | response %02X |".formatted(failing.there(), failing.rule(), response));
      }
    }
    return rows;
  }

  /** MODE SELECT(6) of the caching page without WCE, and what MODE SENSE(6) says of it then. */
  private static String writeCache() throws IOException {
    try (OneDisk disk = new OneDisk(FaultConfig.NONE);
        InitiatorSession session = disk.login()) {
      byte[] sense = {0x1A, 0x08, 0x08, 0, (byte) 255, 0};
      byte[] page = session.execute(Command.read(0, sense, 255)).dataIn();
      assertThat(page[6] & WCE).as("the write cache at first").isPositive();
      page[0] = 0;
      page[2] = 0;
      page[4] &= 0x3F;
      page[6] &= ~WCE;
      byte[] select = {0x15, 0x10, 0, 0, (byte) page.length, 0};
      CommandResult result = session.execute(Command.write(0, select, page));
      assertThat(result.isGood()).as(result.senseCode()).isTrue();
      session.execute(Command.of(0, new byte[6]));
      assertThat(session.execute(Command.read(0, sense, 255)).dataIn()[6] & WCE).isZero();
      return "| opts 0x1000, no write cache | MODE SELECT of the caching page | WCE 0 |";
    }
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

        `nth=N`, `next=N`, `every=N` and `chance=P` say how often, as `every_nth` and a count do there. `lun=` and
        `target=` narrow rules for commands, for blocks and on the wire (there as the initiator sees them), `lba=` those for
        commands and blocks, `initiator=` those for commands and on the wire. A recovered error after a READ moves no data
        here. `no_rwlock`, which lets readers see halves of writes, is `--tear-plain-writes`; the bits 0x1, 0x200, 0x2000,
        0x4000 (noise in a log) and 0x400 (ignored there) inject nothing.

        ## Defects

        | `--defect` | the device |
        |---|---|
        """);
    for (Defect defect : Defect.values()) {
      page.append("| `%s` | %s |%n".formatted(defect.label(), defect.description()));
    }
    page.append(
        """

        `--defect NAME` breaks all volumes, `--defect NAME@VOLUME` one of them; several may stand together. A volume that is
        not served is refused, in one line that names those that are.
        """);
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

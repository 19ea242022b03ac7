package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.history.Histories;
import org.untorn.daemon.verdict.EvidenceFile;
import org.untorn.daemon.verdict.Judged;
import org.untorn.daemon.verdict.VerdictText;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;

/** Fault rules on a running device. */
class FaultsTest {

  private static final int ABORT_TASK = 1;
  private static final int LOGICAL_UNIT_RESET = 5;

  private Optional<OneDisk> disk = Optional.empty();
  private Optional<InitiatorSession> session = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    disk = Optional.of(new OneDisk(FaultConfig.power(1).withRules()));
    session = Optional.of(disk().login());
  }

  @AfterEach
  void end() {
    session.ifPresent(InitiatorSession::close);
    disk.ifPresent(OneDisk::close);
  }

  private OneDisk disk() {
    return disk.orElseThrow();
  }

  private CommandResult execute(Command command) {
    return session.orElseThrow().execute(command);
  }

  private void add(String rule) {
    ProgramRun run = disk().run("fault", "add", rule);
    assertThat(run.err()).isEmpty();
  }

  private JsonNode faults() throws IOException {
    return new ObjectMapper().readTree(disk().run("fault", "list", "--json").out());
  }

  /** Waits until the device holds a command, and gives its number. */
  private long held() throws IOException {
    JsonNode held = faults().path("held");
    while (held.isEmpty()) {
      Thread.onSpinWait();
      held = faults().path("held");
    }
    return held.path(0).path("number").asLong();
  }

  @Test
  void a_rule_says_which_of_the_commands_that_fit_it_acts_on() throws IOException {
    add("op=read lba=16+8 nth=2 next=2 sense 03/11/00");
    assertThat(execute(OneDisk.read(0, 8)).isGood()).isTrue();
    assertThat(execute(OneDisk.read(16, 8)).isGood()).isTrue();
    assertThat(execute(OneDisk.read(12, 8)).senseCode()).isEqualTo("03/11/00");
    assertThat(execute(OneDisk.read(23, 8)).senseCode()).isEqualTo("03/11/00");
    assertThat(execute(OneDisk.read(16, 8)).isGood()).isTrue();
    assertThat(faults().at("/rules/0/seen").asInt()).isEqualTo(4);
    assertThat(faults().at("/rules/0/fired").asInt()).isEqualTo(2);
    assertThat(faults().at("/journal/1/what").asText())
        .startsWith("READ(10) lba=23+8 lun=0 target=iqn.2026-11.org.untorn:test initiator=iqn.");
    assertThat(disk().run("fault", "clear", "1").out()).startsWith("0 rules");
  }

  @Test
  void states_chain_rules() {
    add("op=write state=armed busy");
    add("op=inquiry then=armed delay 1ms");
    assertThat(execute(OneDisk.write(0, 1, 1)).isGood()).isTrue();
    byte[] inquiry = new byte[] {0x12, 0, 0, 0, 36, 0};
    assertThat(execute(Command.read(0, inquiry, 36)).isGood()).isTrue();
    assertThat(execute(OneDisk.write(0, 1, 1)).status()).isEqualTo(0x08);
    assertThat(disk().run("fault", "clear").out()).isEqualTo("0 rules; seed 1");
    assertThat(execute(OneDisk.write(0, 1, 1)).isGood()).isTrue();
  }

  @Test
  void a_held_command_is_carried_out_when_it_is_released() throws IOException {
    add("op=write next=2 hold");
    CompletableFuture<CommandResult> first = session.orElseThrow().submit(OneDisk.write(0, 1, 1));
    CompletableFuture<CommandResult> second = session.orElseThrow().submit(OneDisk.write(0, 1, 2));
    assertThat(execute(OneDisk.read(0, 1)).dataIn()).containsOnly(0);
    assertThat(disk().run("fault", "step").exitCode()).isZero();
    assertThat(first.join().isGood()).isTrue();
    assertThat(second).isNotDone();
    assertThat(disk().run("fault", "release", Long.toString(held())).exitCode()).isZero();
    assertThat(second.join().isGood()).isTrue();
    assertThat(disk().run("fault", "step").err()).isEqualTo("untorn: no command is held");
  }

  @Test
  void an_abort_and_a_reset_end_held_commands() throws IOException {
    add("op=write next=1 hold");
    add("op=write ignore");
    InitiatorSession initiator = session.orElseThrow();
    CompletableFuture<CommandResult> held = initiator.submit(OneDisk.write(0, 1, 1));
    int tag = initiator.lastTag();
    held();
    assertThat(initiator.manage(ABORT_TASK, 0, tag, 0)).isZero();
    CompletableFuture<CommandResult> ignored = initiator.submit(OneDisk.write(0, 1, 2));
    held();
    assertThat(initiator.manage(LOGICAL_UNIT_RESET, 0, 0, 0)).isZero();
    assertThat(faults().path("held")).isEmpty();
    assertThat(execute(Command.of(0, new byte[6])).senseCode()).isEqualTo("06/29/03");
    assertThat(execute(OneDisk.read(0, 1)).dataIn()).containsOnly(0);
    assertThat(held).isNotDone();
    assertThat(ignored).isNotDone();
  }

  @Test
  void block_faults_lie_below_the_disk() {
    add("lba=10 read-error");
    add("op=write lba=20 write-error");
    add("lba=30 no-space");
    add("lba=40 lost");
    add("lba=50 bit-rot");
    CommandResult unreadable = execute(OneDisk.read(8, 8));
    assertThat(unreadable.senseCode()).isEqualTo("03/11/00");
    assertThat(unreadable.sense()[6]).isEqualTo((byte) 10);
    assertThat(execute(OneDisk.write(20, 1, 1)).senseCode()).isEqualTo("03/0C/00");
    assertThat(execute(OneDisk.write(30, 1, 1)).senseCode()).isEqualTo("07/27/07");
    assertThat(execute(OneDisk.write(40, 1, 1)).isGood()).isTrue();
    assertThat(execute(OneDisk.read(40, 1)).dataIn()).containsOnly(0);
    assertThat(execute(OneDisk.write(50, 1, 1)).isGood()).isTrue();
    byte[] rotten = execute(OneDisk.read(50, 1)).dataIn();
    assertThat(rotten).isNotEqualTo(OneDisk.data(1, 1));
    assertThat(execute(OneDisk.read(50, 1)).dataIn()).isEqualTo(rotten);
  }

  /**
   * Writes blocks 0 to 31 and cuts the power, so that it is known what they held; writes them
   * again, does something to it, and cuts the power.
   */
  private static String verdictOf(String rule, Command... damaged) throws Exception {
    try (OneDisk disk =
        new OneDisk(FaultConfig.power(1).withRules(rule), Histories.of(List.of("disk")))) {
      writeAndCut(disk, 1);
      writeAndCut(disk, 40, damaged);
      assertThat(disk.run("fault", "list").out()).contains("acted on 1 of");
      try (HttpClient client = HttpClient.newHttpClient()) {
        URI url = disk.daemon().ready().control().resolve("/history");
        HttpRequest request = HttpRequest.newBuilder(url).build();
        String history = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return VerdictText.of(Judged.all(EvidenceFile.parse(history)));
      }
    }
  }

  private static void writeAndCut(OneDisk disk, int stamp, Command... more) {
    try (InitiatorSession session = disk.login()) {
      List<Command> commands = new ArrayList<>();
      for (int lba = 0; lba < 32; lba += 8) {
        commands.add(stamped(OneDisk.write(lba, 8, 0), stamp + lba));
      }
      commands.addAll(List.of(more));
      commands.add(Command.of(0, OneDisk.cdb(0x35, 10, 0, 0)));
      for (Command command : commands) {
        assertThat(session.execute(command).isGood()).isTrue();
      }
    }
    var power = disk.daemon().power().orElseThrow();
    assertThat(power.cut().join().problem()).isEmpty();
    power.on().join();
  }

  private static Command plain() {
    return stamped(OneDisk.write(8, 8, 0), 100);
  }

  private static Command atomic() {
    return stamped(OneDisk.writeAtomic(8, 8, 0, 0), 110);
  }

  /** The same with other content for each of eight blocks. */
  private static Command stamped(Command write, int first) {
    byte[] data = new byte[8 * 512];
    for (int block = 0; block < 8; block++) {
      Arrays.fill(data, block * 512, (block + 1) * 512, (byte) (first + block));
    }
    return Command.write(0, write.cdb(), data);
  }

  @Test
  void the_verdict_names_what_a_rule_made_of_a_write() throws Exception {
    assertThat(verdictOf("op=write-atomic lba=8+8 next=1 torn", plain(), atomic()))
        .contains("is torn: block 8 holds it, and block 12 what was there before");
    assertThat(verdictOf("op=write-atomic torn 7", plain(), atomic()))
        .contains("is torn: block 8 holds it, and block 15 what was there before");
    assertThat(verdictOf("lun=0 op=write-atomic lost", plain(), atomic()))
        .contains("is gone from 8 of its 8 blocks, first from 8");
    assertThat(verdictOf("op=write-atomic misdirected", atomic()))
        .contains("block 16 holds what write 10 put into block 8");
    assertThat(verdictOf("op=write-atomic misdirected 0", atomic()))
        .contains("block 0 holds what write 10 put into block 8");
  }

  @Test
  void a_medium_error_at_a_sync_is_told_and_the_store_stops() {
    add("op=sync medium-error");
    assertThat(execute(OneDisk.writeFua(0, 1, 1)).senseCode()).startsWith("04/44");
  }

  @Test
  void a_rule_may_cut_the_power_and_a_reset_of_the_faults_brings_it_back()
      throws IOException, InterruptedException {
    add("op=write-atomic cut-power");
    assertThatThrownBy(() -> execute(OneDisk.writeAtomic(0, 8, 0, 1))).isNotNull();
    disk().daemon().power().orElseThrow().settled().join();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String answer =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(disk().daemon().ready().control() + "/reset"))
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString("{}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(answer).isEqualTo("{\"released\":0}\n");
    }
    try (InitiatorSession again = disk().login()) {
      assertThat(again.execute(OneDisk.writeAtomic(0, 8, 0, 1)).isGood()).isTrue();
    }
  }

  @Test
  void what_cannot_be_is_said_in_one_line_with_its_place() throws IOException {
    assertThat(disk().run("fault", "add", "op=read nth=x busy").err())
        .isEqualTo("untorn: 'op=read nth=x busy', column 13: 'x' is no number");
    assertThat(disk().run("fault", "clear", "7").err()).contains("there is no rule 7");
    try (OneDisk healthy = new OneDisk(FaultConfig.NONE)) {
      assertThat(healthy.run("fault", "list").err())
          .isEqualTo("untorn: this daemon takes no fault rules: start it with --faults");
    }
    assertThatThrownBy(() -> new OneDisk(FaultConfig.NONE.withRules("explode")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("--fault: 'explode', column 1: no action is named 'explode'");
    assertThatThrownBy(() -> new OneDisk(FaultConfig.NONE.withRules("op=write cut-power")))
        .hasMessage("--fault: 'op=write cut-power': cut-power needs --power");
    try (OneDisk powered = new OneDisk(FaultConfig.NONE.withRules())) {
      assertThat(powered.run("fault", "add", "cut-power").err())
          .isEqualTo("untorn: 'cut-power': cut-power needs --power");
    }
    assertThat(disk().run("fault", "add").err()).contains("Missing required parameter");
    assertThatThrownBy(() -> new OneDisk(FaultConfig.NONE.withDefects("fua-lies@tape")))
        .hasMessage("--defect fua-lies@tape: no volume 'tape' is served; there are disk");
  }
}

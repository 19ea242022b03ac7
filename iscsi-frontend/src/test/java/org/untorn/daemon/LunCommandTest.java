package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;

/** Logical units that come and go by the command line, seen by an initiator. */
class LunCommandTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final byte[] TEST_UNIT_READY = OneDisk.cdb(0x00, 6, 0, 0);
  private static final byte[] READ_CAPACITY = OneDisk.cdb(0x25, 10, 0, 0);
  private static final byte[] WRITE = OneDisk.cdb(0x2A, 10, 0, 1);
  private static final byte[] REPORT_LUNS = {(byte) 0xA0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};

  private final HttpClient client = HttpClient.newHttpClient();
  private final OneDisk target = target();
  private InitiatorSession session = target.login();

  private static OneDisk target() {
    try {
      return new OneDisk(FaultConfig.NONE.withRules("op=write nth=1000000 busy"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void check() {
    assertThat(ready(0)).isEqualTo("GOOD");
    assertThat(ready(1)).isEqualTo("05/25/00");
  }

  @AfterEach
  void close() {
    session.close();
    target.close();
  }

  private String ready(int lun) {
    CommandResult result = session.execute(Command.of(lun, TEST_UNIT_READY));
    return result.isGood() ? "GOOD" : result.senseCode();
  }

  private List<Integer> reported() {
    ByteBuffer luns = ByteBuffer.wrap(session.execute(Command.read(0, REPORT_LUNS, 256)).dataIn());
    List<Integer> numbers = new ArrayList<>();
    for (int at = 8; at < 8 + luns.getInt(0); at += 8) {
      numbers.add(luns.getShort(at) & 0x3FFF);
    }
    return numbers;
  }

  private String get(String path) throws IOException, InterruptedException {
    URI uri = URI.create(target.daemon().ready().control() + path);
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private void run(String expected, String... arguments) {
    ProgramRun run = target.run(arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo(expected);
    assertThat(run.exitCode()).isZero();
  }

  private void refused(String expected, String... arguments) {
    ProgramRun run = target.run(arguments);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("untorn: " + expected);
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void a_unit_is_added_used_resized_and_removed_while_an_initiator_is_logged_in() throws Exception {
    run("added LUN 1 of " + TARGET + ": scratch", "lun", "add", "scratch", "--size", "1MiB");
    assertThat(ready(0)).isEqualTo("06/3F/0E");
    assertThat(ready(0)).isEqualTo("GOOD");
    assertThat(ready(1)).isEqualTo("06/29/00");
    assertThat(ready(1)).isEqualTo("GOOD");
    assertThat(reported()).containsExactly(0, 1);
    assertThat(session.execute(Command.write(1, WRITE, OneDisk.data(1, 7))).isGood()).isTrue();
    assertThat(get("/metrics")).contains("lun=\"1\"");
    assertThat(target.run("lun", "list").out())
        .contains(TARGET, "0  disk, 1MiB in blocks of 512 bytes", "1  scratch, 1MiB in blocks");

    assertThat(target.run("volume", "resize", "scratch", "2MiB").exitCode()).isZero();
    assertThat(ready(1)).isEqualTo("06/2A/09");
    ByteBuffer capacity =
        ByteBuffer.wrap(session.execute(Command.read(1, READ_CAPACITY, 8)).dataIn());
    assertThat(capacity.getInt(0)).isEqualTo(4095);
    refused(
        "scratch is served as %s/1; serve without it first".formatted(TARGET),
        "volume",
        "delete",
        "scratch");

    run("removed LUN 1 of " + TARGET + ": scratch", "lun", "remove", "1");
    assertThat(ready(1)).isEqualTo("05/25/00");
    assertThat(ready(0)).isEqualTo("06/3F/0E");
    assertThat(reported()).containsExactly(0);
    assertThat(get("/metrics")).doesNotContain("lun=\"1\"").contains("lun=\"0\"");
    assertThat(get("/targets")).doesNotContain("scratch");

    run("added LUN 9 of " + TARGET + ": scratch", "lun", "add", "scratch", "--lun", "9");
    assertThat(ready(9)).isEqualTo("06/29/00");
    CommandResult kept = session.execute(Command.read(9, OneDisk.cdb(0x28, 10, 0, 1), 512));
    assertThat(kept.dataIn()).isEqualTo(OneDisk.data(1, 7));
  }

  @Test
  void what_an_initiator_sent_is_counted_by_operation_code() throws Exception {
    assertThat(session.execute(Command.write(0, WRITE, OneDisk.data(1, 7))).isGood()).isTrue();
    assertThat(session.execute(OneDisk.writeAtomic(0, 8, 0, 1)).isGood()).isTrue();
    assertThat(session.execute(OneDisk.writeAtomic(8, 8, 0, 1)).isGood()).isTrue();
    assertThat(get("/sessions")).contains("\"opcodes\":{\"00\":3,\"2A\":1,\"9C\":2}");
  }

  @Test
  void who_asked_for_the_units_is_not_told_of_them_again() {
    run("added LUN 1 of " + TARGET + ": scratch", "lun", "add", "scratch", "--size", "1MiB");
    assertThat(reported()).containsExactly(0, 1);
    assertThat(ready(0)).isEqualTo("GOOD");
  }

  @Test
  void a_held_command_ends_with_its_unit() throws Exception {
    run("added LUN 1 of " + TARGET + ": scratch", "lun", "add", "scratch", "--size", "1MiB");
    assertThat(ready(1)).isEqualTo("06/29/00");
    assertThat(target.run("fault", "add", "op=write hold").exitCode()).isZero();
    CompletableFuture<CommandResult> held =
        session.submit(Command.write(1, WRITE, OneDisk.data(1, 7)));
    session.ping(new byte[4]);
    assertThat(held).isNotDone();

    run("removed LUN 1 of " + TARGET + ": scratch", "lun", "remove", "1");

    assertThat(held.get(10, TimeUnit.SECONDS).senseCode()).isEqualTo("05/25/00");
    assertThat(get("/faults")).contains("\"held\":[]");
  }

  @Test
  void the_target_s_last_unit_can_go_and_come_back() throws Exception {
    run("removed LUN 0 of " + TARGET + ": disk", "lun", "remove", "0");
    assertThat(ready(0)).isEqualTo("05/25/00");
    assertThat(get("/targets")).contains(TARGET);
    assertThat(get("/healthz")).contains("ok");
    run("added LUN 0 of " + TARGET + ": disk", "lun", "add", "disk", "--target", TARGET);
    assertThat(ready(0)).isEqualTo("06/29/00");
  }

  @Test
  void what_cannot_be_is_refused_in_one_line_and_changes_nothing() {
    refused("there is no volume none; give a size to have it made", "lun", "add", "none");
    refused(
        "disk is served as LUN 0 of %s already; remove that first, or serve a clone"
            .formatted(TARGET),
        "lun",
        "add",
        "disk");
    refused(
        "there is a LUN 0 already; choose another number, or remove it first",
        "lun",
        "add",
        "two",
        "--size",
        "1MiB",
        "--lun",
        "0");
    refused(
        "there is no target iqn.x; there are " + TARGET, "lun", "add", "x", "--target", "iqn.x");
    refused(
        "there is no LUN 3 of %s; 'untorn lun list' shows all".formatted(TARGET),
        "lun",
        "remove",
        "3");
    refused("LUN 16384 is not between 0 and 16383", "lun", "add", "x", "--lun", "16384");
    assertThat(reported()).containsExactly(0);
    assertThat(ready(0)).isEqualTo("GOOD");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"volume\": \"x\", \"lun\": \"1\"} | lun: \\\"1\\\" is no number",
        "{\"volume\": \"x\", \"size\": \"much\"} | 'much'",
        "{\"volume\": \"x\", \"colour\": 1} | unknown key 'colour'",
        "{\"volume\": \"x\", \"size\": 1024, \"profile\": \"p\"} | no profile is named 'p'",
        "{\"volume\": \"x/y\", \"size\": 1024} | is no volume name",
      })
  void a_body_that_means_nothing_is_refused(String body, String why) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(target.daemon().ready().control() + "/luns"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(why);
  }
}

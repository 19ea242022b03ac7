package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.history.Histories;
import org.untorn.daemon.verdict.EvidenceFile;
import org.untorn.daemon.verdict.Judged;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.oracle.Fate;
import org.untorn.vpd.AtomicProfile;

/** What a device remembers of itself, and how it is judged by that. */
class HistoryTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);
  private static final int CUTS = 12;

  private Optional<Daemon> daemon = Optional.empty();

  @AfterEach
  void close() {
    daemon.ifPresent(Daemon::close);
  }

  private void start(Histories histories, UnaryOperator<BlockStore> filter) throws IOException {
    LunConfig lun =
        new LunConfig(
            0, "disk", Optional.of(new Size(1 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());
    daemon =
        Optional.of(
            Daemon.start(
                new DaemonConfig(
                        ANYWHERE,
                        new Advertised.Reached(),
                        ANYWHERE,
                        new Storage.Memory(),
                        Optional.empty(),
                        AccessConfig.OPEN,
                        List.of(new TargetConfig(TARGET, List.of(lun))))
                    .with(FaultConfig.power(5)),
                filter,
                histories));
  }

  /**
   * Writes sixteen blocks plainly and flushes, writes them again atomically, and cuts the power.
   */
  private void writeAndCut() throws Exception {
    for (int cut = 1; cut <= CUTS; cut++) {
      try (InitiatorSession session =
          InitiatorSession.login(
              daemon.orElseThrow().ready().portal().bound(), LoginOptions.to(TARGET))) {
        while (!session.execute(Command.of(0, new byte[6])).isGood()) {
          // POWER ON OCCURRED is told once.
        }
        byte[] data = new byte[16 * 512];
        for (int i = 0; i < data.length; i++) {
          data[i] = (byte) (cut + i / 512);
        }
        byte[] write = {0x2A, 0, 0, 0, 0, 32, 0, 0, 16, 0};
        assertThat(session.execute(Command.write(0, write, data)).isGood()).isTrue();
        byte[] flush = {0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        assertThat(session.execute(Command.of(0, flush)).isGood()).isTrue();
        byte[] atomic = {(byte) 0x9C, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 16, 0, 0};
        assertThat(session.execute(Command.write(0, atomic, data)).isGood()).isTrue();
      }
      var supply = daemon.orElseThrow().power().orElseThrow();
      supply.cut().get(60, TimeUnit.SECONDS);
      supply.on().get(60, TimeUnit.SECONDS);
    }
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    URI url = daemon.orElseThrow().ready().control().resolve(path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(url).method(method, HttpRequest.BodyPublishers.noBody()).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void a_device_that_remembers_can_be_judged_from_what_it_says() throws Exception {
    start(Histories.of(List.of("disk")), UnaryOperator.identity());
    writeAndCut();

    assertThat(ask("GET", "/history/verdict").body()).contains("\"kept\":true");
    Judged judged = Judged.all(EvidenceFile.parse(ask("GET", "/history").body())).getFirst();
    assertThat(judged.recording().name()).isEqualTo("disk");
    assertThat(judged.verdict().kept()).isTrue();
    assertThat(judged.verdict().powerCuts()).isEqualTo(CUTS);
    assertThat(judged.verdict().hits()).isEqualTo(CUTS);
    assertThat(judged.cutsWith(Fate.OLD)).isPositive();
    assertThat(judged.cutsWith(Fate.TORN)).isZero();

    assertThat(ask("DELETE", "/history").statusCode()).isEqualTo(200);
    assertThat(ask("GET", "/history").body()).contains("\"events\":[\n ]");
    assertThat(ask("GET", "/history/of/time").statusCode()).isEqualTo(404);
  }

  @Test
  void a_device_that_does_not_flush_is_found_out_by_its_own_history() throws Exception {
    // The cache never hears of a flush, and the initiator is told that it was done.
    start(
        Histories.of(List.of("disk")),
        below ->
            new BlockStore() {
              @Override
              public Geometry geometry() {
                return below.geometry();
              }

              @Override
              public void submit(BlockOperation operation, Completion completion) {
                if (operation instanceof BlockOperation.Flush) {
                  completion.completed(BlockOutcome.DONE);
                } else {
                  below.submit(operation, completion);
                }
              }
            });
    writeAndCut();

    assertThat(ask("GET", "/history/verdict").body())
        .contains("\"kept\":false", "\"defect\":\"flush-lies\"", "made stable by flush");
  }

  @Test
  void a_volume_that_grows_keeps_its_history_and_one_that_shrinks_does_not() throws Exception {
    start(Histories.of(List.of("disk")), UnaryOperator.identity());
    writeAndCut();
    String before = ask("GET", "/history").body();
    assertThat(before).contains("\"cut\"");

    assertThat(ProgramRun.at(daemon.orElseThrow(), "volume", "resize", "disk", "2MiB").err())
        .isEmpty();
    assertThat(ask("GET", "/history").body()).isEqualTo(before);
    assertThat(
            ProgramRun.at(daemon.orElseThrow(), "volume", "resize", "disk", "1MiB", "--shrink")
                .err())
        .isEmpty();
    assertThat(ask("GET", "/history").body()).contains("\"events\":[\n ]");
  }

  @Test
  void without_being_asked_to_it_remembers_nothing() throws Exception {
    start(Histories.none(), UnaryOperator.identity());

    assertThat(ask("GET", "/history").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/history").body()).contains("serve with --history");
  }
}

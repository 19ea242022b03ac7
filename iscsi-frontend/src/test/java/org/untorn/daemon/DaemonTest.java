package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.iscsi.login.TextPairs;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;

class DaemonTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);
  private static final LunConfig SMALL =
      new LunConfig(
          0, "small", Optional.of(new Size(1 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());

  @TempDir private Path directory = Path.of("");

  @Test
  void the_ready_line_names_the_portal_the_units_and_the_control_api() throws IOException {
    LunConfig second =
        new LunConfig(7, "large", Optional.of(new Size(8 << 20)), 4096, 4096, AtomicLimits.NONE);
    try (Daemon daemon = start(new Storage.Memory(), SMALL, second)) {
      JsonNode ready = JSON.readTree(daemon.ready().json());

      assertThat(daemon.ready().json()).doesNotContain("\n");
      String portal = ready.path("portal").asText();
      assertThat(portal).matches("127\\.0\\.0\\.1:[1-9]\\d*");
      String url = "iscsi://" + portal + "/iqn.2026-11.org.untorn:test/";
      assertThat(ready.path("event").asText()).isEqualTo("ready");
      assertThat(ready.path("target").asText()).isEqualTo("iqn.2026-11.org.untorn:test");
      assertThat(ready.path("lun").asInt()).isZero();
      assertThat(ready.path("url").asText()).isEqualTo(url + "0");
      assertThat(ready.path("luns")).hasSize(2);
      assertThat(ready.path("luns").path(1).path("url").asText()).isEqualTo(url + "7");
      assertThat(ready.path("control").asText()).startsWith("http://127.0.0.1:");
    }
  }

  @Test
  void people_are_told_how_to_connect() throws IOException {
    try (Daemon daemon = start(new Storage.Memory(), SMALL)) {
      Endpoint portal = daemon.ready().portal().reachable();

      assertThat(daemon.ready().text().lines())
          .contains(
              "  iscsi://" + portal + "/iqn.2026-11.org.untorn:test/0",
              "    1MiB in blocks of 512 bytes; WRITE ATOMIC up to 4MiB, granularity 4KiB",
              "  iscsiadm -m discovery -t sendtargets -p " + portal,
              "  iscsiadm -m node -T iqn.2026-11.org.untorn:test -p " + portal + " --login");
    }
  }

  @Test
  void the_control_api_tells_version_health_and_limits() throws IOException, InterruptedException {
    try (Daemon daemon = start(new Storage.Memory(), SMALL)) {
      assertThat(get(daemon, "/version").path("version").asText()).isEqualTo(Version.CURRENT);
      assertThat(get(daemon, "/healthz").path("status").asText()).isEqualTo("ok");

      JsonNode target = get(daemon, "/targets").path("targets").path(0);
      assertThat(target.path("name").asText()).isEqualTo("iqn.2026-11.org.untorn:test");
      assertThat(target.path("sessions")).isEmpty();
      JsonNode lun = target.path("luns").path(0);
      assertThat(lun.path("naa").asText()).startsWith("3").hasSize(16);
      assertThat(lun.path("blocks").asInt()).isEqualTo(2048);
      assertThat(lun.path("limits").path("atomic").toString())
          .isEqualTo(
              "{\"max\":8192,\"alignment\":8,\"granularity\":8,\"maxWithBoundary\":8192,"
                  + "\"boundaryMax\":128}");
      assertThat(lun.path("limits").path("linux").path("atomic_write_unit_max_bytes").asInt())
          .isEqualTo(512 << 10);
      assertThat(lun.path("writes").toString())
          .isEqualTo(
              "{\"atomic\":{\"commands\":0,\"blocks\":0,\"errors\":0},"
                  + "\"plain\":{\"commands\":0,\"blocks\":0,\"errors\":0}}");
    }
  }

  @Test
  void what_an_initiator_did_is_counted_and_its_session_shown()
      throws IOException, InterruptedException {
    byte[] writeAtomic = new byte[16];
    writeAtomic[0] = (byte) 0x9c;
    writeAtomic[13] = 8;
    byte[] misaligned = writeAtomic.clone();
    misaligned[9] = 1;
    try (Daemon daemon = start(new Storage.Memory(), SMALL);
        InitiatorSession session =
            InitiatorSession.login(
                daemon.ready().portal().bound(), LoginOptions.to("iqn.2026-11.org.untorn:test"))) {
      session.execute(Command.of(0, new byte[6])); // takes the unit attention
      assertThat(session.execute(Command.write(0, writeAtomic, new byte[4096])).isGood()).isTrue();
      assertThat(session.execute(Command.write(0, misaligned, new byte[4096])).senseCode())
          .isEqualTo("05/24/00");

      JsonNode target = get(daemon, "/targets").at("/targets/0");
      assertThat(target.at("/sessions/0/initiator").asText())
          .isEqualTo("iqn.2026-11.org.untorn:initiator");
      assertThat(target.at("/sessions/0/commands").asInt()).isEqualTo(3);
      assertThat(target.at("/sessions/0/negotiated/InitialR2T").asText()).isEqualTo("No");
      assertThat(target.at("/luns/0/writes").toString())
          .isEqualTo(
              "{\"atomic\":{\"commands\":2,\"blocks\":8,\"errors\":1},"
                  + "\"plain\":{\"commands\":0,\"blocks\":0,\"errors\":0}}");
      assertThat(request(daemon, "/metrics").body().lines())
          .contains(
              "untorn_blocks_total{command=\"WRITE ATOMIC(16)\",lun=\"0\",opcode=\"9C\","
                  + "target=\"iqn.2026-11.org.untorn:test\"} 8.0",
              "untorn_sessions{target=\"iqn.2026-11.org.untorn:test\"} 1.0");
    }
  }

  @Test
  void discovery_answers_what_it_is_told_to() throws IOException {
    Endpoint elsewhere = new Endpoint("192.0.2.1", 3260);

    assertThat(discovered(new Advertised.Reached())).containsExactly("TargetName", "TargetAddress");
    assertThat(discovered(new Advertised.At(elsewhere)))
        .containsExactly("TargetName", "TargetAddress");
    assertThat(discovered(new Advertised.Nothing())).containsExactly("TargetName");
  }

  @Test
  void prometheus_finds_a_counter_for_every_command() throws IOException, InterruptedException {
    try (Daemon daemon = start(new Storage.Memory(), SMALL)) {
      HttpResponse<String> metrics = request(daemon, "/metrics");

      assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
      assertThat(metrics.body().lines())
          .contains(
              "untorn_commands_total{command=\"WRITE ATOMIC(16)\",lun=\"0\",opcode=\"9C\","
                  + "target=\"iqn.2026-11.org.untorn:test\"} 0.0",
              "untorn_sessions{target=\"iqn.2026-11.org.untorn:test\"} 0.0",
              "# TYPE untorn_blocks_total counter",
              "# TYPE untorn_errors_total counter");
    }
  }

  @Test
  void a_directory_keeps_data_and_names_and_lets_its_control_api_be_found()
      throws IOException, InterruptedException {
    Storage storage = new Storage.Directory(directory.resolve("store"));
    Path controlFile = directory.resolve("store/control.json");
    String naa;
    try (Daemon daemon = start(storage, SMALL)) {
      naa = get(daemon, "/targets").at("/targets/0/luns/0/naa").asText();
      assertThat(JSON.readTree(controlFile.toFile()).path("url").asText())
          .isEqualTo(daemon.ready().control().toString());
      assertThat(write(store(daemon), "kept")).isEqualTo(BlockOutcome.DONE);
    }

    assertThat(controlFile).doesNotExist();
    try (Daemon daemon = start(storage, SMALL)) {
      assertThat(get(daemon, "/targets").at("/targets/0/luns/0/naa").asText()).isEqualTo(naa);
      assertThat(read(store(daemon))).isEqualTo("kept");
    }
  }

  @Test
  void a_volume_of_other_blocks_is_left_alone_and_the_error_says_what_to_do() throws IOException {
    Path store = directory.resolve("store");
    start(new Storage.Directory(store), SMALL).close();
    LunConfig other =
        new LunConfig(0, "small", Optional.of(new Size(1 << 20)), 4096, 4096, AtomicLimits.NONE);

    assertThatThrownBy(() -> start(new Storage.Directory(store), other))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "volume small in %s has blocks of 512 bytes, not of 4096: serve it".formatted(store)
                + " with that block size, or choose another volume");
    start(new Storage.Directory(store), SMALL).close();
  }

  @Test
  void a_volume_that_is_there_keeps_its_capacity() throws IOException {
    Storage storage = new Storage.Directory(directory.resolve("store"));
    start(storage, SMALL).close();
    LunConfig larger =
        new LunConfig(0, "small", Optional.of(new Size(2 << 20)), 512, 4096, AtomicLimits.NONE);

    try (Daemon daemon = start(storage, larger)) {
      assertThat(store(daemon).geometry().bytes()).isEqualTo(1 << 20);
      assertThat(daemon.ready().text()).contains("1MiB in blocks of 512 bytes");
    }
  }

  @Test
  void a_directory_in_use_and_one_that_cannot_be_are_named() throws IOException {
    Path store = directory.resolve("store");
    Path file = Files.createFile(directory.resolve("file"));
    try (Daemon _ = start(new Storage.Directory(store), SMALL)) {
      assertThatThrownBy(() -> start(new Storage.Directory(store), SMALL))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(store + " is in use");
      assertThat(directory.resolve("store/control.json")).exists();
    }
    assertThatThrownBy(() -> start(new Storage.Directory(file), SMALL))
        .hasMessage(
            "cannot keep blocks in " + file + " (FileAlreadyExistsException); give another --dir");
  }

  @Test
  void a_taken_port_is_named_with_what_to_do_and_leaves_nothing_open() throws IOException {
    Storage storage = new Storage.Directory(directory.resolve("store"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Endpoint there = new Endpoint("127.0.0.1", taken.getLocalPort());

      assertThatThrownBy(() -> Daemon.start(config(there, ANYWHERE, storage, SMALL)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on " + there)
          .hasMessageContaining("give another --listen, or port 0 for any that is free");
      assertThatThrownBy(() -> Daemon.start(config(ANYWHERE, there, storage, SMALL)))
          .hasMessageContaining("give another --control");
      start(storage, SMALL).close();
    }
  }

  private static Daemon start(Storage storage, LunConfig... luns) throws IOException {
    return Daemon.start(config(ANYWHERE, ANYWHERE, storage, luns));
  }

  private static DaemonConfig config(
      Endpoint listen, Endpoint control, Storage storage, LunConfig... luns) {
    return new DaemonConfig(
        listen,
        new Advertised.Reached(),
        control,
        storage,
        Optional.empty(),
        AccessConfig.OPEN,
        List.of(new TargetConfig("iqn.2026-11.org.untorn:test", List.of(luns))));
  }

  /** The keys of what SendTargets answers. */
  private static List<String> discovered(Advertised advertised) throws IOException {
    DaemonConfig config =
        new DaemonConfig(
            ANYWHERE,
            advertised,
            ANYWHERE,
            new Storage.Memory(),
            Optional.empty(),
            AccessConfig.OPEN,
            List.of(new TargetConfig("iqn.2026-11.org.untorn:test", List.of(SMALL))));
    try (Daemon daemon = Daemon.start(config)) {
      return InitiatorSession.discover(daemon.ready().portal().bound()).stream()
          .map(TextPairs.Pair::key)
          .toList();
    }
  }

  private static BlockStore store(Daemon daemon) {
    return daemon.ready().luns().getFirst().store();
  }

  private static BlockOutcome write(BlockStore store, String text) {
    ByteBuffer block = ByteBuffer.allocate(512).put(0, text.getBytes(StandardCharsets.US_ASCII));
    return submit(store, new BlockOperation.Write(3, List.of(block), Durability.APPENDED));
  }

  private static String read(BlockStore store) {
    ByteBuffer block = ByteBuffer.allocate(512);
    assertThat(submit(store, new BlockOperation.Read(3, block))).isEqualTo(BlockOutcome.DONE);
    return new String(block.array(), StandardCharsets.US_ASCII).strip().replace("\0", "");
  }

  private static BlockOutcome submit(BlockStore store, BlockOperation operation) {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(operation, outcome::complete);
    return outcome.join();
  }

  private static JsonNode get(Daemon daemon, String path) throws IOException, InterruptedException {
    HttpResponse<String> response = request(daemon, path);
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static HttpResponse<String> request(Daemon daemon, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(daemon.ready().control() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}

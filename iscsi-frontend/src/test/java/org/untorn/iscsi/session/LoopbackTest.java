package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.iscsi.IscsiOptions;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Transport;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.iscsi.login.TextPairs.Pair;

/** A server and our initiator over TCP. */
class LoopbackTest {

  private static final String NAME = "iqn.2026-11.org.untorn:disk0";
  private static final long SEED = 7143;

  private final MemoryTarget target = new MemoryTarget(16384);
  private IscsiServer server = start(Transport.best());

  private IscsiServer start(Transport transport) {
    IscsiOptions options =
        IscsiOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return IscsiServer.start(options, Map.of(NAME, target), transport);
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.dataHeld()).isZero();
    assertThat(target.liveTasks()).isZero();
  }

  @Test
  void discovery_tells_the_target_and_the_address_that_was_reached() {
    List<Pair> found = InitiatorSession.discover(server.address());
    assertThat(found)
        .containsExactly(
            new Pair("TargetName", NAME),
            new Pair("TargetAddress", "127.0.0.1:" + server.address().getPort() + ",1"));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void what_is_written_is_read_back_over_each_transport(Transport transport) {
    server.close();
    server = start(transport);
    writeAndRead(LoginOptions.to(NAME), 4096);
  }

  @ParameterizedTest
  @CsvSource({
    "Yes, Yes, None, None, 8192",
    "Yes, No, CRC32C, None, 512",
    "No, No, None, CRC32C, 4096",
    "No, Yes, CRC32C, CRC32C, 1048576",
    "Yes, No, CRC32C, CRC32C, 262144",
  })
  void every_way_to_send_data_arrives_whole(
      String initialR2T, String immediate, String header, String data, String segment) {
    LoginOptions options =
        LoginOptions.to(NAME)
            .with("InitialR2T", initialR2T)
            .with("ImmediateData", immediate)
            .with("HeaderDigest", header)
            .with("DataDigest", data)
            .with("MaxRecvDataSegmentLength", segment)
            .with("MaxBurstLength", "65536")
            .with("FirstBurstLength", "16384");
    for (int blocks : new int[] {1, 3, 32, 33, 128, 1000}) {
      writeAndRead(options, blocks * MemoryTarget.BLOCK);
    }
  }

  private void writeAndRead(LoginOptions options, int length) {
    byte[] data = new byte[length];
    new Random(SEED + length).nextBytes(data);
    int blocks = length / MemoryTarget.BLOCK;
    try (InitiatorSession session = InitiatorSession.login(server.address(), options)) {
      CommandResult written =
          session.execute(
              Command.write(0, MemoryTarget.cdb(MemoryTarget.WRITE_10, 7, blocks), data));
      assertThat(written.isGood()).isTrue();
      CommandResult read =
          session.execute(
              Command.read(0, MemoryTarget.cdb(MemoryTarget.READ_10, 7, blocks), length));
      assertThat(read.isGood()).isTrue();
      assertThat(read.dataIn()).isEqualTo(data);
      assertThat(session.logout()).isZero();
    }
  }

  @Test
  void many_commands_at_once_all_end() {
    byte[] data = new byte[64 << 10];
    new Random(SEED).nextBytes(data);
    try (InitiatorSession session =
        InitiatorSession.login(server.address(), LoginOptions.to(NAME))) {
      List<CompletableFuture<CommandResult>> results = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        results.add(
            session.submit(
                Command.write(0, MemoryTarget.cdb(MemoryTarget.WRITE_10, i * 4, 128), data)));
        results.add(
            session.submit(
                Command.read(0, MemoryTarget.cdb(MemoryTarget.READ_10, i, 1024), 1024 * 512)));
      }
      for (CompletableFuture<CommandResult> result : results) {
        assertThat(result.join().isGood()).isTrue();
      }
    }
  }
}

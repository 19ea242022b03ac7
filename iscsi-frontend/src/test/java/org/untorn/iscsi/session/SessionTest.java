package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.HELD;
import static org.untorn.iscsi.session.MemoryTarget.READ_10;
import static org.untorn.iscsi.session.MemoryTarget.TEST_UNIT_READY;
import static org.untorn.iscsi.session.MemoryTarget.WRITE_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.AdditionalHeaderSegment;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.SnackRequest;
import org.untorn.iscsi.pdu.TextRequest;
import org.untorn.iscsi.pdu.TextResponse;

/** One session, PDU by PDU: commands, numbers, pings, text, logout. */
class SessionTest {

  private static final byte[] READY = cdb(TEST_UNIT_READY, 0, 0);

  @Test
  void the_nexus_is_established_after_the_login_and_lost_with_the_connection() {
    Harness harness = Harness.loggedIn();
    String names = Harness.INITIATOR + ",i,0x800000000001 " + Harness.NAME + ",t,0x0001";
    assertThat(harness.target.events).containsExactly("established " + names);
    assertThat(harness.registry.sessions()).hasSize(1);
    harness.close();
    assertThat(harness.target.events).containsExactly("established " + names, "lost " + names);
  }

  @Test
  void statuses_take_numbers_and_the_window_moves_with_the_commands() {
    try (Harness harness = Harness.loggedIn()) {
      for (int i = 0; i < 3; i++) {
        harness.send(harness.command(100 + i, READY, 0, false, false));
        ScsiResponse response = harness.expect(ScsiResponse.class);
        assertThat(response.initiatorTaskTag()).isEqualTo(100 + i);
        assertThat(response.numbers().statSN()).isEqualTo(2 + i);
        assertThat(response.numbers().expCmdSN()).isEqualTo(2 + i);
        assertThat(response.numbers().maxCmdSN()).isEqualTo(2 + i + 127);
      }
    }
  }

  @Test
  void commands_are_carried_out_in_the_order_of_their_numbers() {
    try (Harness harness = Harness.loggedIn()) {
      ScsiCommand first = harness.command(1, READY, 0, false, false);
      ScsiCommand second = harness.command(2, READY, 0, false, false);
      harness.send(second);
      harness.expectNothing();
      harness.send(first);
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(1);
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(2);
    }
  }

  @Test
  void a_command_outside_the_window_or_seen_before_is_ignored() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(numbered(1, 1 + 128), numbered(2, 0), numbered(3, Integer.MIN_VALUE));
      harness.expectNothing();
      harness.send(numbered(4, 1));
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(4);
      harness.send(numbered(5, 1));
      harness.expectNothing();
    }
  }

  @Test
  void a_running_command_that_comes_again_is_ignored() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      harness.send(numbered(1, 1));
      harness.expectNothing();
      harness.target.letGo(0);
      harness.collect();
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(1);
      harness.expectNothing();
    }
  }

  private static ScsiCommand numbered(int tag, int cmdSN) {
    return new ScsiCommand(
        false, true, false, false, 1, 0, tag, 0, cmdSN, 0, READY, List.of(), Unpooled.EMPTY_BUFFER);
  }

  @Test
  void the_window_closes_while_commands_run_and_opens_when_they_end() {
    try (Harness harness = Harness.loggedIn()) {
      for (int i = 0; i < 128; i++) {
        harness.send(harness.command(i, cdb(HELD, 0, 0), 0, false, false));
      }
      harness.expectNothing();
      harness.send(ping(500, true));
      NopIn full = harness.expect(NopIn.class);
      assertThat(full.numbers().expCmdSN()).isEqualTo(129);
      assertThat(full.numbers().maxCmdSN()).isEqualTo(128);
      harness.target.letGo(0);
      harness.collect();
      ScsiResponse last = harness.expect(ScsiResponse.class);
      for (int i = 1; i < 128; i++) {
        last = harness.expect(ScsiResponse.class);
      }
      assertThat(last.numbers().maxCmdSN()).isEqualTo(128 + 128);
    }
  }

  private static NopOut ping(int tag, boolean immediate) {
    return new NopOut(
        immediate,
        0,
        tag,
        Pdu.RESERVED_TAG,
        1,
        0,
        Unpooled.copiedBuffer("ping", StandardCharsets.UTF_8));
  }

  @Test
  void a_ping_comes_back_with_its_data() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(ping(9, true));
      NopIn answer = harness.expect(NopIn.class);
      assertThat(answer.initiatorTaskTag()).isEqualTo(9);
      assertThat(answer.targetTransferTag()).isEqualTo(Pdu.RESERVED_TAG);
      assertThat(answer.data().toString(StandardCharsets.UTF_8)).isEqualTo("ping");
      harness.send(ping(Pdu.RESERVED_TAG, true));
      harness.expectNothing();
    }
  }

  @Test
  void input_is_cut_into_segments_and_bursts_and_the_status_comes_with_the_last() {
    try (Harness harness =
        Harness.loggedIn("MaxRecvDataSegmentLength=1024", "MaxBurstLength=2560")) {
      harness.send(harness.command(1, cdb(READ_10, 0, 8), 4096, true, false));
      int[][] expected = {{0, 1024, 0}, {1024, 1024, 0}, {2048, 512, 1}, {2560, 1024, 0}};
      for (int i = 0; i < expected.length; i++) {
        DataIn piece = harness.expect(DataIn.class);
        assertThat(piece.dataSN()).isEqualTo(i);
        assertThat(piece.bufferOffset()).isEqualTo(expected[i][0]);
        assertThat(piece.data().readableBytes()).isEqualTo(expected[i][1]);
        assertThat(piece.isFinal()).isEqualTo(expected[i][2] == 1);
        assertThat(piece.hasStatus()).isFalse();
      }
      DataIn last = harness.expect(DataIn.class);
      assertThat(last.bufferOffset()).isEqualTo(3584);
      assertThat(last.isFinal()).isTrue();
      assertThat(last.hasStatus()).isTrue();
      assertThat(last.residual()).isEqualTo(Residual.NONE);
      assertThat(last.numbers().statSN()).isEqualTo(2);
      harness.expectNothing();
    }
  }

  @Test
  void residuals_say_what_was_expected_and_not_there_and_the_other_way_round() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(READ_10, 0, 1), 700, true, false));
      DataIn under = harness.expect(DataIn.class);
      assertThat(under.data().readableBytes()).isEqualTo(512);
      assertThat(under.residual()).isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 188));
      harness.send(harness.command(2, cdb(READ_10, 0, 2), 100, true, false));
      DataIn over = harness.expect(DataIn.class);
      assertThat(over.data().readableBytes()).isEqualTo(100);
      assertThat(over.residual()).isEqualTo(new Residual(Residual.Kind.OVERFLOW, 924));
      harness.send(
          harness.command(
              3,
              cdb(WRITE_10, 0, 2),
              512,
              false,
              true,
              Unpooled.wrappedBuffer(new byte[512]),
              true));
      assertThat(harness.expect(ScsiResponse.class).residual())
          .isEqualTo(new Residual(Residual.Kind.OVERFLOW, 512));
      harness.send(
          harness.command(
              4,
              cdb(WRITE_10, 0, 1),
              1024,
              false,
              true,
              Unpooled.wrappedBuffer(new byte[1024]),
              true));
      assertThat(harness.expect(ScsiResponse.class).residual())
          .isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 512));
      harness.send(harness.command(5, READY, 512, true, false));
      assertThat(harness.expect(ScsiResponse.class).residual())
          .isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 512));
    }
  }

  @Test
  void a_bidirectional_command_has_a_residual_for_each_direction() {
    try (Harness harness = Harness.loggedIn()) {
      List<AdditionalHeaderSegment> ahs =
          List.of(new AdditionalHeaderSegment.BidirectionalReadLength(300));
      harness.send(
          new ScsiCommand(
              false,
              true,
              true,
              true,
              1,
              0,
              1,
              512,
              harness.nextCmdSN(),
              0,
              cdb(READ_10, 0, 1),
              ahs,
              Unpooled.EMPTY_BUFFER));
      assertThat(harness.expect(DataIn.class).hasStatus()).isFalse();
      ScsiResponse response = harness.expect(ScsiResponse.class);
      assertThat(response.bidirectionalReadResidual())
          .isEqualTo(new Residual(Residual.Kind.OVERFLOW, 212));
      assertThat(response.residual()).isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 512));
      assertThat(response.expDataSN()).isEqualTo(1);
    }
  }

  @Test
  void sense_data_comes_in_the_response_behind_its_length() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(0xFF, 0, 0), 512, true, false));
      ScsiResponse response = harness.expect(ScsiResponse.class);
      assertThat(response.status()).isEqualTo(2);
      assertThat(response.residual()).isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 512));
      assertThat(response.data().readUnsignedShort())
          .isEqualTo(response.data().readableBytes())
          .isEqualTo(18);
      assertThat(response.data().getByte(response.data().readerIndex() + 12))
          .isEqualTo((byte) 0x20);
    }
  }

  @Test
  void a_rejected_command_does_not_count_as_received() {
    try (Harness harness = Harness.loggedIn()) {
      List<AdditionalHeaderSegment> odd =
          List.of(new AdditionalHeaderSegment.Other(9, Unpooled.buffer().writeZero(1)));
      harness.send(
          new ScsiCommand(
              false, true, false, false, 1, 0, 1, 0, 1, 0, READY, odd, Unpooled.EMPTY_BUFFER));
      Reject reject = harness.expect(Reject.class);
      assertThat(reject.reason()).isEqualTo(Reject.Reason.INVALID_PDU_FIELD);
      assertThat(reject.data().readableBytes()).isEqualTo(48);
      assertThat(reject.numbers().expCmdSN()).isEqualTo(1);
      harness.send(harness.command(1, READY, 0, false, false));
      harness.expect(ScsiResponse.class);
    }
  }

  /** A command of variable length that says it is {@code length} bytes, with its first 16. */
  private static ScsiCommand variable(
      int opcode, int length, List<AdditionalHeaderSegment> ahs, boolean both) {
    byte[] cdb = new byte[16];
    cdb[0] = (byte) opcode;
    cdb[7] = (byte) (length - 8);
    return new ScsiCommand(
        false, true, both, both, 1, 0, 1, 0, 1, 0, cdb, ahs, Unpooled.EMPTY_BUFFER);
  }

  private static AdditionalHeaderSegment extension(int length) {
    return new AdditionalHeaderSegment.ExtendedCdb(Unpooled.buffer().writeZero(length));
  }

  @Test
  void segments_that_are_missing_cut_doubled_or_where_they_must_not_be_are_rejected() {
    AdditionalHeaderSegment length = new AdditionalHeaderSegment.BidirectionalReadLength(0);
    for (ScsiCommand wrong :
        List.of(
            variable(0x7F, 32, List.of(), false),
            variable(0x7F, 32, List.of(extension(15)), false),
            variable(0x7F, 263, List.of(extension(246)), false),
            variable(0x7F, 32, List.of(extension(16), extension(16)), false),
            variable(0x7F, 16, List.of(extension(0)), false),
            variable(0x28, 8, List.of(extension(16)), false),
            variable(0x88, 8, List.of(extension(16)), false),
            variable(0xA8, 8, List.of(extension(16)), false),
            variable(0x7F, 32, List.of(extension(16), length), false),
            variable(0x7F, 32, List.of(extension(16)), true),
            variable(0x7F, 32, List.of(extension(16), length, length), true))) {
      try (Harness harness = Harness.loggedIn()) {
        harness.send(wrong);
        assertThat(harness.expect(Reject.class).reason())
            .isEqualTo(Reject.Reason.INVALID_PDU_FIELD);
        harness.send(harness.command(1, READY, 0, false, false));
        harness.expect(ScsiResponse.class);
      }
    }
  }

  @Test
  void a_cdb_of_any_length_reaches_the_device_whole() {
    for (int length : new int[] {8, 16, 17, 32, 33, 260, 263}) {
      try (Harness harness = Harness.loggedIn()) {
        byte[] cdb = new byte[length];
        for (int i = 0; i < length; i++) {
          cdb[i] = (byte) i;
        }
        cdb[0] = 0x7F;
        cdb[7] = (byte) (length - 8);
        harness.send(
            new ScsiCommand(
                false,
                true,
                false,
                false,
                1,
                0,
                1,
                0,
                harness.nextCmdSN(),
                0,
                ScsiCommand.head(cdb),
                ScsiCommand.extension(cdb),
                Unpooled.EMPTY_BUFFER));
        harness.expect(ScsiResponse.class);
        assertThat(harness.target.lastCdb()).startsWith(cdb).hasSize(Math.max(16, length));
      }
    }
  }

  @Test
  void a_tag_in_use_a_snack_and_a_second_login_are_rejected() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      harness.send(numbered(1, 2));
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.TASK_IN_PROGRESS);
      harness.send(new SnackRequest(0, 0, 1, Pdu.RESERVED_TAG, 0, 0, 0));
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.SNACK_REJECT);
      harness.send(Harness.loginRequest(true, 1, 3, ""));
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.PROTOCOL_ERROR);
      assertThat(harness.channel.isActive()).isTrue();
    }
  }

  @Test
  void a_logout_is_answered_and_ends_the_connection() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      harness.send(new LogoutRequest(false, 2, 7, 5, harness.nextCmdSN(), 0));
      assertThat(harness.expect(LogoutResponse.class).response())
          .isEqualTo(LogoutResponse.RECOVERY_NOT_SUPPORTED);
      harness.send(new LogoutRequest(false, 1, 8, 99, harness.nextCmdSN(), 0));
      assertThat(harness.expect(LogoutResponse.class).response())
          .isEqualTo(LogoutResponse.CID_NOT_FOUND);
      assertThat(harness.channel.isActive()).isTrue();
      harness.send(new LogoutRequest(false, 1, 9, 5, harness.nextCmdSN(), 0));
      assertThat(harness.expect(LogoutResponse.class).response()).isEqualTo(LogoutResponse.CLOSED);
      assertThat(harness.channel.isActive()).isFalse();
      assertThat(harness.target.liveTasks()).isZero();
    }
  }

  @Test
  void send_targets_names_the_sessions_own_target_and_refuses_all() {
    try (Harness harness = Harness.loggedIn()) {
      assertThat(text(harness, "SendTargets=\0")).isEqualTo("TargetName=" + Harness.NAME + "\0");
      assertThat(text(harness, "SendTargets=All\0")).isEqualTo("SendTargets=Reject\0");
      assertThat(text(harness, "SendTargets=iqn.other\0")).isEmpty();
      assertThat(text(harness, "InitialR2T=No\0X-new=1\0"))
          .isEqualTo("InitialR2T=Reject\0X-new=NotUnderstood\0");
    }
  }

  private static String text(Harness harness, String text) {
    harness.send(
        new TextRequest(
            false,
            true,
            false,
            0,
            3,
            Pdu.RESERVED_TAG,
            harness.nextCmdSN(),
            0,
            Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
    TextResponse response = harness.expect(TextResponse.class);
    assertThat(response.isFinal()).isTrue();
    return response.data().toString(StandardCharsets.UTF_8);
  }
}

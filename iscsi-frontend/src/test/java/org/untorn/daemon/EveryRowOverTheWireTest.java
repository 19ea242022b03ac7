package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.untorn.core.Command;
import org.untorn.core.Command.DataDirection;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.vpd.Field;

/**
 * The residuals of every command that moves data (RFC 7143 11.4.5): an initiator that expects more
 * than the command moves, or less. A test per row of the command table, made from the row.
 */
class EveryRowOverTheWireTest {

  private static final int MORE_THAN_ANY = 60_000;
  private static final int BLOCKS = 8;
  private static final int BLOCK = 512;

  /** START STOP UNIT with START, for the row that stops the unit. */
  private static final org.untorn.iscsi.initiator.Command START =
      org.untorn.iscsi.initiator.Command.of(0, new byte[] {0x1B, 0, 0, 0, 1, 0});

  private static OneDisk disk;

  @BeforeAll
  static void begin() throws IOException {
    disk = new OneDisk(FaultConfig.NONE);
  }

  @AfterAll
  static void end() {
    disk.close();
  }

  private static Stream<DynamicTest> each(DataDirection direction, RowTest test) {
    return disk.rows().stream()
        .filter(row -> row.direction() == direction)
        .map(row -> DynamicTest.dynamicTest(row.name(), () -> run(row, test)));
  }

  /** A test of one row. */
  @FunctionalInterface
  private interface RowTest {
    void run(InitiatorSession session, Command row);
  }

  private static void run(Command row, RowTest test) {
    try (InitiatorSession session = disk.login()) {
      assertThat(session.execute(START).isGood()).isTrue();
      test.run(session, row);
      session.logout();
    }
  }

  private static Optional<Field> field(Command row, String... names) {
    return row.fields().stream().filter(field -> List.of(names).contains(field.name())).findFirst();
  }

  /** A CDB that asks for a little: so many blocks, or all that is allocated. */
  private static byte[] cdb(Command row) {
    byte[] cdb = new byte[row.length()];
    cdb[0] = (byte) row.operationCode();
    if (row.hasVariableLength()) {
      cdb[7] = (byte) (row.length() - 8);
    }
    row.serviceAction().ifPresent(action -> action.field().put(cdb, action.value()));
    field(row, "TRANSFER LENGTH").ifPresent(length -> length.put(cdb, BLOCKS));
    field(row, "ALLOCATION LENGTH")
        .ifPresent(length -> length.put(cdb, Math.min(length.maximum(), MORE_THAN_ANY)));
    return cdb;
  }

  private static CommandResult read(InitiatorSession session, byte[] cdb, int expected) {
    return session.execute(org.untorn.iscsi.initiator.Command.read(0, cdb, expected));
  }

  @TestFactory
  Stream<DynamicTest> what_is_read_is_cut_to_what_is_expected_and_the_rest_is_told() {
    return each(
        DataDirection.IN,
        (session, row) -> {
          byte[] cdb = cdb(row);
          CommandResult more = read(session, cdb, MORE_THAN_ANY);
          int length = more.dataIn().length;
          assertThat(more.residual())
              .isEqualTo(new Residual(Residual.Kind.UNDERFLOW, MORE_THAN_ANY - length));
          if (length > 1) {
            CommandResult less = read(session, cdb, length - 1);
            assertThat(less.isGood()).isTrue();
            assertThat(less.dataIn()).isEqualTo(Arrays.copyOf(more.dataIn(), length - 1));
            assertThat(less.residual()).isEqualTo(new Residual(Residual.Kind.OVERFLOW, 1));
            assertThat(read(session, cdb, length).residual()).isEqualTo(Residual.NONE);
          }
        });
  }

  private static CommandResult write(InitiatorSession session, byte[] cdb, int offered) {
    return session.execute(org.untorn.iscsi.initiator.Command.write(0, cdb, new byte[offered]));
  }

  @TestFactory
  Stream<DynamicTest> what_is_offered_beyond_what_is_written_is_left_and_told() {
    return each(
        DataDirection.OUT,
        (session, row) -> {
          if (field(row, "TRANSFER LENGTH").isEmpty()) {
            return; // what it takes is in its data
          }
          byte[] cdb = cdb(row);
          int length = BLOCKS * BLOCK;
          CommandResult exact = write(session, cdb, length);
          assertThat(exact.isGood()).as(exact.senseCode()).isTrue();
          assertThat(exact.residual()).isEqualTo(Residual.NONE);
          CommandResult more = write(session, cdb, length + 1);
          assertThat(more.isGood()).isTrue();
          assertThat(more.residual()).isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 1));
          CommandResult less = write(session, cdb, length - BLOCK);
          if (less.isGood()) {
            assertThat(less.residual()).isEqualTo(new Residual(Residual.Kind.OVERFLOW, BLOCK));
          } else {
            assertThat(less.senseCode()).isEqualTo("05/0E/03");
            assertThat(less.residual().kind()).isEqualTo(Residual.Kind.UNDERFLOW);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> data_where_none_is_moved_is_left_and_told() {
    return each(
        DataDirection.NONE,
        (session, row) -> {
          byte[] cdb = cdb(row);
          CommandResult expected = read(session, cdb, 100);
          assertThat(expected.dataIn()).isEmpty();
          assertThat(expected.residual()).isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 100));
          CommandResult offered = write(session, cdb, 100);
          assertThat(offered.residual()).isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 100));
        });
  }
}

package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/**
 * WRITE ATOMIC(16) over the wire (SBC-4): its limits, the order of its checks, what a refused one
 * leaves behind, and that it is counted.
 */
class WriteAtomicWireTest {

  /** The limits that a target has if nobody says otherwise, in blocks. */
  private static final int MAXIMUM = 8192;

  private static final int GRANULARITY = 8;
  private static final int BOUNDARY_MAXIMUM = 128;
  private static final int CAPACITY = (64 << 20) / Blocks.SIZE;
  private static final int WRPROTECT_1 = 0x20;

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private WireSession session;

  @BeforeEach
  void logIn() throws IOException {
    session = WireSession.ready(target.ready());
  }

  @AfterEach
  void logOut() throws IOException {
    session.close();
  }

  @Test
  void the_longest_atomic_write_is_written_whole() throws IOException {
    byte[] data = Blocks.random(MAXIMUM, 1);

    session.write(Cdb.writeAtomic16(GRANULARITY, MAXIMUM), data).good();

    assertThat(session.read(Cdb.read16(GRANULARITY, MAXIMUM), data.length).good()).isEqualTo(data);
  }

  @Test
  void a_write_in_boundary_sized_operations_is_written_whole() throws IOException {
    byte[] data = Blocks.random(10 * BOUNDARY_MAXIMUM, 2);

    session
        .write(Cdb.writeAtomic16(16, BOUNDARY_MAXIMUM, 10 * BOUNDARY_MAXIMUM, Cdb.FUA), data)
        .good();

    assertThat(session.read(Cdb.read16(16, 10 * BOUNDARY_MAXIMUM), data.length).good())
        .isEqualTo(data);
  }

  /** Each is wrong in every check from the named one on: the first of them has to be named. */
  @TestFactory
  Stream<DynamicTest> the_first_check_that_fails_is_named_and_nothing_is_changed() {
    int outside = CAPACITY - 3;
    return Stream.of(
        refused("protection information", outside, 12, 12, WRPROTECT_1, 0x2400, 1),
        refused("range", outside, 12, 12, 0, 0x2100, 2),
        refused("range, with no blocks", CAPACITY + 1, 12, 0, 0, 0x2100, 2),
        refused("alignment", 3, 12, 12, 0, 0x2400, 2),
        refused("granularity of the length", 8, 12, 12, 0, 0x2400, 12),
        refused("granularity of the boundary", 8, 12, MAXIMUM + 8, 0, 0x2400, 10),
        refused("boundary", 8, BOUNDARY_MAXIMUM + 8, MAXIMUM + 8, 0, 0x2400, 10),
        refused("length with a boundary", 8, BOUNDARY_MAXIMUM, MAXIMUM + 8, 0, 0x2400, 12),
        refused("length", 8, 0, MAXIMUM + 8, 0, 0x2400, 12));
  }

  private DynamicTest refused(
      String check, long lba, int boundary, int blocks, int flags, int code, int byteNumber) {
    return DynamicTest.dynamicTest(
        check,
        () -> {
          byte[] before = session.read(Cdb.read16(0, 256), 256 * Blocks.SIZE).good();

          byte[] data = Blocks.random(blocks, 3);
          Sense sense =
              session.write(Cdb.writeAtomic16(lba, boundary, blocks, flags), data).checkCondition();

          assertThat(sense.key()).isEqualTo(Sense.ILLEGAL_REQUEST);
          assertThat(sense.code()).isEqualTo(code);
          assertThat(sense.pointer()).isPresent();
          assertThat(sense.pointer().orElseThrow().inCdb()).isTrue();
          assertThat(sense.pointer().orElseThrow().byteNumber()).isEqualTo(byteNumber);
          assertThat(session.read(Cdb.read16(0, 256), 256 * Blocks.SIZE).good()).isEqualTo(before);
        });
  }

  @Test
  void no_blocks_are_written_without_complaint() throws IOException {
    session.execute(Cdb.writeAtomic16(0, 0)).good();
    session.execute(Cdb.writeAtomic16(CAPACITY, 0)).good();
  }

  @Test
  void an_atomic_write_that_is_offered_too_little_data_is_refused_and_changes_nothing()
      throws IOException {
    session.write(Cdb.write16(64, 16), Blocks.stamped(16, 7)).good();

    Answer answer = session.write(Cdb.writeAtomic16(64, 16), Blocks.stamped(8, 8));

    assertThat(answer.checkCondition().key()).isEqualTo(Sense.ILLEGAL_REQUEST);
    byte[] after = session.read(Cdb.read16(64, 16), 16 * Blocks.SIZE).good();
    assertThat(Blocks.wholeStamp(after)).isEqualTo(7);
  }

  @Test
  void the_control_api_counts_exactly_the_atomic_writes_that_arrived() throws Exception {
    Control.Writes before = Control.writes(target.ready());

    for (int i = 0; i < 5; i++) {
      session.write(Cdb.writeAtomic16(8L * i, 8), Blocks.stamped(8, i)).good();
    }
    session.write(Cdb.write16(0, 8), Blocks.stamped(8, 9)).good();

    Control.Writes after = Control.writes(target.ready());
    assertThat(after.atomicCommands() - before.atomicCommands()).isEqualTo(5);
    assertThat(after.atomicBlocks() - before.atomicBlocks()).isEqualTo(40);
    assertThat(after.plainCommands() - before.plainCommands()).isEqualTo(1);
  }

  @Test
  void an_atomic_write_whose_connection_breaks_before_its_last_data_changes_nothing()
      throws IOException {
    session.write(Cdb.writeAtomic16(128, 64), Blocks.stamped(64, 1)).good();
    WireSession other = WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.x:2"));
    byte[] half = Blocks.stamped(32, 2);

    var _ =
        other.begin(
            Cdb.writeAtomic16(128, 64), 64 * Blocks.SIZE, Unpooled.wrappedBuffer(half), false);
    other.abandon();

    byte[] after = session.read(Cdb.read16(128, 64), 64 * Blocks.SIZE).good();
    assertThat(Blocks.wholeStamp(after)).isEqualTo(1);
  }
}

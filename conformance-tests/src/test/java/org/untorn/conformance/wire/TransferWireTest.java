package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.testkit.UntornExtension;

/**
 * Data goes in and out under every way to transfer it: InitialR2T x ImmediateData x bursts x
 * MaxOutstandingR2T x digests. {@link WireTransfer} checks the rules on the way.
 */
class TransferWireTest {

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  /** FirstBurstLength, MaxBurstLength and our MaxRecvDataSegmentLength. */
  private static final int[][] BURSTS = {
    {512, 512, 512}, {4096, 8192, 1024}, {8192, 66_000, 3000}, {64 << 10, 256 << 10, 256 << 10}
  };

  @TestFactory
  Stream<DynamicTest> what_is_written_is_read_in_every_way_to_transfer_it() {
    return Stream.of(true, false)
        .flatMap(
            initialR2T ->
                Stream.of(true, false)
                    .flatMap(
                        immediate ->
                            Arrays.stream(BURSTS)
                                .flatMap(
                                    bursts ->
                                        Stream.of(1, 4)
                                            .flatMap(
                                                r2ts ->
                                                    Stream.of(true, false)
                                                        .map(
                                                            digests ->
                                                                transfer(
                                                                    initialR2T,
                                                                    immediate,
                                                                    bursts,
                                                                    r2ts,
                                                                    digests))))));
  }

  private static DynamicTest transfer(
      boolean initialR2T, boolean immediate, int[] bursts, int r2ts, boolean digests) {
    Offer plain =
        Offer.USUAL
            .withTransfer(initialR2T, immediate, bursts[0], bursts[1], bursts[2])
            .withMaxOutstandingR2T(r2ts);
    Offer offer = digests ? plain.withDigests() : plain;
    String name =
        "InitialR2T=%s ImmediateData=%s bursts=%s MaxOutstandingR2T=%d digests=%s"
            .formatted(initialR2T, immediate, Arrays.toString(bursts), r2ts, digests);
    return DynamicTest.dynamicTest(name, () -> transfer(offer));
  }

  private static void transfer(Offer offer) throws IOException {
    try (WireSession session = WireSession.ready(target.ready(), offer)) {
      Agreed agreed = session.agreed();
      assertThat(agreed.headerDigest()).isEqualTo(offer.headerDigest());
      assertThat(agreed.dataDigest()).isEqualTo(offer.dataDigest());
      assertThat(agreed.initialR2T()).as("OR of both").isIn(offer.initialR2T(), true);
      assertThat(agreed.immediateData()).as("AND of both").isIn(offer.immediateData(), false);
      assertThat(agreed.firstBurstLength()).isLessThanOrEqualTo(offer.firstBurstLength());
      assertThat(agreed.maxBurstLength()).isLessThanOrEqualTo(offer.maxBurstLength());
      assertThat(agreed.maxOutstandingR2T()).isLessThanOrEqualTo(offer.maxOutstandingR2T());
      for (int blocks : new int[] {1, 7, 16, 129, 600}) {
        byte[] data = Blocks.random(blocks, blocks);

        assertThat(session.write(Cdb.write16(blocks, blocks), data).good()).isEmpty();
        byte[] read = session.read(Cdb.read16(blocks, blocks), data.length).good();

        assertThat(read).isEqualTo(data);
      }
    }
  }

  @Test
  void a_read_of_less_than_there_is_overflows_and_of_more_underflows() throws IOException {
    try (WireSession session = WireSession.ready(target.ready())) {
      Answer less = session.read(Cdb.read16(0, 2), Blocks.SIZE);
      assertThat(less.good()).hasSize(Blocks.SIZE);
      assertThat(less.residual()).isEqualTo(new Residual(Residual.Kind.OVERFLOW, Blocks.SIZE));

      Answer more = session.read(Cdb.read16(0, 2), 5000);
      assertThat(more.good()).hasSize(2 * Blocks.SIZE);
      assertThat(more.residual())
          .isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 5000 - 2 * Blocks.SIZE));
    }
  }

  @Test
  void a_write_takes_what_the_cdb_asks_for_and_says_what_was_too_much() throws IOException {
    try (WireSession session = WireSession.ready(target.ready())) {
      session.write(Cdb.write16(0, 16), Blocks.stamped(16, 1)).good();

      Answer answer = session.write(Cdb.write16(0, 8), Blocks.stamped(16, 2));

      answer.good();
      assertThat(answer.residual())
          .isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 8 * Blocks.SIZE));
      byte[] read = session.read(Cdb.read16(0, 16), 16 * Blocks.SIZE).good();
      assertThat(Blocks.stamp(read, 7)).isEqualTo(2);
      assertThat(Blocks.stamp(read, 8)).isEqualTo(1);
    }
  }

  @Test
  void data_of_a_refused_write_leaves_the_session_in_step() throws IOException {
    try (WireSession session = WireSession.ready(target.ready())) {
      long beyond = 1L << 40;

      Sense sense = session.write(Cdb.write16(beyond, 600), Blocks.random(600, 4)).checkCondition();

      assertThat(sense.code()).isEqualTo(Sense.LBA_OUT_OF_RANGE);
      session.write(Cdb.write16(0, 600), Blocks.random(600, 5)).good();
    }
  }
}

package org.untorn.iscsi.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PduRoundTripTest {

  private static final long SEED = 0x7143;

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void every_kind_comes_back_as_it_was_sent_with_and_without_digests(Opcode opcode) {
    RandomPdus pdus = new RandomPdus(new Random(SEED + opcode.code()), 8192);
    for (int digests = 0; digests < 4; digests++) {
      List<Pdu> sent = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        sent.add(pdus.of(opcode));
      }
      ByteBuf bytes = Wire.encode((digests & 1) != 0, (digests & 2) != 0, copies(sent));
      PduDecoder decoder = new PduDecoder(opcode.sender());
      decoder.digests((digests & 1) != 0, (digests & 2) != 0);
      assertThat(Wire.decode(decoder, bytes)).as("seed %d", SEED).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void the_other_side_does_not_receive_it(Opcode opcode) {
    Pdu pdu = new RandomPdus(new Random(SEED), 64).of(opcode);
    Opcode.Sender other =
        opcode.sender() == Opcode.Sender.TARGET ? Opcode.Sender.INITIATOR : Opcode.Sender.TARGET;
    ByteBuf bytes = Wire.encode(false, false, List.of(pdu));
    ByteBuf header = Unpooled.copiedBuffer(bytes.slice(0, 48));
    assertThat(Wire.decode(new PduDecoder(other), bytes))
        .containsExactly(new BadPdu(header, BadPdu.Fault.UNKNOWN_OPCODE));
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void the_cuts_between_reads_do_not_matter(Opcode opcode) {
    Random random = new Random(SEED + opcode.code());
    RandomPdus pdus = new RandomPdus(random, 200_000);
    for (int run = 0; run < 10; run++) {
      List<Pdu> sent = List.of(pdus.of(opcode), pdus.of(opcode), pdus.of(opcode));
      ByteBuf bytes = Wire.encode(true, true, copies(sent));
      List<ByteBuf> pieces = new ArrayList<>();
      while (bytes.isReadable()) {
        int length = 1 + random.nextInt(run < 5 ? 300 : 100_000);
        pieces.add(bytes.readRetainedSlice(Math.min(length, bytes.readableBytes())));
      }
      PduDecoder decoder = new PduDecoder(opcode.sender());
      decoder.digests(true, true);
      decoder.maxDataSegmentLength(200_000);
      assertThat(Wire.decode(decoder, pieces.toArray(ByteBuf[]::new)))
          .as("seed %d, run %d", SEED, run)
          .isEqualTo(sent);
    }
  }

  /** The encoder uses up what it writes, so the originals keep their own view of their data. */
  private static List<Pdu> copies(List<Pdu> pdus) {
    pdus.forEach(pdu -> pdu.data().retain().markReaderIndex());
    List<Pdu> copies = new ArrayList<>();
    for (Pdu pdu : pdus) {
      ByteBuf header = Unpooled.buffer();
      PduCodec.encodeHeader(pdu, false, header);
      Opcode opcode = Opcode.of(new BasicHeaderSegment(header, 0).opcode()).orElseThrow();
      copies.add((Pdu) PduCodec.decode(header, 0, opcode.sender(), pdu.data().retainedDuplicate()));
    }
    return copies;
  }
}

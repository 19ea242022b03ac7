package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Streams of PDUs that are whole, or mutated: flipped bits, random bytes in the header and in its
 * additional segments, wrong lengths, cut ends, noise.
 */
public final class Mutator {

  private static final int POOL = 512;

  private final RandomGenerator random;
  private final List<ByteBuf> whole = new ArrayList<>();

  /** PDUs of one side with data segments of up to {@code maxData} bytes. */
  public Mutator(RandomGenerator random, Opcode.Sender sender, int maxData) {
    this.random = random;
    RandomPdus pdus = new RandomPdus(new Random(1), maxData);
    List<Opcode> opcodes = new ArrayList<>(List.of(Opcode.values()));
    opcodes.removeIf(opcode -> opcode.sender() != sender);
    for (int i = 0; i < POOL; i++) {
      whole.add(Wire.encode(false, false, List.of(pdus.of(opcodes.get(i % opcodes.size())))));
    }
  }

  /** Appends a PDU, in half of the cases mutated. */
  public void append(ByteBuf out) {
    ByteBuf pdu = whole.get(random.nextInt(POOL));
    int start = out.writerIndex();
    int length = pdu.readableBytes();
    out.writeBytes(pdu, pdu.readerIndex(), length);
    switch (random.nextInt(18)) {
      case 0, 1 -> flipBit(out, start, length);
      case 2 -> out.setByte(start, random.nextInt(256));
      case 3 -> out.setByte(start + 4, random.nextInt(8));
      case 4 -> out.setMedium(start + 5, random.nextInt(1 << random.nextInt(1, 24)));
      case 5 -> out.setByte(start + random.nextInt(48), random.nextInt(256));
      case 6 -> out.writerIndex(start + random.nextInt(length));
      case 7 -> out.writeBytes(noise(random.nextInt(64)));
      case 8, 9 -> mutateSegments(out, start);
      default -> {}
    }
  }

  /** Gives the first additional header segment, if there is one, another length or type. */
  private void mutateSegments(ByteBuf out, int start) {
    if (out.getByte(start + 4) != 0) {
      switch (random.nextInt(4)) {
        case 0 -> out.setShort(start + 48, random.nextInt(64));
        case 1 -> out.setShort(start + 48, random.nextInt(1 << 16));
        case 2 -> out.setByte(start + 50, random.nextInt(4));
        default -> out.setByte(start + 4, random.nextInt(256));
      }
    }
  }

  private void flipBit(ByteBuf out, int start, int length) {
    int at = start + random.nextInt(length);
    out.setByte(at, out.getByte(at) ^ (1 << random.nextInt(8)));
  }

  private ByteBuf noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Unpooled.wrappedBuffer(bytes);
  }
}

package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.AtomicProfile;

/**
 * A {@link Bench} with a disk whose blocks of 512 bytes carry protection information, and blocks
 * with tuples that are made here, by the standard's definition and not by the device's code.
 */
final class ProtectedBench {

  static final int WIRE = 520;

  private ProtectedBench() {}

  static Bench of(int type) {
    return new Bench(
        Bench.profile(AtomicProfile.DEFAULT.limits()),
        new MemoryBlocks(Geometry.ofData(512, Bench.BLOCKS, type)));
  }

  /** The remainder of F(x) * x^16 by G(x), bit by bit (SBC-4 4.21.4.2). */
  static int crc(byte[] data) {
    int remainder = 0;
    for (byte one : data) {
      for (int bit = 7; bit >= 0; bit--) {
        int out = remainder >> 15;
        remainder = (remainder << 1) & 0xFFFF;
        if (out != ((one >> bit) & 1)) {
          remainder ^= 0x8BB7;
        }
      }
    }
    return remainder;
  }

  /** A block as it goes over the wire with its protection information. */
  static byte[] block(byte[] data, int guard, int application, int reference) {
    return ByteBuffer.allocate(data.length + 8)
        .put(data)
        .putShort((short) guard)
        .putShort((short) application)
        .putInt(reference)
        .array();
  }

  /** Blocks with right guards, one application tag, and reference tags that count up. */
  static byte[] blocks(byte[] data, int application, int firstReference) {
    ByteBuffer wire = ByteBuffer.allocate(data.length / 512 * WIRE);
    for (int i = 0; i < data.length / 512; i++) {
      byte[] one = Arrays.copyOfRange(data, i * 512, (i + 1) * 512);
      wire.put(block(one, crc(one), application, firstReference + i));
    }
    return wire.array();
  }

  /** The eight bytes behind the data of a block. */
  static byte[] tuple(byte[] wire, int block) {
    return Arrays.copyOfRange(wire, block * WIRE + 512, (block + 1) * WIRE);
  }
}

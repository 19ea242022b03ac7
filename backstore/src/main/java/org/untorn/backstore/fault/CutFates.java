package org.untorn.backstore.fault;

import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Decides what a power cut makes of each change, as badly as a disk may that keeps its promises: an
 * atomic change is whole or absent; a block of a plain write survives or not, whatever its
 * neighbours do.
 *
 * <p>Each cut has a mood, so that rare shapes - nothing survives but one write, everything but one
 * - come up often.
 */
final class CutFates {

  private final RandomGenerator random;
  private final double survival;

  CutFates(RandomGenerator random) {
    this.random = random;
    this.survival = new double[] {0.1, 0.5, 0.5, 0.9}[random.nextInt(4)];
  }

  /** The survivors among the blocks of a change. */
  BitSet of(Unflushed.Entry change) {
    return switch (change.kind()) {
      case WRITE -> plain(change.blocks());
      case ATOMIC_WRITE, COMPARE_AND_WRITE, UNMAP -> whole(change.blocks());
    };
  }

  /** All blocks or none. */
  BitSet whole(int blocks) {
    return random.nextDouble() < survival ? first(blocks) : new BitSet();
  }

  /** The first blocks, and no others. */
  static BitSet first(int blocks) {
    BitSet survivors = new BitSet(blocks);
    survivors.set(0, blocks);
    return survivors;
  }

  private BitSet plain(int blocks) {
    return blocks > 1 && random.nextBoolean() ? torn(blocks) : whole(blocks);
  }

  /** A part: the first blocks, the last ones, or some here and there. */
  private BitSet torn(int blocks) {
    int cut = random.nextInt(1, blocks);
    BitSet survivors = first(cut);
    switch (random.nextInt(3)) {
      case 0 -> {}
      case 1 -> survivors.flip(0, blocks);
      default -> {
        for (int i = 0; i < blocks; i++) {
          survivors.set(i, random.nextBoolean());
        }
        // Where chance left it whole or absent, one block makes it torn.
        if (survivors.isEmpty() || survivors.cardinality() == blocks) {
          survivors.flip(cut);
        }
      }
    }
    return survivors;
  }
}

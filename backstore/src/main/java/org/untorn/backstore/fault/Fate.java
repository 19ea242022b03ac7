package org.untorn.backstore.fault;

import java.util.BitSet;

/**
 * What a power cut made of one change that was not on stable storage.
 *
 * @param write the number of the change, counted over all volumes from 1
 * @param kind what it was
 * @param lba its first block
 * @param blocks how many blocks it changed; those of an unmap, and of a write that failed, may have
 *     gaps between them
 * @param acknowledged whether the initiator had been told that it was done
 * @param survivors which of its blocks, by their index in it, reached the medium; a later change
 *     may have overwritten them there
 */
public record Fate(
    long write, Kind kind, long lba, int blocks, boolean acknowledged, BitSet survivors) {

  /** The changes that there are. */
  public enum Kind {
    WRITE,
    ATOMIC_WRITE,
    COMPARE_AND_WRITE,
    UNMAP
  }

  /** What a change came to. */
  public enum End {
    SURVIVED,
    VANISHED,
    TORN
  }

  public Fate {
    survivors = (BitSet) survivors.clone();
  }

  @Override
  public BitSet survivors() {
    return (BitSet) survivors.clone();
  }

  /** What it came to. */
  public End end() {
    int count = survivors.cardinality();
    if (count == 0) {
      return End.VANISHED;
    }
    return count == blocks ? End.SURVIVED : End.TORN;
  }
}

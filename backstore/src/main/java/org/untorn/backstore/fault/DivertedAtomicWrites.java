package org.untorn.backstore.fault;

import java.util.function.Predicate;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/** A filter that sends some atomic writes another way; all other operations pass. */
public final class DivertedAtomicWrites implements BlockStore {

  private final BlockStore below;
  private final Predicate<BlockOperation.AtomicWrite> diverted;
  private final BlockStore elsewhere;

  public DivertedAtomicWrites(
      BlockStore below, Predicate<BlockOperation.AtomicWrite> diverted, BlockStore elsewhere) {
    this.below = below;
    this.diverted = diverted;
    this.elsewhere = elsewhere;
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    boolean goes = operation instanceof BlockOperation.AtomicWrite write && diverted.test(write);
    (goes ? elsewhere : below).submit(operation, completion);
  }
}

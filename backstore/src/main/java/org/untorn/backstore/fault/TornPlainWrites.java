package org.untorn.backstore.fault;

import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/**
 * A filter that tears plain writes and no others, as a disk may: it carries each out block by
 * block, so that readers see halves. Atomic writes stay whole.
 */
public final class TornPlainWrites implements BlockStore {

  private final BlockStore below;
  private final BlockStore torn;

  public TornPlainWrites(BlockStore below) {
    this.below = below;
    this.torn = new TornWrites(below);
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    switch (operation) {
      case BlockOperation.Write write -> torn.submit(write, completion);
      case BlockOperation.AtomicWrite write -> below.submit(write, completion);
      case BlockOperation.Read read -> below.submit(read, completion);
      case BlockOperation.CompareAndWrite compare -> below.submit(compare, completion);
      case BlockOperation.Unmap unmap -> below.submit(unmap, completion);
      case BlockOperation.Status status -> below.submit(status, completion);
      case BlockOperation.Flush flush -> below.submit(flush, completion);
    }
  }
}

package org.untorn.backstore.fault;

import java.util.function.UnaryOperator;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/** A filter that passes each operation on as another one: the disk does not do what it was told. */
public final class Rewriting implements BlockStore {

  private final BlockStore below;
  private final UnaryOperator<BlockOperation> rewrite;

  /**
   * A filter.
   *
   * @param rewrite what is carried out instead; it ends as the other would
   */
  public Rewriting(BlockStore below, UnaryOperator<BlockOperation> rewrite) {
    this.below = below;
    this.rewrite = rewrite;
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    below.submit(rewrite.apply(operation), completion);
  }
}

package org.untorn.backstore;

/**
 * The waist between the SCSI device and the store: the blocks of one volume, changed by sealed
 * operations. The pool's volumes end it; caches, torn writes, defects and checks are filters of the
 * same interface.
 *
 * <p>Invariants every end and every filter keeps (the contract suite {@code BlockStoreContract}
 * checks them):
 *
 * <ol>
 *   <li>Each submitted operation completes exactly once, whatever happens.
 *   <li>An operation submitted after another one completed sees what that one did.
 *   <li>A read sees one root: never a part of an atomic operation.
 *   <li>An operation that did not end in {@link BlockOutcome.Done} changed nothing ({@link
 *       BlockOperation.Write} may have written some of its blocks).
 *   <li>After {@link BlockOperation.Flush}, or an operation with {@link Durability#STABLE}, is
 *       done, its data survives the loss of everything that the medium had not synced.
 * </ol>
 *
 * Stores are safe for use by many threads.
 */
public interface BlockStore {

  /** The volume's shape. It changes when the volume is resized. */
  Geometry geometry();

  /**
   * Carries an operation out. What does not wait for a disk is done before this returns; what waits
   * completes later on a thread of the store's, and the caller cannot tell the two apart.
   */
  void submit(BlockOperation operation, Completion completion);

  /** Where an operation's outcome goes. */
  @FunctionalInterface
  interface Completion {

    /**
     * Called exactly once, on the submitting thread before {@code submit} returns or on any thread
     * after it. Must not block.
     */
    void completed(BlockOutcome outcome);
  }
}

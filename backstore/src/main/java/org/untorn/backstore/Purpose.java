package org.untorn.backstore;

/**
 * What an I/O on a {@link Medium} is for. The core says so and nothing more; a fault plan may aim
 * at it.
 */
public enum Purpose {
  /** Users' blocks and the records that carry them. */
  DATA,
  /** The map from logical blocks to stored data: checkpoints. */
  MAP,
  /** What makes other things count: superblocks, and the sync that acknowledges durability. */
  COMMIT,
  /** Space for what comes: zeros in files of segments to be, and the sync that makes them real. */
  RESERVE
}

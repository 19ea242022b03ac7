package org.untorn.backstore;

/**
 * How a {@link Log} begins.
 *
 * @param end what it goes on behind; all before it is synced
 * @param unsyncedBytes so much may be appended and not yet synced
 */
record LogStart(Identity identity, Superblock.Replay end, long unsyncedBytes) {

  /**
   * What all records of one opening have in common.
   *
   * @param pool the pool's identity
   * @param epoch which opening this is
   * @param segmentBytes the length of a segment
   */
  record Identity(long pool, long epoch, int segmentBytes) {}
}

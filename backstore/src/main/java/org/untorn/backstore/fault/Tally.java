package org.untorn.backstore.fault;

/** Counts something from the beginning, and from a moment on. Owned by who counts. */
final class Tally {

  private long all;
  private long before;

  /** One more: its number, from 1 on, since {@link #countFromNow}. */
  long next() {
    all++;
    return all - before;
  }

  /** How many there were since the beginning. */
  long all() {
    return all;
  }

  void countFromNow() {
    before = all;
  }
}

package org.untorn.testkit;

import org.assertj.core.api.AbstractAssert;

/** What can be asserted of a unit, since the test began. */
public final class LunAssert extends AbstractAssert<LunAssert, Lun> {

  LunAssert(Lun actual) {
    super(actual, LunAssert.class);
  }

  /** It was asked this command, by its name in the standards: {@code READ(16)}. */
  public LunAssert hasReceived(String command) {
    isNotNull();
    if (actual.count(command).commands() == 0) {
      throw failure(
          "Lun %d never received %s, but %s", actual.number(), command, actual.commands().keySet());
    }
    return this;
  }

  /** It was asked this command so often. */
  public LunAssert hasReceived(String command, long times) {
    isNotNull();
    if (actual.count(command).commands() != times) {
      throw failure(
          "Lun %d received %s %d times, not %d",
          actual.number(), command, actual.count(command).commands(), times);
    }
    return this;
  }

  /** All that wrote to it was WRITE ATOMIC(16), and something did. */
  public LunAssert hasReceivedAtomicWritesOnly() {
    isNotNull();
    if (actual.atomicWrites().commands() == 0 || actual.plainWrites().commands() > 0) {
      throw failure(
          "Lun %d received %d atomic writes and %d plain ones",
          actual.number(), actual.atomicWrites().commands(), actual.plainWrites().commands());
    }
    return this;
  }

  /** So many atomic writes reached it. */
  public LunAssert hasReceivedAtomicWrites(long times) {
    isNotNull();
    if (actual.atomicWrites().commands() != times) {
      throw failure(
          "Lun %d received %d atomic writes, not %d",
          actual.number(), actual.atomicWrites().commands(), times);
    }
    return this;
  }
}

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

  /** It has carried out WRITE ATOMIC(16), and was asked for no plain WRITE of any length. */
  public LunAssert hasReceivedAtomicWritesOnly() {
    isNotNull();
    if (actual.atomicWrites().good() == 0 || actual.plainWrites().commands() > 0) {
      throw failure(
          "Lun %d received %d atomic writes and %d plain ones",
          actual.number(), actual.atomicWrites().commands(), actual.plainWrites().commands());
    }
    return this;
  }

  /** It has answered so many atomic writes with GOOD, and no others. */
  public LunAssert hasReceivedAtomicWrites(long times) {
    isNotNull();
    if (actual.atomicWrites().good() != times || actual.atomicWrites().errors() > 0) {
      throw failure(
          "Lun %d received %d atomic writes and answered %d of them with GOOD, not %d",
          actual.number(), actual.atomicWrites().commands(), actual.atomicWrites().good(), times);
    }
    return this;
  }
}

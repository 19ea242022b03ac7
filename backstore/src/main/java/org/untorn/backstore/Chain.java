package org.untorn.backstore;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Records in a row that a thread has to deal with. They are linked by themselves, so a queue costs
 * no memory; a record is in one chain at a time. For one thread.
 */
final class Chain {

  private @Nullable Append first;
  private @Nullable Append last;

  /** A chain of these. */
  static Chain of(Collection<Append> records) {
    Chain chain = new Chain();
    records.forEach(chain::add);
    return chain;
  }

  void add(Append append) {
    if (last == null) {
      first = append;
    } else {
      last.next(append);
    }
    last = append;
  }

  /** Takes the first one out; null if there is none. */
  @Nullable Append poll() {
    Append found = first;
    if (found != null) {
      first = found.unlink();
      last = first == null ? null : last;
    }
    return found;
  }
}

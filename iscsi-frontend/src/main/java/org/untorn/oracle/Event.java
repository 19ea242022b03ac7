package org.untorn.oracle;

import java.util.List;

/**
 * One line of a history. Its place in the history is its moment: what stands earlier happened
 * earlier.
 */
public sealed interface Event {

  /**
   * An operation begins.
   *
   * @param id its number in the history, from 1 on
   */
  record Sent(int id, Operation operation) implements Event {}

  /**
   * An operation is answered with GOOD.
   *
   * @param contents what a read brought, a {@link Content} for each block; else nothing
   */
  record Answered(int id, List<Long> contents) implements Event {
    public Answered {
      contents = List.copyOf(contents);
    }
  }

  /** An operation is answered with an error: an atomic one must have left nothing behind. */
  record Failed(int id) implements Event {}

  /** The power is cut: what is not answered by now never will be. */
  record Cut() implements Event {}

  /**
   * What the disk holds from {@code lba} on, while nothing else is under way: after a cut, or at
   * the beginning or end.
   */
  record Found(long lba, List<Long> contents) implements Event {
    public Found {
      contents = List.copyOf(contents);
    }
  }
}

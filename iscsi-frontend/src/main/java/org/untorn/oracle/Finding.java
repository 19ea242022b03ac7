package org.untorn.oracle;

import java.util.List;

/**
 * A broken promise.
 *
 * @param promise which one
 * @param fate what became of the range
 * @param cut the number of the cut behind which it was seen, from 1 on; 0: before any, or by a read
 * @param lba the first block that shows it
 * @param blocks how many blocks of the range show it
 * @param operations the numbers of those involved; the first is the one that was hit; 0: none known
 * @param sentence what happened, in words
 */
public record Finding(
    Promise promise,
    Fate fate,
    int cut,
    long lba,
    int blocks,
    List<Integer> operations,
    String sentence) {

  public Finding {
    operations = List.copyOf(operations);
  }
}

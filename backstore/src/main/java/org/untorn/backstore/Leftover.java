package org.untorn.backstore;

import java.util.Optional;

/**
 * What recovery found behind the end of the log: whole records that are no part of it.
 *
 * <pre>
 *   [ 56 ][ 57 ] ~~58~~ [ 59 ][ 60 ]   [ 12 ][ 13 ]
 *              ^ the end   dropped       old: what the file held before it was used again
 * </pre>
 *
 * @param file where the log ends
 * @param offset in bytes
 * @param last the log's last sequence
 * @param dropped how many records of the newest opening lie behind one that is not whole; nobody
 *     knows of a sync that covered them
 * @param firstDropped the lowest sequence among those
 * @param lastDropped and the highest
 * @param old how many records lie there that the log had done with before
 */
record Leftover(
    String file,
    long offset,
    long last,
    long dropped,
    long firstDropped,
    long lastDropped,
    long old) {

  static final Leftover NONE = new Leftover("", 0, 0, 0, Long.MAX_VALUE, 0, 0);

  Leftover at(String file, long offset, long last) {
    return new Leftover(file, offset, last, dropped, firstDropped, lastDropped, old);
  }

  Leftover withDropped(long sequence) {
    long first = Math.min(firstDropped, sequence);
    long most = Math.max(lastDropped, sequence);
    return new Leftover(file, offset, last, dropped + 1, first, most, old);
  }

  Leftover withOld() {
    return new Leftover(file, offset, last, dropped, firstDropped, lastDropped, old + 1);
  }

  /** In words, if there is anything. */
  Optional<String> text() {
    String tail =
        "; %d records behind it (%d to %d) were written and never known to be on stable storage, and record %d in front of them is not whole: opening the pool drops them"
            .formatted(dropped, firstDropped, lastDropped, last + 1);
    String rest = "; %d record headers there are older, and mean nothing".formatted(old);
    return dropped + old == 0
        ? Optional.empty()
        : Optional.of(
            "%s at byte %d: the log ends here, behind record %d%s%s"
                .formatted(file, offset, last, dropped > 0 ? tail : "", old > 0 ? rest : ""));
  }
}

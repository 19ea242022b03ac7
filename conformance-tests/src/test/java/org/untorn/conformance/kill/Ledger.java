package org.untorn.conformance.kill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What was written to a disk since it was last read, who was told that it is there, and what the
 * disk may hold after a kill.
 *
 * <pre>
 *   time  -------1--2-----3---4-------5---- kill
 *   A     [ sent     answered ]
 *   B               [ sent    answered ]            overlaps A: either may be the newer one
 *   C                            [ sent             unanswered: may be there or not
 * </pre>
 *
 * It holds a disk to this:
 *
 * <ol>
 *   <li>Each block is whole, of its own LBA, and of a write that covered it or what it held before.
 *   <li>No block is older than a write that was answered: what it holds was answered after that one
 *       was sent.
 *   <li>Where one block is of an atomic write, no other block that this write covered is older.
 *   <li>Of two atomic writes that cover the same two blocks, not each is the newer one.
 * </ol>
 *
 * Safe for use by many threads.
 */
final class Ledger {

  private static final long NEVER = Long.MAX_VALUE;

  private final long[] held;
  private final Map<Long, Entry> entries = new HashMap<>();
  private long now;
  private long lastSequence;

  /** A write as it is sent. */
  record Write(long sequence, int writer, int lba, int blocks, boolean atomic) {

    /** What it writes. */
    byte[] data() {
      byte[] data = new byte[blocks * Stamp.BLOCK_BYTES];
      for (int i = 0; i < blocks; i++) {
        new Stamp(lba + i, sequence, writer).put(data, i * Stamp.BLOCK_BYTES);
      }
      return data;
    }

    private boolean covers(int block) {
      return block >= lba && block < lba + blocks;
    }
  }

  private static final class Entry {
    private final Write write;
    private final long sentAt;
    private long answeredAt = NEVER;

    private Entry(Write write, long sentAt) {
      this.write = write;
      this.sentAt = sentAt;
    }
  }

  /** A disk of that many blocks that was never written. */
  Ledger(int blocks) {
    this.held = new long[blocks];
  }

  int blocks() {
    return held.length;
  }

  /** Notes a write that is about to be sent. */
  synchronized Write sent(int writer, int lba, int blocks, boolean atomic) {
    lastSequence++;
    Write write = new Write(lastSequence, writer, lba, blocks, atomic);
    entries.put(lastSequence, new Entry(write, now++));
    return write;
  }

  /** Notes that a write was answered. */
  synchronized void answered(Write write) {
    entry(write.sequence()).answeredAt = now++;
  }

  /** A moment, to be compared with those at which writes were sent and answered. */
  synchronized long moment() {
    return now++;
  }

  /** Says what is wrong with a disk that has all that was answered, at most a few lines. */
  synchronized List<String> check(byte[] disk) {
    return check(found(disk, new ArrayList<>()), disk, NEVER);
  }

  /**
   * The same of a snapshot that was made between two moments: it has what was answered before the
   * first, and nothing that was sent behind the second.
   */
  synchronized List<String> checkSnapshot(byte[] disk, long from, long to) {
    long[] found = found(disk, new ArrayList<>());
    List<String> wrong = new ArrayList<>(check(found, disk, from));
    for (int block = 0; block < found.length; block++) {
      Entry entry = entries.get(found[block]);
      if (entry != null && entry.sentAt > to) {
        wrong.add("block " + block + " holds " + entry.write + ", sent after the snapshot");
      }
    }
    return few(wrong);
  }

  /** {@link #check}, and takes the disk as what is held from now on. */
  synchronized List<String> settle(byte[] disk) {
    List<String> wrong = check(disk);
    hold(disk);
    return wrong;
  }

  /** Takes a disk as what is held from now on. */
  synchronized void hold(byte[] disk) {
    long[] found = found(disk, new ArrayList<>());
    System.arraycopy(found, 0, held, 0, held.length);
    entries.clear();
  }

  private List<String> check(long[] found, byte[] disk, long answeredBefore) {
    List<String> wrong = new ArrayList<>();
    found(disk, wrong);
    checkNothingIsLost(found, answeredBefore, wrong);
    checkAtomicWritesAreWhole(found, wrong);
    return few(wrong);
  }

  private static List<String> few(List<String> wrong) {
    return wrong.subList(0, Math.min(wrong.size(), 5));
  }

  /** The write that each block is of. */
  private long[] found(byte[] disk, List<String> wrong) {
    long[] found = new long[held.length];
    for (int block = 0; block < held.length; block++) {
      found[block] = identify(disk, block, wrong);
    }
    return found;
  }

  private long identify(byte[] disk, int block, List<String> wrong) {
    Optional<Stamp> stamp = Stamp.read(disk, block * Stamp.BLOCK_BYTES);
    if (stamp.isEmpty()) {
      wrong.add("block " + block + " is torn inside");
      return held[block];
    }
    long sequence = stamp.get().sequence();
    Entry entry = entries.get(sequence);
    boolean written =
        entry != null
            && entry.write.covers(block)
            && entry.write.writer() == stamp.get().writer()
            && stamp.get().lba() == block;
    if (!written && sequence != held[block]) {
      wrong.add("block " + block + " holds " + stamp.get() + ", which nobody wrote there");
    }
    return sequence;
  }

  private void checkNothingIsLost(long[] found, long answeredBefore, List<String> wrong) {
    Entry[] newest = new Entry[held.length];
    for (Entry entry : entries.values()) {
      if (entry.answeredAt >= answeredBefore) {
        continue;
      }
      for (int i = 0; i < entry.write.blocks(); i++) {
        int block = entry.write.lba() + i;
        if (newest[block] == null || newest[block].sentAt < entry.sentAt) {
          newest[block] = entry;
        }
      }
    }
    for (int block = 0; block < held.length; block++) {
      if (newest[block] != null && isOlder(found[block], newest[block])) {
        wrong.add(
            "block %d lost %s, which was answered: it holds %d"
                .formatted(block, newest[block].write, found[block]));
      }
    }
  }

  /** Whether a write was answered before another one was sent. */
  private boolean isOlder(long sequence, Entry than) {
    Entry entry = entries.get(sequence);
    return entry == null || entry.answeredAt < than.sentAt;
  }

  private void checkAtomicWritesAreWhole(long[] found, List<String> wrong) {
    for (int block = 0; block < held.length; block++) {
      Entry entry = entries.get(found[block]);
      boolean first = block == 0 || found[block - 1] != found[block];
      if (entry != null && entry.write.atomic() && first) {
        checkIsWhole(entry, block, found, wrong);
      }
    }
  }

  private void checkIsWhole(Entry atomic, int seenAt, long[] found, List<String> wrong) {
    for (int i = 0; i < atomic.write.blocks(); i++) {
      int block = atomic.write.lba() + i;
      long there = found[block];
      if (there == atomic.write.sequence()) {
        continue;
      }
      Entry other = entries.get(there);
      boolean contradicts = other != null && other.write.atomic() && other.write.covers(seenAt);
      if (isOlder(there, atomic) || contradicts) {
        wrong.add(
            "%s is torn: block %d holds it, block %d holds %d"
                .formatted(atomic.write, seenAt, block, there));
        return;
      }
    }
  }

  private Entry entry(long sequence) {
    return Objects.requireNonNull(entries.get(sequence), () -> "no write " + sequence);
  }
}

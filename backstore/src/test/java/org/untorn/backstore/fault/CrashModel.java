package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a disk of {@value #BLOCKS} blocks may hold after a power cut, told by the disk's contents
 * alone: every block that a write filled says which write it was.
 *
 * <p>A content is legal if each block holds a write that covers it and is not older than the last
 * one known to be durable there, and if an atomic write that is seen anywhere is hidden elsewhere
 * only by later ones.
 */
final class CrashModel {

  static final int BLOCKS = 64;
  static final int BLOCK_LENGTH = 512;

  /** A write or an unmap, by the order in which they were submitted. */
  private record Change(int order, int lba, int count, boolean atomic, boolean unmap) {
    boolean covers(int block) {
      return block >= lba && block < lba + count;
    }
  }

  private final List<Change> changes = new ArrayList<>();

  /** For each block the order of the last change that is durable there; 0: the beginning. */
  private final int[] durable = new int[BLOCKS];

  /** What the blocks held at the beginning of this life. */
  private byte[] beginning = new byte[BLOCKS * BLOCK_LENGTH];

  /** Takes note of a write, and gives what it is to write. */
  byte[] write(int lba, int count, boolean atomic) {
    Change change = new Change(changes.size() + 1, lba, count, atomic, false);
    changes.add(change);
    byte[] data = new byte[count * BLOCK_LENGTH];
    for (int i = 0; i < count; i++) {
      Arrays.fill(data, i * BLOCK_LENGTH, (i + 1) * BLOCK_LENGTH, (byte) 0x5A);
      ByteBuffer.wrap(data).putInt(i * BLOCK_LENGTH, change.order());
    }
    return data;
  }

  void unmap(int lba, int count) {
    changes.add(new Change(changes.size() + 1, lba, count, true, true));
  }

  /** The newest change was acknowledged as durable. */
  void newestIsDurable() {
    Change change = changes.getLast();
    for (int block = change.lba(); block < change.lba() + change.count(); block++) {
      durable[block] = change.order();
    }
  }

  /** A flush was acknowledged. */
  void flushed() {
    for (Change change : changes) {
      for (int block = change.lba(); block < change.lba() + change.count(); block++) {
        durable[block] = Math.max(durable[block], change.order());
      }
    }
  }

  /** The power is back: all that is there is durable. Writes of former lives mean nothing. */
  void begin(byte[] content) {
    beginning = content;
    changes.clear();
    Arrays.fill(durable, 0);
  }

  /** What is wrong with a content, if anything is. */
  Optional<String> violation(byte[] content) {
    for (int block = 0; block < BLOCKS; block++) {
      List<Integer> may = candidates(block, content);
      if (may.isEmpty()) {
        return Optional.of("block " + block + " holds something that is older, or never was");
      }
    }
    return changes.stream()
        .filter(Change::atomic)
        .filter(change -> !change.unmap())
        .map(change -> torn(change, content))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<String> torn(Change change, byte[] content) {
    boolean seen = false;
    boolean missing = false;
    for (int block = change.lba(); block < change.lba() + change.count(); block++) {
      List<Integer> may = candidates(block, content);
      seen |= may.equals(List.of(change.order()));
      missing |= may.getLast() < change.order();
    }
    return seen && missing ? Optional.of("half of " + change) : Optional.empty();
  }

  /** The changes, by their order, whose content this block may be; the beginning is 0. */
  private List<Integer> candidates(int block, byte[] content) {
    byte[] found = Arrays.copyOfRange(content, block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH);
    byte[] before = Arrays.copyOfRange(beginning, block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH);
    List<Integer> may = new ArrayList<>();
    if (durable[block] == 0 && Arrays.equals(found, before)) {
      may.add(0);
    }
    for (Change change : changes) {
      if (change.covers(block) && change.order() >= durable[block] && fits(change, found)) {
        may.add(change.order());
      }
    }
    return may;
  }

  private static boolean fits(Change change, byte[] found) {
    byte[] expected = new byte[BLOCK_LENGTH];
    if (!change.unmap()) {
      Arrays.fill(expected, (byte) 0x5A);
      ByteBuffer.wrap(expected).putInt(0, change.order());
    }
    return Arrays.equals(found, expected);
  }
}

package org.untorn.backstore;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The nodes of all maps of a pool: how they lie in memory, who refers to them, and when their
 * memory is used again. Addresses and lengths are in units of 512 bytes.
 *
 * <pre>
 *   byte  0            4         6              8         16
 *        [ references | entries | checksums     | mapped | ...          checksums: bit 15 is
 *                                                                       "detailed" (leaves only)
 *   inner 16          16 + 8n
 *        [ key (8)... | child (4)... ]                         child i has what lies from key i on
 *
 *   leaf  16      24          24 + 8n        24 + 12n
 *        [ base  | word...   | detail (4)... | checksum (4)... ]        no details: each entry is
 *                                                                       one granule, one checksum
 *   word    63         48 47        0      detail  31             16 15  12 11                   0
 *          [ start, low  | location ]             [ start, high     | kind | its first checksum  ]
 * </pre>
 *
 * A leaf's entry begins {@code start} units behind the leaf's base; {@link Kind} says what its kind
 * means. Life of a node:
 *
 * <pre>
 *   allocated --> reachable (hardly ever changed) -----------> unlinked --> reused
 *                 references &gt; 0                            == 0, until no reader can see it
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>{@code references} counts the nodes, roots and holders of roots that refer to a node.
 *   <li>A node that was reachable from a published root does not change, but for three things:
 *       references and the mapped count, which readers do not look at; a location that is replaced
 *       by another one where the same bytes lie; and one child, where one root alone has the node
 *       and no reader is anywhere ({@link #replaceChild}).
 *   <li>Unlinked nodes are reused when {@link Readers} says that nobody sees them.
 * </ol>
 *
 * Reading needs {@link Readers#enter} or a reference; all else is guarded by the {@link Log}'s
 * lock.
 */
final class MapNodes {

  static final int NONE = 0;
  static final int INNER_BYTES = 16;
  static final int LEAF_BYTES = 24;
  static final int KEY_BYTES = Long.BYTES;
  static final int CHILD_BYTES = Integer.BYTES;
  static final int WORD_BYTES = Long.BYTES;
  static final int DETAIL_BYTES = Integer.BYTES;
  static final int SUM_BYTES = Integer.BYTES;
  static final long LOCATION_MASK = (1L << Location.BITS) - 1;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
  private static final VarHandle CHILD = INT.varHandle();
  private static final int COUNT_AT = 4;
  private static final int SUMS_AT = 6;
  private static final int MAPPED_AT = 8;
  private static final int BASE_AT = 16;
  private static final int DETAILED = 0x8000;
  private static final int DETAIL_SHIFT = 16;
  private static final int KIND_SHIFT = 12;
  private static final int KIND_MASK = 0xF;
  private static final int SUM_MASK = (1 << KIND_SHIFT) - 1;

  /** So many unlinked nodes are worth a look at the readers. */
  private static final int BATCH = 64;

  private final NodeSpace space = new NodeSpace();
  private final Readers readers = new Readers();

  /** Unlinked by the change under way; still reachable if that fails. */
  private final IntStack unlinking = new IntStack();

  /** Unlinked in even and odd epochs. */
  private final IntStack[] unlinked = {new IntStack(), new IntStack()};

  private final IntStack reusable = new IntStack();

  /** Nodes without references whose children still count them, and their levels. */
  private final IntStack dropped = new IntStack();

  private final IntStack droppedLevels = new IntStack();

  Readers readers() {
    return readers;
  }

  long usedBytes() {
    return space.usedBytes();
  }

  long reservedBytes() {
    return space.reservedBytes();
  }

  List<Arena> takeSurplus() {
    return space.takeSurplus();
  }

  MemorySegment memory(int node) {
    return space.chunk(node);
  }

  // What a node says.

  int count(int node) {
    return Short.toUnsignedInt(memory(node).get(SHORT, NodeSpace.offset(node) + COUNT_AT));
  }

  /** How many units are mapped below. */
  long mapped(int node) {
    return node == NONE ? 0 : memory(node).get(LONG, NodeSpace.offset(node) + MAPPED_AT);
  }

  long key(int inner, int child) {
    return memory(inner)
        .get(LONG, NodeSpace.offset(inner) + INNER_BYTES + (long) child * KEY_BYTES);
  }

  int child(int inner, int child) {
    return (int) CHILD.getAcquire(memory(inner), childAt(inner, count(inner), child));
  }

  /** The child of an inner node that has what lies at {@code address}. */
  int childIndex(int inner, long address) {
    MemorySegment memory = memory(inner);
    long keys = NodeSpace.offset(inner) + INNER_BYTES;
    int low = 0;
    int high = count(inner) - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (memory.get(LONG, keys + (long) middle * KEY_BYTES) <= address) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The same for an address at or behind one that {@code first} has: mostly the same child. */
  int lastChildIndex(int inner, int first, long address) {
    boolean goesOn = first + 1 < count(inner) && key(inner, first + 1) <= address;
    return goesOn ? childIndex(inner, address) : first;
  }

  int sums(int leaf) {
    return sumsField(leaf) & ~DETAILED;
  }

  boolean isDetailed(int leaf) {
    return (sumsField(leaf) & DETAILED) != 0;
  }

  long base(int leaf) {
    return memory(leaf).get(LONG, NodeSpace.offset(leaf) + BASE_AT);
  }

  static long wordsAt(int leaf) {
    return NodeSpace.offset(leaf) + LEAF_BYTES;
  }

  static long detailsAt(int leaf, int count) {
    return wordsAt(leaf) + (long) count * WORD_BYTES;
  }

  static long sumsAt(int leaf, int count, boolean detailed) {
    return detailsAt(leaf, count) + (detailed ? (long) count * DETAIL_BYTES : 0);
  }

  static long keysAt(int inner) {
    return NodeSpace.offset(inner) + INNER_BYTES;
  }

  static long childAt(int inner, int count, int child) {
    return keysAt(inner) + (long) count * KEY_BYTES + (long) child * CHILD_BYTES;
  }

  /** How far behind its leaf's base an entry starts. */
  static long distance(long word, int detail) {
    return (long) (detail >>> DETAIL_SHIFT) << DETAIL_SHIFT | word >>> Location.BITS;
  }

  static int kind(int detail) {
    return detail >>> KIND_SHIFT & KIND_MASK;
  }

  static int firstSum(int detail) {
    return detail & SUM_MASK;
  }

  /** The second part of an entry; see {@link #distance}, {@link #kind} and {@link #firstSum}. */
  static int detail(long distance, int kind, int firstSum) {
    return (int) (distance >>> DETAIL_SHIFT) << DETAIL_SHIFT | kind << KIND_SHIFT | firstSum;
  }

  private int sumsField(int leaf) {
    return Short.toUnsignedInt(memory(leaf).get(SHORT, NodeSpace.offset(leaf) + SUMS_AT));
  }

  // Making nodes.

  /** A node with one reference, to be filled before it is published. */
  int allocateInner(int count, long mapped) {
    int node = space.allocate(INNER_BYTES + count * (KEY_BYTES + CHILD_BYTES));
    begin(node, count, 0, mapped);
    return node;
  }

  /** The same for a leaf. */
  int allocateLeaf(int count, int sums, boolean detailed, long mapped, long base) {
    int node = space.allocate(leafBytes(count, sums, detailed));
    begin(node, count, detailed ? sums | DETAILED : sums, mapped);
    memory(node).set(LONG, NodeSpace.offset(node) + BASE_AT, base);
    return node;
  }

  /**
   * A copy of a leaf, with one reference, in which an entry of whole granules lies elsewhere and
   * has other checksums.
   */
  int copyLeaf(int leaf, int entry, int firstSum, Written written) {
    int count = count(leaf);
    boolean detailed = isDetailed(leaf);
    int bytes = leafBytes(count, sums(leaf), detailed);
    int copy = space.allocate(bytes);
    MemorySegment memory = memory(copy);
    long at = NodeSpace.offset(copy);
    MemorySegment.copy(memory(leaf), NodeSpace.offset(leaf), memory, at, bytes);
    memory.set(INT, at, 1);
    long wordAt = wordsAt(copy) + (long) entry * WORD_BYTES;
    memory.set(LONG, wordAt, (memory.get(LONG, wordAt) & ~LOCATION_MASK) | written.location());
    int[] checksums = written.checksums();
    long sumAt = sumsAt(copy, count, detailed) + (long) firstSum * SUM_BYTES;
    for (int i = 0; i < checksums.length; i++) {
      memory.set(INT, sumAt + (long) i * SUM_BYTES, checksums[i]);
    }
    return copy;
  }

  /**
   * Puts another child, which has the same key and the first one's reference, in the place of one.
   * One word changes: a reader that comes meanwhile finds either. The next change must make sure
   * anew that there is none.
   */
  void replaceChild(int inner, int index, int child) {
    CHILD.setRelease(memory(inner), childAt(inner, count(inner), index), child);
  }

  /** More or fewer units are mapped below. */
  void addMapped(int node, long units) {
    if (units != 0) {
      memory(node).set(LONG, NodeSpace.offset(node) + MAPPED_AT, mapped(node) + units);
    }
  }

  /** Fills a new inner node with keys and children from {@code from} on. */
  void fillInner(int node, long[] keys, int[] children, int from) {
    int n = count(node);
    MemorySegment.copy(keys, from, memory(node), LONG, keysAt(node), n);
    MemorySegment.copy(children, from, memory(node), INT, childAt(node, n, 0), n);
  }

  /** Copies some children of an inner node, and their keys, to {@code at} and behind. */
  void readInner(int node, int from, int to, long[] keys, int[] children, int at) {
    long keysFrom = keysAt(node) + (long) from * KEY_BYTES;
    MemorySegment.copy(memory(node), LONG, keysFrom, keys, at, to - from);
    long childrenFrom = childAt(node, count(node), from);
    MemorySegment.copy(memory(node), INT, childrenFrom, children, at, to - from);
  }

  void setWord(int leaf, int entry, long word) {
    memory(leaf).set(LONG, wordsAt(leaf) + (long) entry * WORD_BYTES, word);
  }

  void setDetail(int leaf, int count, int entry, int detail) {
    memory(leaf).set(INT, detailsAt(leaf, count) + (long) entry * DETAIL_BYTES, detail);
  }

  void setChecksum(int leaf, int count, boolean detailed, int index, int checksum) {
    memory(leaf).set(INT, sumsAt(leaf, count, detailed) + (long) index * SUM_BYTES, checksum);
  }

  static int leafBytes(int count, int sums, boolean detailed) {
    int entry = WORD_BYTES + (detailed ? DETAIL_BYTES : 0);
    return LEAF_BYTES + count * entry + sums * SUM_BYTES;
  }

  private void begin(int node, int count, int sums, long mapped) {
    MemorySegment memory = memory(node);
    long at = NodeSpace.offset(node);
    memory.set(INT, at, 1);
    memory.set(SHORT, at + COUNT_AT, (short) count);
    memory.set(SHORT, at + SUMS_AT, (short) sums);
    memory.set(LONG, at + MAPPED_AT, mapped);
  }

  // References.

  int references(int node) {
    return memory(node).get(INT, NodeSpace.offset(node));
  }

  void addReference(int node) {
    setReferences(node, references(node) + 1);
  }

  private void setReferences(int node, int count) {
    memory(node).set(INT, NodeSpace.offset(node), count);
  }

  /** Takes one of several references back; who takes the last one unlinks the node. */
  void takeReference(int node) {
    setReferences(node, references(node) - 1);
  }

  /** Takes a reference back; a node without any is unlinked sooner or later. */
  void drop(int node, int level) {
    if (node == NONE) {
      return;
    }
    takeReference(node);
    if (references(node) == 0) {
      dropped.push(node);
      droppedLevels.push(level);
    }
  }

  /** The node is no longer reachable once the change under way is published. */
  void unlink(int node) {
    unlinking.push(node);
  }

  /** The change under way is done, and will be published before the next one begins. */
  void changed() {
    unlinking.moveTo(unlinked[(int) (readers.epoch() & 1)]);
  }

  /** How many nodes wait to be used again. */
  int backlog() {
    return dropped.size() + unlinked[0].size() + unlinked[1].size() + reusable.size();
  }

  /** Does a bounded part of what there is to do: false if there is nothing left. */
  boolean reclaim(int nodes) {
    for (int i = 0; i < nodes && !dropped.isEmpty(); i++) {
      int node = dropped.pop();
      int level = droppedLevels.pop();
      if (level > 0) {
        for (int child = 0, count = count(node); child < count; child++) {
          drop(child(node, child), level - 1);
        }
      }
      unlinked[(int) (readers.epoch() & 1)].push(node);
    }
    for (int i = 0; i < nodes && !reusable.isEmpty(); i++) {
      space.free(reusable.pop());
    }
    return !dropped.isEmpty() || !reusable.isEmpty() || advance(1);
  }

  /** Lets the next epoch begin where that is worth it. */
  void advance() {
    advance(BATCH);
  }

  private boolean advance(int worth) {
    if (unlinked[0].size() + unlinked[1].size() < worth
        || !reusable.isEmpty()
        || !readers.tryAdvance()) {
      return false;
    }
    unlinked[(int) (readers.epoch() & 1)].moveTo(reusable);
    return true;
  }
}

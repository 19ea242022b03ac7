package org.untorn.backstore.fault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.untorn.backstore.BlockExtent;

/**
 * What a volume holds that is not on stable storage: for each block that such a change touched,
 * what the medium has of it for sure, and what was written since, the oldest first.
 *
 * <pre>
 *   block 7   durable ── change 12 ── change 15        change 15 is what readers see
 *   block 8   durable ── change 12
 *   block 9   durable ──────────────── change 15
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A block is here exactly as long as a change of it is not durable.
 *   <li>When a change becomes durable, the versions of its blocks that are older can come back no
 *       more: they are gone.
 *   <li>A crash state is a choice of changes, of plain writes block by block, carried out in their
 *       order over what is durable. Every choice is legal that takes the atomic ones whole or not
 *       at all.
 * </ol>
 *
 * Its user guards it.
 */
final class Unflushed {

  /** What an unmapped block holds. */
  static final byte[] UNMAPPED = new byte[0];

  /** What a version costs beside its bytes, about. */
  private static final int OVERHEAD = 64;

  /** A change. {@code here} counts its blocks that later durable ones have not taken. */
  static final class Entry {
    private final long number;
    private final Fate.Kind kind;
    private final long[] lbas;
    private int here;
    private boolean acknowledged;

    private Entry(long number, Fate.Kind kind, long[] lbas) {
      this.number = number;
      this.kind = kind;
      this.lbas = lbas;
      this.here = lbas.length;
    }

    long number() {
      return number;
    }

    Fate.Kind kind() {
      return kind;
    }

    int blocks() {
      return lbas.length;
    }

    void acknowledge() {
      acknowledged = true;
    }
  }

  private static final class Version {
    private final Entry entry;
    private final int index;
    private final byte[] content;

    private Version(Entry entry, int index, byte[] content) {
      this.entry = entry;
      this.index = index;
      this.content = content;
    }
  }

  private static final class Block {
    private byte[] durable;
    private final List<Version> versions = new ArrayList<>();

    private Block(byte[] durable) {
      this.durable = durable;
    }
  }

  private final NavigableMap<Long, Block> blocks = new TreeMap<>();
  private final NavigableMap<Long, Entry> entries = new TreeMap<>();
  private long bytes;

  /** What those of these blocks hold of which something is not durable. */
  Map<Long, byte[]> newest(List<BlockExtent> extents) {
    Map<Long, byte[]> contents = new HashMap<>();
    for (BlockExtent extent : extents) {
      blocks
          .subMap(extent.lba(), extent.lba() + extent.count())
          .forEach((lba, block) -> contents.put(lba, block.versions.getLast().content));
    }
    return contents;
  }

  /** How much memory this takes, about. */
  long bytes() {
    return bytes;
  }

  /** The number of the newest change that is not durable; 0 if all are. */
  long newest() {
    return entries.isEmpty() ? 0 : entries.lastKey();
  }

  int changes() {
    return entries.size();
  }

  /**
   * Adds the newest change.
   *
   * @param contents what it made of each block
   * @param before what each block held. That is durable where nothing is at risk: there never was,
   *     or it was made durable while this change was carried out
   */
  Entry add(
      long number, Fate.Kind kind, SortedMap<Long, byte[]> contents, Map<Long, byte[]> before) {
    long[] lbas = contents.keySet().stream().mapToLong(Long::longValue).toArray();
    Entry entry = new Entry(number, kind, lbas);
    for (int i = 0; i < lbas.length; i++) {
      long lba = lbas[i];
      Block block = blocks.get(lba);
      if (block == null) {
        block = new Block(before.getOrDefault(lba, UNMAPPED));
        bytes += cost(block.durable);
        blocks.put(lba, block);
      }
      byte[] content = contents.getOrDefault(lba, UNMAPPED);
      block.versions.add(new Version(entry, i, content));
      bytes += cost(content);
    }
    entries.put(number, entry);
    return entry;
  }

  /** Takes note that a change, wherever it stands in the order, is durable. */
  void settle(Entry entry) {
    entries.remove(entry.number);
    for (long lba : entry.lbas) {
      Block block = blocks.get(lba);
      if (block != null) {
        settle(lba, block, entry);
      }
    }
  }

  private void settle(long lba, Block block, Entry entry) {
    int at = 0;
    while (at < block.versions.size() && block.versions.get(at).entry != entry) {
      at++;
    }
    if (at == block.versions.size()) {
      return;
    }
    bytes -= cost(block.durable);
    block.durable = block.versions.get(at).content;
    List<Version> gone = block.versions.subList(0, at + 1);
    for (Version version : gone.subList(0, at)) {
      bytes -= cost(version.content);
      forget(version.entry);
    }
    gone.clear();
    if (block.versions.isEmpty()) {
      bytes -= cost(block.durable);
      blocks.remove(lba);
    }
  }

  private void forget(Entry entry) {
    entry.here--;
    if (entry.here == 0) {
      entries.remove(entry.number);
    }
  }

  /** Takes note that every change up to this number is durable. */
  void settleThrough(long number) {
    for (Entry entry : List.copyOf(entries.headMap(number, true).values())) {
      settle(entry);
    }
  }

  /** Takes note that these blocks were just changed, durably. */
  void overwritten(long lba, long count) {
    SortedMap<Long, Block> gone = blocks.subMap(lba, lba + count);
    for (Block block : gone.values()) {
      bytes -= cost(block.durable);
      for (Version version : block.versions) {
        bytes -= cost(version.content);
        forget(version.entry);
      }
    }
    gone.clear();
  }

  /** Makes changes durable, chosen at random, until it takes no more than this. */
  void destage(long limit, RandomGenerator random) {
    while (bytes > limit && !entries.isEmpty()) {
      long first = entries.firstKey();
      long chosen = first + random.nextLong(entries.lastKey() - first + 1);
      settle(entries.ceilingEntry(chosen).getValue());
    }
  }

  /** Forgets all: what readers see is durable. */
  void clear() {
    blocks.clear();
    entries.clear();
    bytes = 0;
  }

  /** Decides what becomes of each change, the oldest first. */
  List<Fate> fates(Function<Entry, BitSet> survivors) {
    List<Fate> fates = new ArrayList<>();
    for (Entry entry : entries.values()) {
      fates.add(
          new Fate(
              entry.number,
              entry.kind,
              entry.lbas[0],
              entry.lbas.length,
              entry.acknowledged,
              survivors.apply(entry)));
    }
    return fates;
  }

  /** What the blocks hold after these fates, as far as readers see something else now. */
  SortedMap<Long, byte[]> after(List<Fate> fates) {
    Map<Long, BitSet> survivors = new TreeMap<>();
    fates.forEach(fate -> survivors.put(fate.write(), fate.survivors()));
    SortedMap<Long, byte[]> changed = new TreeMap<>();
    blocks.forEach(
        (lba, block) -> {
          byte[] content = block.durable;
          for (Version version : block.versions) {
            BitSet alive = survivors.getOrDefault(version.entry.number, new BitSet());
            content = alive.get(version.index) ? version.content : content;
          }
          if (!Arrays.equals(content, block.versions.getLast().content)) {
            changed.put(lba, content);
          }
        });
    return changed;
  }

  private static long cost(byte[] content) {
    return (long) content.length + OVERHEAD;
  }
}

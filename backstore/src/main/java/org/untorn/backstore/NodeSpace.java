package org.untorn.backstore;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Memory for the nodes of maps, off the heap: slots of some seventy sizes, 16 bytes to {@value
 * #MAXIMUM_BYTES}.
 *
 * <pre>
 *   chunk, 128 KiB, from the C library     [ span | span | span | ... ]     16 spans
 *   span, 8 KiB, slots  of one size        [ slot | slot | slot | ... ]     8 and more slots
 *
 *   reference   31        13 12           0
 *               [ chunk     | 16 bytes    ]     0 is none: chunks count from 1 on
 * </pre>
 *
 * The first chunk has but {@value #FIRST_SPANS} spans and is always kept. A size divides a span
 * without a rest worth mentioning. A span without used slots may get another size; a chunk without
 * used spans goes back to the C library, but for one that is kept.
 *
 * <p>Reading a slot needs no lock; all else is guarded by the {@link Log}'s. A slot whose bytes a
 * reader may still look at must not be freed: its first bytes then name the next free one.
 */
final class NodeSpace {

  static final int MAXIMUM_BYTES = 1024;

  private static final int ALIGNMENT = 16;
  private static final int SPAN_BYTES = 8 << 10;
  private static final int SPANS = 16;
  private static final int CHUNK_BYTES = SPANS * SPAN_BYTES;
  private static final int CHUNK_SHIFT = 13;
  private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
  private static final int NONE = -1;

  /**
   * The first chunk is shorter: a small pool needs no more, and is opened and forgotten cheaply.
   */
  private static final int FIRST_SPANS = 12;

  private static final int ABSENT = -2;

  private static final int[] SIZES = sizes();
  private static final byte[] SIZE_OF = sizeOf();
  private static final Cleaner CLEANER = Cleaner.create();

  /** By chunk, from 1 on; a reader finds those that are older than the root that it goes down. */
  private MemorySegment[] chunks = {MemorySegment.NULL, MemorySegment.NULL};

  /** By span; chunk 1 has the first sixteen. */
  private Span[] spans = new Span[2 * SPANS];

  private final Memory memory = new Memory();
  private final BitSet chunksWithFreeSpans = new BitSet();
  private final BitSet unusedChunks = new BitSet();
  private final List<Arena> surplus = new ArrayList<>();
  private int knownChunks;
  private int idleChunks;

  /** By size: a span with a free slot, the first of a list. */
  private final int[] open = new int[SIZES.length];

  private long usedBytes;

  NodeSpace() {
    Arrays.fill(open, NONE);
    CLEANER.register(this, memory);
  }

  /** One span's state. */
  private static final class Span {
    private int size = NONE;
    private int used;
    private int firstFree;
    private int fresh;
    private int next = NONE;
    private int previous = NONE;
  }

  /** The chunks' memory, which is given back when nobody knows the space any more. */
  private static final class Memory implements Runnable {
    private final Map<Integer, Arena> arenas = new HashMap<>();

    // Closed by remove or by run.
    @SuppressWarnings("MustBeClosed")
    MemorySegment add(int chunk) {
      if (chunk == 0) {
        return Arena.ofAuto().allocate(FIRST_SPANS * SPAN_BYTES, 64);
      }
      Arena arena = Arena.ofShared();
      arenas.put(chunk, arena);
      return arena.allocate(CHUNK_BYTES, 64);
    }

    Arena remove(int chunk) {
      return Objects.requireNonNull(arenas.remove(chunk));
    }

    @Override
    public void run() {
      arenas.values().forEach(Arena::close);
    }
  }

  /** The memory that a reference points into; see {@link #offset}. */
  MemorySegment chunk(int reference) {
    return chunks[reference >>> CHUNK_SHIFT];
  }

  /** Where in its chunk a slot begins, in bytes. */
  static long offset(int reference) {
    return (long) (reference & CHUNK_MASK) * ALIGNMENT;
  }

  /** What slots take that are in use. */
  long usedBytes() {
    return usedBytes;
  }

  /** What all chunks take. */
  long reservedBytes() {
    return (long) (knownChunks - unusedChunks.cardinality()) * CHUNK_BYTES;
  }

  /** A slot of at least {@code bytes} bytes, whatever they hold. */
  int allocate(int bytes) {
    int size = SIZE_OF[(bytes + ALIGNMENT - 1) / ALIGNMENT];
    if (open[size] == NONE) {
      openSpan(size);
    }
    int index = open[size];
    Span span = spans[index];
    int slot;
    if (span.firstFree != 0) {
      slot = span.firstFree;
      span.firstFree = chunk(slot).get(ValueLayout.JAVA_INT, offset(slot));
    } else {
      slot = reference(index, span.fresh);
      span.fresh += SIZES[size];
    }
    span.used++;
    if (span.firstFree == 0 && span.fresh + SIZES[size] > SPAN_BYTES) {
      unlink(index, size);
    }
    usedBytes += SIZES[size];
    return slot;
  }

  void free(int reference) {
    int index = spanOf(reference);
    Span span = spans[index];
    int size = span.size;
    if (span.firstFree == 0 && span.fresh + SIZES[size] > SPAN_BYTES) {
      link(index, size);
    }
    chunk(reference).set(ValueLayout.JAVA_INT, offset(reference), span.firstFree);
    span.firstFree = reference;
    span.used--;
    usedBytes -= SIZES[size];
    if (span.used == 0) {
      unlink(index, size);
      span.size = NONE;
      spanFreed(index / SPANS);
    }
  }

  /** Memory that nothing lies in any more, to be closed outside the lock. */
  List<Arena> takeSurplus() {
    List<Arena> taken = List.copyOf(surplus);
    surplus.clear();
    return taken;
  }

  private void openSpan(int size) {
    int chunk = chunksWithFreeSpans.nextSetBit(0);
    if (chunk < 0) {
      chunk = addChunk();
    }
    int free = 0;
    int found = NONE;
    for (int i = chunk * SPANS; i < (chunk + 1) * SPANS; i++) {
      if (spans[i].size == NONE) {
        free++;
        found = found == NONE ? i : found;
      }
    }
    idleChunks -= free == SPANS ? 1 : 0;
    chunksWithFreeSpans.set(chunk, free > 1);
    Span span = spans[found];
    span.size = size;
    span.firstFree = 0;
    span.fresh = 0;
    link(found, size);
  }

  private int addChunk() {
    int chunk = unusedChunks.nextSetBit(0);
    if (chunk < 0) {
      chunk = knownChunks;
    }
    if (chunk + 1 > -1 >>> CHUNK_SHIFT) {
      throw new OutOfMemoryError("the map has used up its 64 GiB");
    }
    if (chunk + 1 >= chunks.length) {
      chunks = Arrays.copyOf(chunks, chunks.length * 2);
      spans = Arrays.copyOf(spans, chunks.length * SPANS);
    }
    chunks[chunk + 1] = memory.add(chunk);
    for (int i = chunk * SPANS; i < (chunk + 1) * SPANS; i++) {
      spans[i] = new Span();
      if (i >= FIRST_SPANS && i < SPANS) {
        spans[i].size = ABSENT;
      }
    }
    knownChunks = Math.max(knownChunks, chunk + 1);
    unusedChunks.clear(chunk);
    chunksWithFreeSpans.set(chunk);
    idleChunks += chunk == 0 ? 0 : 1;
    return chunk;
  }

  private void spanFreed(int chunk) {
    chunksWithFreeSpans.set(chunk);
    for (int i = chunk * SPANS; i < (chunk + 1) * SPANS; i++) {
      if (spans[i].size != NONE) {
        return;
      }
    }
    idleChunks++;
    if (idleChunks > 1) {
      chunks[chunk + 1] = MemorySegment.NULL;
      surplus.add(memory.remove(chunk));
      chunksWithFreeSpans.clear(chunk);
      unusedChunks.set(chunk);
      idleChunks--;
    }
  }

  private void link(int index, int size) {
    spans[index].previous = NONE;
    spans[index].next = open[size];
    if (open[size] != NONE) {
      spans[open[size]].previous = index;
    }
    open[size] = index;
  }

  private void unlink(int index, int size) {
    Span span = spans[index];
    if (span.previous == NONE) {
      open[size] = span.next;
    } else {
      spans[span.previous].next = span.next;
    }
    if (span.next != NONE) {
      spans[span.next].previous = span.previous;
    }
  }

  private static int reference(int index, int offset) {
    int chunk = index / SPANS + 1;
    return chunk << CHUNK_SHIFT | (index % SPANS * SPAN_BYTES + offset) / ALIGNMENT;
  }

  private static int spanOf(int reference) {
    int inChunk = (reference & CHUNK_MASK) * ALIGNMENT / SPAN_BYTES;
    return ((reference >>> CHUNK_SHIFT) - 1) * SPANS + inChunk;
  }

  /** The lengths that divide a span into 8 and more slots, in ascending order. */
  private static int[] sizes() {
    return IntStream.rangeClosed(SPAN_BYTES / MAXIMUM_BYTES, SPAN_BYTES / ALIGNMENT)
        .map(slots -> SPAN_BYTES / slots / ALIGNMENT * ALIGNMENT)
        .distinct()
        .sorted()
        .toArray();
  }

  /** By length in units of the alignment: the smallest size that is long enough. */
  private static byte[] sizeOf() {
    byte[] sizeOf = new byte[MAXIMUM_BYTES / ALIGNMENT + 1];
    byte size = 0;
    for (int i = 0; i < sizeOf.length; i++) {
      while (SIZES[size] < i * ALIGNMENT) {
        size++;
      }
      sizeOf[i] = size;
    }
    return sizeOf;
  }
}

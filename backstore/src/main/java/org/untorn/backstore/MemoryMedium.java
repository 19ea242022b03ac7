package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A medium in the process's heap. A sync does nothing: there is no power failure that the heap
 * would survive.
 *
 * <p>A file is a table of chunks, made when they are first written:
 *
 * <pre>
 *   file "segment-00000001"   chunks [0][1][ ][3]     [ ] was never written and reads as zeros
 * </pre>
 *
 * The table grows under the file's monitor; bytes are copied outside it.
 */
public final class MemoryMedium implements Medium {

  private static final int DEFAULT_CHUNK_BYTES = 64 << 10;
  private static final byte[] NEVER_WRITTEN = new byte[0];

  private final int chunkBytes;
  private final ConcurrentMap<String, Chunks> chunksOf = new ConcurrentHashMap<>();

  /** An empty medium. */
  public MemoryMedium() {
    this(DEFAULT_CHUNK_BYTES);
  }

  /** An empty medium that allocates {@code chunkBytes} at a time. */
  public MemoryMedium(int chunkBytes) {
    this.chunkBytes = chunkBytes;
  }

  @Override
  public List<String> files() {
    return List.copyOf(chunksOf.keySet());
  }

  @Override
  public long length(String file) {
    Chunks chunks = chunksOf.get(file);
    return chunks == null ? 0 : chunks.length;
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) {
    Chunks chunks = chunksOf.get(file);
    byte[][] table = chunks == null ? new byte[0][] : chunks.table;
    int done = 0;
    while (done < into.remaining()) {
      int index = Math.toIntExact((offset + done) / chunkBytes);
      int start = (int) ((offset + done) % chunkBytes);
      int length = Math.min(into.remaining() - done, chunkBytes - start);
      byte[] chunk = index < table.length ? table[index] : NEVER_WRITTEN;
      if (chunk.length == 0) {
        Zeros.put(into, into.position() + done, length);
      } else {
        into.put(into.position() + done, chunk, start, length);
      }
      done += length;
    }
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose) {
    Chunks chunks = chunksOf.computeIfAbsent(file, name -> new Chunks());
    long end = offset + BlockOperation.length(data);
    byte[][] table = chunks.reserve(offset, end, chunkBytes);
    long at = offset;
    for (ByteBuffer buffer : data) {
      int done = 0;
      while (done < buffer.remaining()) {
        int start = (int) (at % chunkBytes);
        int length = Math.min(buffer.remaining() - done, chunkBytes - start);
        buffer.get(buffer.position() + done, table[(int) (at / chunkBytes)], start, length);
        done += length;
        at += length;
      }
    }
    chunks.grow(end);
  }

  @Override
  public void sync(String file, Purpose purpose) {}

  @Override
  public void delete(String file) {
    chunksOf.remove(file);
  }

  @Override
  public void close() throws IOException {}

  /** One file. */
  private static final class Chunks {

    private volatile byte[][] table = new byte[0][];
    private volatile long length;

    /** Makes the chunks that hold the bytes from {@code offset} to {@code end}. */
    private byte[][] reserve(long offset, long end, int chunkBytes) {
      int first = Math.toIntExact(offset / chunkBytes);
      int last = Math.toIntExact((end + chunkBytes - 1) / chunkBytes);
      byte[][] found = table;
      return holds(found, first, last) ? found : make(first, last, chunkBytes);
    }

    private synchronized byte[][] make(int first, int last, int chunkBytes) {
      byte[][] grown = Arrays.copyOf(table, Math.max(table.length, last));
      Arrays.fill(grown, table.length, grown.length, NEVER_WRITTEN);
      for (int i = first; i < last; i++) {
        if (grown[i].length == 0) {
          grown[i] = new byte[chunkBytes];
        }
      }
      table = grown;
      return grown;
    }

    private static boolean holds(byte[][] table, int first, int last) {
      if (last > table.length) {
        return false;
      }
      for (int i = first; i < last; i++) {
        if (table[i].length == 0) {
          return false;
        }
      }
      return true;
    }

    private synchronized void grow(long end) {
      length = Math.max(length, end);
    }
  }
}

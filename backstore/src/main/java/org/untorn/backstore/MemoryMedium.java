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
 * <p>A file is a table of chunks, made when something else than zeros is written to them:
 *
 * <pre>
 *   file "segment-00000001"   chunks [0][1][ ][3]     [ ] holds zeros: it takes no memory
 * </pre>
 *
 * The table grows, and chunks are made, under the file's monitor; bytes are copied outside it.
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
    int done = 0;
    while (done < into.remaining()) {
      int index = Math.toIntExact((offset + done) / chunkBytes);
      int start = (int) ((offset + done) % chunkBytes);
      int length = Math.min(into.remaining() - done, chunkBytes - start);
      byte[] chunk = chunks == null ? NEVER_WRITTEN : chunks.chunk(index);
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
    long at = offset;
    for (ByteBuffer buffer : data) {
      int done = 0;
      while (done < buffer.remaining()) {
        int start = (int) (at % chunkBytes);
        int length = Math.min(buffer.remaining() - done, chunkBytes - start);
        put(chunks, at, buffer, buffer.position() + done, length);
        done += length;
        at += length;
      }
    }
    chunks.grow(at);
  }

  /** Puts what goes to one chunk. */
  private void put(Chunks chunks, long at, ByteBuffer from, int index, int length) {
    int chunk = Math.toIntExact(at / chunkBytes);
    if (chunks.chunk(chunk).length > 0 || !Zeros.are(from, index, length)) {
      from.get(index, chunks.make(chunk, chunkBytes), (int) (at % chunkBytes), length);
    }
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

    private byte[] chunk(int index) {
      byte[][] found = table;
      return index < found.length ? found[index] : NEVER_WRITTEN;
    }

    /** The chunk, made if there is none. */
    private byte[] make(int index, int chunkBytes) {
      byte[] found = chunk(index);
      return found.length > 0 ? found : makeAlone(index, chunkBytes);
    }

    private synchronized byte[] makeAlone(int index, int chunkBytes) {
      byte[][] grown = table;
      if (index >= grown.length) {
        grown = Arrays.copyOf(table, Math.max(index + 1, table.length * 2));
        Arrays.fill(grown, table.length, grown.length, NEVER_WRITTEN);
      }
      if (grown[index].length == 0) {
        grown[index] = new byte[chunkBytes];
      }
      table = grown;
      return grown[index];
    }

    private synchronized void grow(long end) {
      length = Math.max(length, end);
    }
  }
}

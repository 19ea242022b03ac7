package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntFunction;

/**
 * A medium in the process's memory. A sync does nothing: there is no power failure that memory
 * would survive. What a deleted file held is given back when the collector finds it.
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
  private static final ByteBuffer NEVER_WRITTEN = ByteBuffer.allocate(0);

  private final int chunkBytes;
  private final IntFunction<ByteBuffer> allocator;
  private final ConcurrentMap<String, Chunks> chunksOf = new ConcurrentHashMap<>();

  /**
   * An empty medium outside the Java heap: the collector does not move its blocks, and the heap's
   * limit does not bound them.
   */
  public MemoryMedium() {
    this(DEFAULT_CHUNK_BYTES, ByteBuffer::allocateDirect);
  }

  /**
   * An empty medium on the heap that allocates {@code chunkBytes} at a time: for those who make
   * many small ones.
   */
  public MemoryMedium(int chunkBytes) {
    this(chunkBytes, ByteBuffer::allocate);
  }

  private MemoryMedium(int chunkBytes, IntFunction<ByteBuffer> allocator) {
    this.chunkBytes = chunkBytes;
    this.allocator = allocator;
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
      ByteBuffer chunk = chunks == null ? NEVER_WRITTEN : chunks.chunk(index);
      if (chunk.capacity() == 0) {
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
    if (chunks.chunk(chunk).capacity() > 0 || !Zeros.are(from, index, length)) {
      chunks.make(chunk, this).put((int) (at % chunkBytes), from, index, length);
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

    private volatile ByteBuffer[] table = new ByteBuffer[0];
    private volatile long length;

    private ByteBuffer chunk(int index) {
      ByteBuffer[] found = table;
      return index < found.length ? found[index] : NEVER_WRITTEN;
    }

    /** The chunk, made if there is none. */
    private ByteBuffer make(int index, MemoryMedium medium) {
      ByteBuffer found = chunk(index);
      return found.capacity() > 0 ? found : makeAlone(index, medium);
    }

    private synchronized ByteBuffer makeAlone(int index, MemoryMedium medium) {
      ByteBuffer[] grown = table;
      if (index >= grown.length) {
        grown = Arrays.copyOf(table, Math.max(index + 1, table.length * 2));
        Arrays.fill(grown, table.length, grown.length, NEVER_WRITTEN);
      }
      if (grown[index].capacity() == 0) {
        grown[index] = medium.allocator.apply(medium.chunkBytes);
      }
      table = grown;
      return grown[index];
    }

    private synchronized void grow(long end) {
      length = Math.max(length, end);
    }
  }
}

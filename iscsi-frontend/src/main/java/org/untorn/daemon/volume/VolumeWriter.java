package org.untorn.daemon.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.Pool;
import org.untorn.daemon.config.Size;

/**
 * Writes a content into a new volume. Blocks of zeros are not written, so they stay unmapped. A
 * content that does not know its length makes the volume grow as it comes; a last block that is not
 * whole is filled with zeros.
 *
 * <p>Used by one thread.
 */
final class VolumeWriter implements ContentSink {

  private static final long FIRST_BYTES = 64 << 20;

  private final Pool pool;
  private final PoolRoom room;
  private final String name;
  private Optional<BlockStore> store = Optional.empty();
  private boolean growing;
  private long end;

  VolumeWriter(Pool pool, PoolRoom room, String name) {
    this.pool = pool;
    this.room = room;
    this.name = name;
  }

  @Override
  public void begin(Content content) throws IOException {
    int block = content.blockSize();
    if (block != 512 && block != 4096) {
      throw new IOException("a block size of " + block + ": 512 and 4096 are supported");
    }
    growing = content.bytes().isEmpty();
    long bytes = content.bytes().orElse(FIRST_BYTES);
    Geometry geometry = new Geometry(block, wholeBlocks(bytes, block));
    if (geometry.blocks() == 0) {
      throw new IOException("there is nothing in it: give a size");
    }
    room.grant(pool, 2 * Math.min(geometry.bytes(), Long.MAX_VALUE / 4));
    pool.create(name, geometry);
    store = Optional.of(pool.open(name));
  }

  @Override
  public void data(long offset, ByteBuffer bytes) throws IOException {
    BlockStore volume = store.orElseThrow();
    int block = volume.geometry().blockLength();
    if (offset % block != 0) {
      throw new IOException("data at byte " + offset + " begins within a block");
    }
    makeRoomFor(volume, offset + bytes.remaining());
    ByteBuffer whole = wholeBlocks(bytes, block);
    int blocks = whole.remaining() / block;
    for (int at = 0; at < blocks; ) {
      int run = 1;
      boolean zeros = isZero(whole, at, block);
      while (at + run < blocks && isZero(whole, at + run, block) == zeros) {
        run++;
      }
      if (!zeros) {
        write(volume, offset / block + at, whole.slice(at * block, run * block));
      }
      at += run;
    }
    bytes.position(bytes.limit());
  }

  @Override
  public void end() throws IOException {
    BlockStore volume = store.orElseThrow();
    if (growing) {
      long blocks = wholeBlocks(end, volume.geometry().blockLength());
      if (blocks == 0) {
        throw new IOException("there is nothing in it: give a size");
      }
      pool.resize(name, blocks);
    }
    await(volume, new BlockOperation.Flush());
  }

  private void makeRoomFor(BlockStore volume, long needed) throws IOException {
    end = Math.max(end, needed);
    Geometry geometry = volume.geometry();
    if (needed <= geometry.bytes()) {
      return;
    }
    if (!growing) {
      throw new IOException(
          "it is longer than %s; give a larger size".formatted(new Size(geometry.bytes())));
    }
    long bytes = Math.max(needed, 2 * geometry.bytes());
    room.grant(pool, 2 * bytes);
    pool.resize(name, wholeBlocks(bytes, geometry.blockLength()));
  }

  private static void write(BlockStore volume, long lba, ByteBuffer data) throws IOException {
    await(volume, new BlockOperation.Write(lba, List.of(data), Durability.APPENDED));
  }

  /** Waits for an operation; what it does not do is thrown. */
  static void await(BlockStore volume, BlockOperation operation) throws IOException {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    volume.submit(operation, done::complete);
    BlockOutcome outcome = done.join();
    if (outcome instanceof BlockOutcome.OutOfSpace) {
      throw new IOException("the pool is full; delete volumes or snapshots, or give it more room");
    } else if (!(outcome instanceof BlockOutcome.Done)) {
      throw new IOException("it could not be written: " + outcome);
    }
  }

  /** Whether a block of so many bytes, counted from the buffer's first byte, is zeros. */
  static boolean isZero(ByteBuffer data, int block, int length) {
    for (int at = block * length; at < (block + 1) * length; at += Long.BYTES) {
      if (data.getLong(at) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The bytes from 0 on in a buffer of whole blocks; shared if they are. */
  private static ByteBuffer wholeBlocks(ByteBuffer bytes, int block) {
    int length = bytes.remaining();
    if (length % block == 0) {
      return bytes.slice();
    }
    return ByteBuffer.allocate((int) wholeBlocks(length, block) * block)
        .put(0, bytes, bytes.position(), length);
  }

  private static long wholeBlocks(long bytes, int block) {
    return bytes / block + (bytes % block == 0 ? 0 : 1);
  }
}

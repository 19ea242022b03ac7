package org.untorn.daemon.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;

/**
 * Writes a content over what a volume holds; blocks of zeros are given back.
 *
 * <p>Used by one thread.
 */
record OverlayWriter(BlockStore volume) implements ContentSink {

  @Override
  public void begin(Content content) throws IOException {
    Geometry geometry = volume.geometry();
    if (content.blockSize() != geometry.blockLength()
        || !content.bytes().equals(OptionalLong.of(geometry.bytes()))) {
      throw new IOException("what is to lie over it has another size");
    }
  }

  @Override
  public void data(long offset, ByteBuffer bytes) throws IOException {
    int length = volume.geometry().blockLength();
    if (offset % length != 0 || bytes.remaining() % length != 0) {
      throw new IOException("data at byte " + offset + " is no whole blocks");
    }
    ByteBuffer data = bytes.slice();
    int blocks = data.remaining() / length;
    for (int at = 0; at < blocks; ) {
      int run = 1;
      boolean zeros = VolumeWriter.isZero(data, at, length);
      while (at + run < blocks && VolumeWriter.isZero(data, at + run, length) == zeros) {
        run++;
      }
      long lba = offset / length + at;
      VolumeWriter.await(
          volume,
          zeros
              ? new BlockOperation.Unmap(List.of(new BlockExtent(lba, run)), Durability.APPENDED)
              : new BlockOperation.Write(
                  lba, List.of(data.slice(at * length, run * length)), Durability.APPENDED));
      at += run;
    }
    bytes.position(bytes.limit());
  }

  @Override
  public void end() throws IOException {
    VolumeWriter.await(volume, new BlockOperation.Flush());
  }
}

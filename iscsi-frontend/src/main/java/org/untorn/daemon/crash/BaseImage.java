package org.untorn.daemon.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.untorn.backstore.BlockExtent;
import org.untorn.daemon.volume.Content;
import org.untorn.daemon.volume.ContentSink;
import org.untorn.daemon.volume.RawImage;

/**
 * What a volume held when its recording began, as a raw image with holes, and where its data is.
 */
final class BaseImage implements ContentSink, AutoCloseable {

  private static final int PIECE_BYTES = 1 << 20;

  /** A run of bytes. */
  record Run(long offset, long length) {}

  private final RawImage.FileSink sink;
  private final FileChannel channel;
  private final TreeMap<Long, Long> data = new TreeMap<>();
  private long bytes;
  private int blockLength;

  /** An image that is written as a sink, and read when it has ended. */
  BaseImage(Path path) throws IOException {
    sink = new RawImage.FileSink(path);
    channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  @Override
  public void begin(Content content) throws IOException {
    bytes = content.bytes().orElseThrow();
    blockLength = content.blockSize();
    sink.begin(content);
  }

  @Override
  public void data(long offset, ByteBuffer piece) throws IOException {
    Map.Entry<Long, Long> before = data.lowerEntry(offset);
    boolean joins = before != null && before.getKey() + before.getValue() == offset;
    data.merge(joins ? before.getKey() : offset, (long) piece.remaining(), Long::sum);
    sink.data(offset, piece);
  }

  @Override
  public void end() {
    // It is read by this process alone: it need not be durable.
  }

  long bytes() {
    return bytes;
  }

  int blockLength() {
    return blockLength;
  }

  /** The runs of data, in pieces, in a run of bytes; all else there is zeros. */
  List<Run> runs(Run within) {
    long end = within.offset + within.length;
    Map.Entry<Long, Long> first = data.floorEntry(within.offset);
    long from = first == null ? within.offset : first.getKey();
    List<Run> pieces = new ArrayList<>();
    data.subMap(from, end)
        .forEach(
            (offset, length) -> {
              long last = Math.min(offset + length, end);
              for (long at = Math.max(offset, within.offset); at < last; at += PIECE_BYTES) {
                pieces.add(new Run(at, Math.min(PIECE_BYTES, last - at)));
              }
            });
    return pieces;
  }

  /** All runs of data, in pieces. */
  List<Run> runs() {
    return runs(new Run(0, bytes));
  }

  /** The bytes of a run, of no more than a piece. */
  ByteBuffer read(Run run) throws IOException {
    ByteBuffer into = ByteBuffer.allocate((int) run.length);
    while (into.hasRemaining()) {
      if (channel.read(into, run.offset + into.position()) < 0) {
        throw new IOException("the image of the base ends at byte " + run.offset);
      }
    }
    return into.flip();
  }

  /** Where some blocks are. */
  Run run(BlockExtent blocks) {
    return new Run(blocks.lba() * blockLength, blocks.count() * blockLength);
  }

  /** Where bytes go. */
  @FunctionalInterface
  interface Output {
    void put(long offset, ByteBuffer bytes) throws IOException;
  }

  /** Hands out what a version of a place holds, as far as some version of it may differ. */
  void put(Places places, int place, int version, Output output) throws IOException {
    BlockExtent blocks = places.extent(place);
    Run where = run(blocks);
    Optional<ByteBuffer> written = places.bytes(place, version);
    if (written.isPresent()) {
      output.put(where.offset, written.get());
    } else if (blocks.count() == 1) {
      output.put(where.offset, version == 0 ? read(where) : zeros(where));
    } else {
      // A run that was never written differs from zeros only where the base has data.
      for (Run run : runs(where)) {
        output.put(run.offset, version == 0 ? read(run) : zeros(run));
      }
    }
  }

  private static ByteBuffer zeros(Run run) {
    return ByteBuffer.allocate((int) run.length);
  }

  /** The fingerprint of a place. */
  long fingerprint(BlockExtent place) {
    try {
      long fingerprint = org.untorn.oracle.Content.ZEROS;
      for (Run run : runs(run(place))) {
        fingerprint = 31 * fingerprint + org.untorn.oracle.Content.of(read(run));
      }
      return fingerprint;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    sink.close();
  }
}

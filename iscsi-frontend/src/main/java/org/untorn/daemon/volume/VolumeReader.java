package org.untorn.daemon.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/**
 * Reads what a snapshot holds, from its first block to its last, and leaves its holes out. Of
 * blocks with protection information it is the data alone.
 */
final class VolumeReader {

  private static final int PIECE_BYTES = 1 << 20;
  private static final int RUNS = 1024;

  private final BlockStore store;
  private final Geometry geometry;
  private final ContentSink sink;
  private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);

  private VolumeReader(BlockStore store, ContentSink sink) {
    this.store = store;
    this.geometry = store.geometry();
    this.sink = sink;
  }

  /** Hands all of it to a sink. */
  static void read(BlockStore store, long mappedBytes, ContentSink sink) throws IOException {
    Geometry geometry = store.geometry();
    sink.begin(
        new Content(
            geometry.dataLength(),
            OptionalLong.of(geometry.bytes()),
            OptionalLong.of(mappedBytes)));
    VolumeReader reader = new VolumeReader(store, sink);
    long lba = 0;
    while (lba < geometry.blocks()) {
      lba = reader.runs(lba);
    }
    sink.end();
  }

  /** Copies some runs of blocks, and returns the block behind them. */
  private long runs(long lba) throws IOException {
    BlockOutcome outcome = run(new BlockOperation.Status(lba, geometry.blocks() - lba, RUNS));
    if (!(outcome instanceof BlockOutcome.Mapping(var runs))) {
      throw new IOException("which blocks are mapped is not known: " + outcome);
    }
    for (BlockOutcome.Mapping.Run run : runs) {
      if (run.mapped()) {
        copy(run);
      }
    }
    BlockOutcome.Mapping.Run last = runs.getLast();
    return last.lba() + last.count();
  }

  private void copy(BlockOutcome.Mapping.Run run) throws IOException {
    int perPiece = PIECE_BYTES / geometry.blockLength();
    for (long done = 0; done < run.count(); done += perPiece) {
      long lba = run.lba() + done;
      int blocks = (int) Math.min(perPiece, run.count() - done);
      piece.clear().limit(blocks * geometry.blockLength());
      BlockOutcome outcome = run(new BlockOperation.Read(lba, piece));
      if (outcome instanceof BlockOutcome.Unreadable(long where, String why)) {
        throw new IOException("block " + where + " is unreadable: " + why);
      } else if (!(outcome instanceof BlockOutcome.Done)) {
        throw new IOException("reading failed at block " + lba + ": " + outcome);
      }
      sink.data(lba * geometry.dataLength(), dataOnly(blocks));
    }
  }

  /** The piece without what its blocks carry behind their data. */
  private ByteBuffer dataOnly(int blocks) {
    int length = geometry.dataLength();
    if (length != geometry.blockLength()) {
      for (int i = 0; i < blocks; i++) {
        piece.put(i * length, piece, i * geometry.blockLength(), length);
      }
      piece.limit(blocks * length);
    }
    return piece;
  }

  private BlockOutcome run(BlockOperation operation) {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    store.submit(operation, done::complete);
    return done.join();
  }
}

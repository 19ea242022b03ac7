package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Makes free segments out of half-empty ones: copies what is alive in the emptiest to the end of
 * the log, and lets all roots refer to the copies.
 *
 * <pre>
 *   segment 3 [ A - - B - ]   segment 5 [ - C - - - ]      - is dead
 *   log       ... [ nothing: A B C ]                       3 and 5 are free after the checkpoint
 * </pre>
 *
 * Copies need no replay: a segment is freed only after a checkpoint whose roots refer to the
 * copies, and until then recovery finds the originals.
 */
final class Cleaner {

  /** A segment that is fuller than this is not worth copying. */
  private static final double FULL = 7.0 / 8;

  private static final int PIECE_BYTES = 256 << 10;

  private final Medium medium;
  private final Log log;

  Cleaner(Medium medium, Log log) {
    this.medium = medium;
    this.log = log;
  }

  /** Cleans what fits into one segment; false if there is nothing worth cleaning. */
  boolean clean(LiveBlocks live) throws InterruptedException {
    Relocation relocation = new Relocation();
    double room = FULL * log.segmentBytes();
    for (Segment victim : victims(live)) {
      LiveBlocks.Live blocks = live.of(victim);
      if (blocks.bytes() > room) {
        break;
      }
      room -= blocks.bytes();
      try {
        copy(victim, blocks, relocation);
      } catch (IOException unreadable) {
        // What was not copied stays where it is, and answers for itself when it is read.
      }
    }
    if (relocation.isEmpty()) {
      return false;
    }
    // Most of the work is done before the log's lock is taken: what was rewritten is remembered.
    log.point().lines().forEach(line -> relocation.rewrite(line.root()));
    log.relocate(relocation);
    return true;
  }

  private List<Segment> victims(LiveBlocks live) {
    return log.settledSegments().stream()
        .filter(live::contains)
        .filter(segment -> live.of(segment).bytes() <= FULL * log.segmentBytes())
        .sorted(Comparator.comparingLong(segment -> live.of(segment).bytes()))
        .toList();
  }

  private void copy(Segment victim, LiveBlocks.Live blocks, Relocation relocation)
      throws IOException, InterruptedException {
    int limit = Math.min(PIECE_BYTES, log.segmentBytes() / 4);
    int unit = blocks.nextBlock(0);
    while (unit >= 0) {
      List<Integer> units = new ArrayList<>();
      ByteBuffer piece = ByteBuffer.allocate(limit + Location.UNIT_BYTES * 8);
      while (unit >= 0 && piece.position() < limit) {
        int bytes = blocks.length(unit) * Location.UNIT_BYTES;
        long offset = (long) unit * Location.UNIT_BYTES;
        medium.read(victim.file(), offset, piece.slice(piece.position(), bytes), Purpose.DATA);
        piece.position(piece.position() + bytes);
        units.add(unit);
        unit = blocks.nextBlock(unit + 1);
      }
      long copy = append(piece.flip());
      for (int each : units) {
        relocation.add(Location.of(victim.number(), each), copy);
        copy += blocks.length(each);
      }
    }
  }

  /** Appends a record of copies, and says where its payload is. */
  private long append(ByteBuffer copies) throws IOException, InterruptedException {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    Append append = new Append(Change.Nothing.INSTANCE, List.of(copies), done::complete);
    log.submit(append);
    try {
      BlockOutcome outcome = done.get();
      if (!(outcome instanceof BlockOutcome.Done)) {
        throw new IOException("cleaning: " + outcome);
      }
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
    return append.payloadLocation();
  }
}

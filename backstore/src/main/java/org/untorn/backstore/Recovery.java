package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Replays the log: the longest prefix of whole records behind the checkpoint.
 *
 * <pre>
 *   segment 4            segment 5           segment 7 (6 was dropped by an earlier recovery)
 *   [ 11 12 13 14 ]  ->  [ 15 16 ~~17~~ ]    [ 17 18 ~~19~~ 20 ]
 *                                                     ^ torn: the log ends behind 18
 * </pre>
 *
 * What lies behind the end is a torn tail, and is dropped: nobody was told that it was durable.
 * Unless somebody was: where a later record or the superblock knows of a sync that covered the
 * first missing record, this is rot, and the pool does not open.
 *
 * <p>Segment numbers grow along the log, so what an earlier recovery dropped is never taken for a
 * continuation: every opening begins a new segment, with a number above all that it found.
 */
final class Recovery {

  private final Medium medium;
  private final Superblock superblock;
  private final Catalog catalog;
  private final Segments segments;
  private final SegmentScan scan;
  private final List<Accepted> accepted = new ArrayList<>();

  private long sequence;
  private long alive;
  private Leftover leftover = Leftover.NONE;

  /** Records up to this one were on stable storage, as the superblock or a record knows. */
  private long synced;

  Recovery(Medium medium, Superblock superblock, Catalog catalog, Segments segments) {
    this.medium = medium;
    this.superblock = superblock;
    this.catalog = catalog;
    this.segments = segments;
    this.scan = new SegmentScan(medium, superblock.pool(), superblock.segmentBytes());
  }

  /**
   * Rebuilds the newest roots and puts all that they rest on onto stable storage.
   *
   * @return the end of the log
   */
  Superblock.Replay run() throws IOException {
    alive = CheckpointReader.read(medium, superblock.checkpoint(), catalog, segments);
    FoundSegments found = scan.files();
    found.headless().forEach(segments::reserveFile);
    segments.reserveNumber(superblock.lastSegment());
    for (SegmentScan.Found each : found.all()) {
      segments.reserveFile(each.file());
      segments.reserveNumber(each.number());
    }
    refuseLostSegments(found);
    End end = replay(found);
    refuseRot(end, found);
    for (Accepted segment : accepted) {
      if (segment.lastSequence() > synced) {
        segment.writeBack(medium);
        medium.sync(segment.found().file(), Purpose.COMMIT);
      }
    }
    free(found);
    return new Superblock.Replay(
        sequence,
        end.segment().map(SegmentScan.Found::number).orElse(0),
        (int) (end.offset() / Location.UNIT_BYTES));
  }

  /** How many bytes the checkpoint's roots refer to. */
  long alive() {
    return alive;
  }

  /** What {@link #run} found behind the end of the log. */
  Leftover leftover() {
    return leftover;
  }

  /**
   * A stretch of a segment that was replayed, in bytes.
   *
   * <p>Unless somebody knows of a sync that covered it, an earlier opening may have failed to sync
   * it. A host like Linux keeps such pages readable, but counts them as written, so that another
   * sync would succeed and do nothing: only what is written again is synced again. After a clean
   * end the stretch is empty.
   */
  private record Accepted(SegmentScan.Found found, long from, long to, long lastSequence) {
    private static final int PIECE_BYTES = 1 << 20;

    void writeBack(Medium medium) throws IOException {
      ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, to - from));
      for (long at = from; at < to; at += PIECE_BYTES) {
        piece.clear().limit((int) Math.min(PIECE_BYTES, to - at));
        medium.read(found.file(), at, piece, Purpose.DATA);
        medium.write(found.file(), at, List.of(piece), Purpose.DATA);
      }
    }
  }

  /** What the checkpoint refers to must be there, and not have become another segment. */
  private void refuseLostSegments(FoundSegments found) throws IOException {
    for (Segment segment : segments.all()) {
      if (!found.holds(segment)) {
        throw new PoolDamagedException(
            segment.file(),
            0,
            "this is not segment "
                + segment.number()
                + ", which the checkpoint of superblock "
                + superblock.generation()
                + " refers to; restore the pool's files from a copy");
      }
    }
  }

  private void free(FoundSegments found) throws IOException {
    Set<String> owned = segments.all().stream().map(Segment::file).collect(Collectors.toSet());
    for (String file : found.filesBut(owned)) {
      segments.addFreeFile(file, medium.length(file) >= superblock.segmentBytes());
    }
  }

  /**
   * Where the log ends.
   *
   * @param offset in bytes, where the next record would be
   */
  private record End(Optional<SegmentScan.Found> segment, long offset) {}

  private End replay(FoundSegments found) throws IOException {
    Superblock.Replay start = superblock.replay();
    sequence = start.sequence();
    synced = superblock.synced();
    Optional<SegmentScan.Found> current = Optional.empty();
    int unit = start.unit();
    if (start.segment() != 0) {
      current = found.byNumber(start.segment());
      if (current.isEmpty()) {
        throw new PoolDamagedException(
            Superblock.FILE, 0, "segment " + start.segment() + ", where the log goes on, is gone");
      }
    }
    while (true) {
      if (current.isPresent()) {
        unit = replay(current.get(), unit);
      }
      int number = current.map(SegmentScan.Found::number).orElse(0);
      Optional<SegmentScan.Found> next = found.next(number, sequence + 1);
      if (next.isEmpty()) {
        return new End(current, (long) unit * Location.UNIT_BYTES);
      }
      current = next;
      unit = SegmentLayout.FIRST_UNIT;
    }
  }

  /** Applies a segment's records from {@code unit} on, and returns where they end. */
  private int replay(SegmentScan.Found found, int unit) throws IOException {
    Segment segment = new Segment(found.number(), found.file(), found.epoch());
    int at = unit;
    Optional<SegmentScan.Whole> next = scan.record(found, at, sequence + 1);
    while (next.isPresent()) {
      RecordHeader header = next.get().header();
      int headUnits = RecordHeader.paddedBytes(header.bodyBytes()) / Location.UNIT_BYTES;
      catalog.apply(next.get().change(), Location.of(found.number(), header.unit() + headUnits));
      sequence++;
      synced = Math.max(synced, header.synced());
      at = header.unit() + (int) (header.totalBytes() / Location.UNIT_BYTES);
      next = scan.record(found, at, sequence + 1);
    }
    segment.lastSequence(sequence);
    segments.add(segment);
    int from = unit == SegmentLayout.FIRST_UNIT ? 0 : unit;
    int to = at == unit ? from : at;
    accepted.add(
        new Accepted(
            found, (long) from * Location.UNIT_BYTES, (long) to * Location.UNIT_BYTES, sequence));
    return at;
  }

  private void refuseRot(End end, FoundSegments found) throws IOException {
    String file = end.segment().map(SegmentScan.Found::file).orElse(Superblock.FILE);
    if (superblock.synced() > sequence) {
      throw rot(file, end.offset(), "the superblock", superblock.synced());
    }
    List<String> behind = new ArrayList<>(found.headless());
    for (SegmentScan.Found segment : found.all()) {
      if (segment.firstSequence() > sequence) {
        behind.add(segment.file());
      }
    }
    if (end.segment().isPresent()) {
      lookBehind(end.offset(), file, file, end.offset());
    }
    for (String other : behind) {
      lookBehind(0, other, file, end.offset());
    }
    leftover = leftover.at(file, end.offset(), sequence);
  }

  /** Whatever record is found there is no part of the log; one that knows better is a witness. */
  private void lookBehind(long from, String scanned, String file, long offset) throws IOException {
    scan.headers(
        scanned,
        from,
        header -> {
          if (header.synced() > sequence) {
            String who = "record " + header.sequence() + " in " + scanned;
            throw rot(file, offset, who, header.synced());
          }
          if (header.type() != RecordType.SEGMENT) {
            boolean isNew = header.sequence() > sequence && header.epoch() == superblock.epoch();
            leftover = isNew ? leftover.withDropped(header.sequence()) : leftover.withOld();
          }
        });
  }

  private PoolDamagedException rot(String file, long offset, String witness, long synced) {
    return new PoolDamagedException(
        file,
        offset,
        "record "
            + (sequence + 1)
            + " is damaged or missing, and it is no torn tail: "
            + witness
            + " knows that everything up to record "
            + synced
            + " was on stable storage; restore the pool's files from a copy");
  }
}

package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rebuilds what {@link Recovery} refuses to: goes on where something is damaged, and says what it
 * does not know then.
 *
 * <pre>
 *   [ 15 ][ 16 | blocks ~~~~ ][ 17 ] ~~~~~~ [ 19 ]      19 knows that all up to 18 was synced
 *           |                          |
 *           |                          no header: what 18 did is not known, and that is told
 *           its header is whole: the blocks are mapped, and end in MEDIUM ERROR where the
 *           checksum is wrong
 * </pre>
 *
 * Like recovery it drops what lies behind the last sync that anything knows of. A segment whose own
 * header is damaged is known by its first record, or by the checkpoint, and gets a new header. What
 * a checkpoint refers to and is gone stays mapped: it is unreadable until it is written again.
 */
final class Salvage {

  private static final int PAGE_BYTES = 4096;

  private final Medium medium;
  private final Superblock superblock;
  private final Catalog catalog = new Catalog();
  private final Segments segments;
  private final SegmentScan scan;
  private final Set<String> damagedHeaders = new HashSet<>();
  private final List<String> unknown = new ArrayList<>();
  private final LostVolumes lostVolumes = new LostVolumes(catalog);
  private long known;
  private long sequence;

  /** Reads {@code superblock}'s pool; sectors that cannot be read count as damaged. */
  Salvage(Medium medium, Superblock superblock) {
    this.medium = medium;
    this.superblock = superblock;
    this.known = superblock.synced();
    this.segments = new Segments(Integer.MAX_VALUE);
    this.scan =
        new SegmentScan(new ReadableParts(medium), superblock.pool(), superblock.segmentBytes());
  }

  /** What was durable and nobody knows any more. */
  List<String> unknown() {
    return unknown;
  }

  /**
   * Rebuilds the roots, and writes anew what {@link Recovery} must find.
   *
   * @throws PoolDamagedException if the checkpoint is damaged
   */
  Pool.Recovered run() throws IOException {
    long alive =
        CheckpointReader.read(
            new ReadableParts(medium), superblock.checkpoint(), catalog, segments);
    lostVolumes.begin();
    FoundSegments found = files();
    segments.reserveNumber(superblock.lastSegment());
    found.headless().forEach(segments::reserveFile);
    for (SegmentScan.Found each : found.all()) {
      segments.reserveFile(each.file());
      segments.reserveNumber(each.number());
    }
    forgetLost(found);
    Superblock.Replay end = replay(found);
    unknown.addAll(lostVolumes.sentences());
    for (Segment segment : segments.all()) {
      if (damagedHeaders.contains(segment.file())) {
        writeHeader(segment, found.byFile(segment.file()));
      }
      medium.sync(segment.file(), Purpose.COMMIT);
    }
    Set<String> owned = segments.all().stream().map(Segment::file).collect(Collectors.toSet());
    for (String file : found.filesBut(owned)) {
      segments.addFreeFile(file, medium.length(file) >= superblock.segmentBytes());
    }
    return new Pool.Recovered(superblock, catalog, segments, end, alive);
  }

  /** Looks at every header on the medium: each knows of a sync. */
  private FoundSegments files() throws IOException {
    List<SegmentScan.Found> found = new ArrayList<>();
    List<String> headless = new ArrayList<>();
    for (String file : medium.files()) {
      if (SegmentLayout.isSegment(file)) {
        List<RecordHeader> first = new ArrayList<>(1);
        scan.headers(
            file,
            0,
            header -> {
              known = Math.max(known, header.synced());
              if (first.isEmpty()) {
                first.add(header);
              }
            });
        if (first.isEmpty()) {
          headless.add(file);
          damagedHeaders.add(file);
        } else {
          RecordHeader head = first.getFirst();
          found.add(new SegmentScan.Found(file, head.segment(), head.epoch(), head.sequence()));
          if (head.type() != RecordType.SEGMENT) {
            damagedHeaders.add(file);
          }
        }
      }
    }
    return new FoundSegments(found, headless);
  }

  /** What is another segment now holds nothing of the one that the checkpoint means. */
  private void forgetLost(FoundSegments found) {
    for (Segment segment : segments.all()) {
      if (!found.holds(segment) && !found.headless().contains(segment.file())) {
        segments.forget(segment);
      }
    }
  }

  private Superblock.Replay replay(FoundSegments found) throws IOException {
    Superblock.Replay start = superblock.replay();
    sequence = start.sequence();
    int number = start.segment();
    int unit = start.unit();
    Optional<SegmentScan.Found> current = number == 0 ? Optional.empty() : found.byNumber(number);
    while (true) {
      if (current.isPresent()) {
        number = current.get().number();
        unit = replay(current.get(), unit);
      }
      Optional<SegmentScan.Found> next = found.next(number, sequence + 1);
      if (next.isPresent()) {
        current = next;
        unit = SegmentLayout.FIRST_UNIT;
      } else if (sequence >= known) {
        break;
      } else {
        // What is newer than the last sync may be what an earlier recovery has dropped.
        Optional<SegmentScan.Found> beyond =
            found.beyond(number, sequence + 1).filter(each -> each.firstSequence() <= known);
        long last = beyond.map(SegmentScan.Found::firstSequence).orElse(known + 1);
        Optional<RecordHeader> inside =
            current.isPresent() ? nextIn(current.get(), unit, last) : Optional.empty();
        if (inside.isPresent()) {
          lose(current, unit, inside.get().sequence() - 1);
          unit = inside.get().unit();
        } else {
          lose(current, unit, last - 1);
          if (beyond.isEmpty()) {
            break;
          }
          current = beyond;
          unit = SegmentLayout.FIRST_UNIT;
        }
      }
    }
    int segment = current.map(SegmentScan.Found::number).orElse(0);
    return new Superblock.Replay(sequence, segment, unit);
  }

  /** The next whole header of the segment's own from {@code unit} on, if one is before that. */
  private Optional<RecordHeader> nextIn(SegmentScan.Found in, int unit, long before)
      throws IOException {
    List<RecordHeader> next = new ArrayList<>(1);
    scan.headers(
        in.file(),
        (long) unit * Location.UNIT_BYTES,
        header -> {
          boolean isBehind = header.sequence() > sequence && header.sequence() < before;
          if (next.isEmpty() && isBehind && SegmentScan.belongsTo(in, header)) {
            next.add(header);
          }
        });
    return next.stream().findFirst();
  }

  /** Nobody knows what the records up to {@code last} did. */
  private void lose(Optional<SegmentScan.Found> in, int unit, long last) {
    String where =
        in.map(each -> each.file() + " at byte " + (long) unit * Location.UNIT_BYTES)
            .orElse("the log");
    if (last <= sequence) {
      return; // they were counted already: what is lost here is the same gap
    }
    unknown.add(
        "%s: records %d to %d are lost, and with them which blocks they changed: what was written before them may be out of date wherever it was not written again since"
            .formatted(where, sequence + 1, last));
    sequence = last;
  }

  /** Applies a segment's records from {@code unit} on, and returns where they end. */
  private int replay(SegmentScan.Found found, int unit) throws IOException {
    Segment segment = new Segment(found.number(), found.file(), found.epoch());
    int at = unit;
    Optional<SegmentScan.Whole> next = record(found, at);
    while (next.isPresent()) {
      RecordHeader header = next.get().header();
      int headUnits = RecordHeader.paddedBytes(header.bodyBytes()) / Location.UNIT_BYTES;
      apply(next.get().change(), Location.of(found.number(), header.unit() + headUnits));
      sequence++;
      at = header.unit() + (int) (header.totalBytes() / Location.UNIT_BYTES);
      next = record(found, at);
    }
    segment.lastSequence(sequence);
    segments.add(segment);
    return at;
  }

  /** A record that is whole, or was synced once and has a whole header. */
  private Optional<SegmentScan.Whole> record(SegmentScan.Found in, int unit) throws IOException {
    Optional<SegmentScan.Whole> whole = scan.record(in, unit, sequence + 1);
    if (whole.isPresent()) {
      writeBack(in.file(), whole.get().header());
    }
    return whole.isPresent() || sequence + 1 > known ? whole : scan.head(in, unit, sequence + 1);
  }

  /** {@link Recovery} says why. */
  private void writeBack(String file, RecordHeader header) throws IOException {
    ByteBuffer record = ByteBuffer.allocate((int) header.totalBytes());
    long offset = (long) header.unit() * Location.UNIT_BYTES;
    new ReadableParts(medium).read(file, offset, record, Purpose.DATA);
    write(file, offset, record);
  }

  /**
   * Writes sectors, and with them the rest of the pages that they are in, if it must be: a host
   * reads a page before it changes a part of it, which fails where a sector of it is bad. What
   * cannot be read there is lost.
   */
  private void write(String file, long offset, ByteBuffer sectors) throws IOException {
    try {
      medium.write(file, offset, List.of(sectors), Purpose.DATA);
    } catch (IOException partOfBadPage) {
      long start = offset - offset % PAGE_BYTES;
      long end = Math.ceilDiv(offset + sectors.remaining(), PAGE_BYTES) * PAGE_BYTES;
      ByteBuffer pages = ByteBuffer.allocate((int) (end - start));
      new ReadableParts(medium).read(file, start, pages, Purpose.DATA);
      pages.put((int) (offset - start), sectors, sectors.position(), sectors.remaining());
      medium.write(file, start, List.of(pages), Purpose.DATA);
    }
  }

  /**
   * Does what a record says, and notes what it shows to be lost. A name that is there still was
   * given up by a record that is lost.
   */
  private void apply(Change change, long location) {
    lostVolumes.look(change);
    Optional<String> name =
        switch (change) {
          case Change.Create create -> Optional.of(create.name());
          case Change.Branch branch -> Optional.of(branch.name());
          case Change.Write write -> Optional.empty();
          case Change.Unmap unmap -> Optional.empty();
          case Change.Resize resize -> Optional.empty();
          case Change.Rollback rollback -> Optional.empty();
          case Change.Delete delete -> Optional.empty();
          case Change.Nothing nothing -> Optional.empty();
        };
    name.flatMap(catalog::find)
        .ifPresent(old -> catalog.apply(new Change.Delete(old.id()), Location.NONE));
    catalog.apply(change, location);
  }

  private void writeHeader(Segment segment, Optional<SegmentScan.Found> found) throws IOException {
    long first = found.map(SegmentScan.Found::firstSequence).orElse(segment.lastSequence());
    RecordHeader header =
        new RecordHeader(
            RecordType.SEGMENT,
            first,
            0,
            superblock.pool(),
            segment.number(),
            0,
            segment.epoch(),
            0,
            0,
            0,
            0);
    ByteBuffer sector = ByteBuffer.allocate(SegmentLayout.HEADER_BYTES);
    header.put(sector, Change.Nothing.INSTANCE);
    write(segment.file(), 0, sector.flip());
  }
}

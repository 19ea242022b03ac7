package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongUnaryOperator;

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
 *
 * <p>Nobody waits for it: the maps are walked and relocated beside their readers and writers. First
 * every new leaf is made to refer to the copies; then those that are there already are changed in
 * place. A location is one word, and both of its values are right.
 */
final class Cleaner {

  /** A segment that is fuller than this is not worth copying. */
  private static final double FULL = 7.0 / 8;

  /** No more segments are looked at in one round, which bounds its memory. */
  private static final int MOST_VICTIMS = 64;

  private static final int PIECE_BYTES = 64 << 10;

  private final Medium medium;
  private final Log log;
  private final BlockMaps maps;

  Cleaner(Medium medium, Log log, BlockMaps maps) {
    this.medium = medium;
    this.log = log;
    this.maps = maps;
  }

  /** How much is done at once. */
  @FunctionalInterface
  interface Pace {
    /** Waits after a piece; false says that it is time to come to an end. */
    boolean rest() throws InterruptedException;
  }

  /** Cleans what fits into some segments; false if there is nothing worth cleaning. */
  boolean clean(int segments, Pace pace) throws IOException, InterruptedException {
    Relocation relocation = new Relocation(candidates());
    walk(relocation::mark);
    double full = FULL * log.segmentBytes();
    double room = segments * full;
    List<Relocation.Victim> emptiest =
        relocation.victims().stream()
            .sorted(Comparator.comparingLong(Relocation.Victim::liveBytes))
            .toList();
    for (Relocation.Victim victim : emptiest) {
      if (victim.liveBytes() > Math.min(full, room)) {
        break;
      }
      room -= victim.liveBytes();
      try {
        if (!copy(victim, pace)) {
          break;
        }
      } catch (IOException unreadable) {
        // What was not copied stays where it is, and answers for itself when it is read.
      }
    }
    if (relocation.isEmpty()) {
      return false;
    }
    forward(Optional.of(relocation));
    try {
      walk(relocation::relocate);
    } finally {
      forward(Optional.empty());
    }
    return true;
  }

  /** The settled segments that have least in them. */
  private List<Segment> candidates() throws IOException {
    LiveBytes live = new LiveBytes();
    walk(live::add);
    return log.settledSegments().stream()
        .filter(live::contains)
        .sorted(Comparator.comparingLong(live::of))
        .limit(MOST_VICTIMS)
        .toList();
  }

  private void forward(Optional<LongUnaryOperator> forwarding) {
    log.betweenChanges(() -> maps.forward(forwarding));
  }

  /** What is done with every leaf. */
  @FunctionalInterface
  private interface LeafAction {
    void leaf(LeafView leaf);
  }

  private void walk(LeafAction action) throws IOException {
    PoolPoint point = log.point();
    try {
      MapWalk walk = new MapWalk(maps.nodes());
      for (Root root : point.roots()) {
        walk.visit(root, action::leaf);
      }
    } finally {
      log.release(point);
    }
  }

  /** Copies what is alive in a segment; false if it is time to come to an end. */
  private boolean copy(Relocation.Victim victim, Pace pace)
      throws IOException, InterruptedException {
    int limit = Math.min(PIECE_BYTES, log.segmentBytes() / 4);
    List<Relocation.Stretch> stretches = new ArrayList<>();
    int bytes = 0;
    int limitUnits = limit / Location.UNIT_BYTES;
    Optional<Relocation.Stretch> next = victim.next(0, limitUnits);
    boolean goesOn = true;
    while (next.isPresent() && goesOn) {
      Relocation.Stretch stretch = next.get();
      if (bytes > 0 && bytes + stretch.bytes() > limit) {
        copy(victim, stretches, bytes);
        stretches.clear();
        bytes = 0;
        goesOn = pace.rest();
      }
      stretches.add(stretch);
      bytes += stretch.bytes();
      next = victim.next(stretch.to(), limitUnits);
    }
    if (bytes > 0 && goesOn) {
      copy(victim, stretches, bytes);
    }
    return goesOn;
  }

  /** Copies stretches in one record. */
  private void copy(Relocation.Victim victim, List<Relocation.Stretch> stretches, int bytes)
      throws IOException, InterruptedException {
    ByteBuffer piece = ByteBuffer.allocate(bytes);
    for (Relocation.Stretch stretch : stretches) {
      ByteBuffer into = piece.slice(piece.position(), stretch.bytes());
      long offset = (long) stretch.from() * Location.UNIT_BYTES;
      medium.read(victim.segment().file(), offset, into, Purpose.DATA);
      piece.position(piece.position() + stretch.bytes());
    }
    long copy = append(piece.flip());
    for (Relocation.Stretch stretch : stretches) {
      victim.copied(stretch, copy);
      copy += stretch.to() - stretch.from();
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

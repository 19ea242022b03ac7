package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way into the log.
 *
 * <pre>
 *   admitted ---> placed ---> written (or failed) ---> published ---> completed
 *   (may wait      gets its    by the submitting        in the order
 *    its turn)     sequence    thread, no lock          of sequences
 * </pre>
 *
 * What changes after construction is guarded by the {@link Log}'s lock, but the place is fixed once
 * the writing thread sees it.
 */
final class Append {

  /** So many segments are never filled with data. */
  static final int KEPT_FROM_DATA = 2;

  private final Change change;
  private List<ByteBuffer> data;
  private final int payloadBytes;
  private final Optional<Claim> claim;
  private final BlockStore.Completion completion;

  private long sequence;
  private Segment segment = Segment.NONE;
  private int unit;
  private long ticket;
  private boolean written;
  private BlockOutcome outcome = BlockOutcome.DONE;
  private @Nullable Append next;

  Append(Change change, List<ByteBuffer> data, BlockStore.Completion completion) {
    this(change, data, Optional.empty(), completion);
  }

  /** A record that {@code claim} does not hold up, and whose publication gives the claim back. */
  Append(
      Change change,
      List<ByteBuffer> data,
      Optional<Claim> claim,
      BlockStore.Completion completion) {
    this.change = change;
    this.data = data;
    this.payloadBytes = Math.toIntExact(BlockOperation.length(data));
    this.claim = claim;
    this.completion = completion;
  }

  /** One that is behind all others. */
  static Append written(Change change) {
    Append append = new Append(change, List.of(), outcome -> {});
    append.markWritten();
    return append;
  }

  Change change() {
    return change;
  }

  List<ByteBuffer> data() {
    return data;
  }

  Optional<Claim> claim() {
    return claim;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  /**
   * How many segments must be left when it takes a new one: what gives space back still finds some
   * when there is none for data, and copies that the cleaner makes find the last one.
   */
  int keptSegments() {
    return switch (change) {
      case Change.Write write -> KEPT_FROM_DATA;
      case Change.Create create -> KEPT_FROM_DATA;
      case Change.Branch branch -> KEPT_FROM_DATA;
      case Change.Unmap unmap -> 1;
      case Change.Resize resize -> 1;
      case Change.Rollback rollback -> 1;
      case Change.Delete delete -> 1;
      case Change.Nothing copies -> 0;
    };
  }

  /** The bytes it takes in the log. */
  int totalBytes() {
    return RecordHeader.paddedBytes(change.bodyBytes()) + payloadBytes;
  }

  /** When it began to wait for space, compared with others; 0 if it never did. */
  long ticket() {
    return ticket;
  }

  void ticket(long ticket) {
    this.ticket = ticket;
  }

  /**
   * Says where it goes.
   *
   * @param unit from the start of the segment, in units of 512 bytes
   */
  void place(long sequence, Segment segment, int unit) {
    this.sequence = sequence;
    this.segment = segment;
    this.unit = unit;
  }

  /** False until it has a place, and for ever if it was refused one. */
  boolean isPlaced() {
    return sequence != 0;
  }

  long sequence() {
    return sequence;
  }

  /** The segment that it goes to. */
  Segment segment() {
    return segment;
  }

  /** Where it begins in its segment, in units of 512 bytes. */
  int unit() {
    return unit;
  }

  /** Whether it is the first record of its segment. */
  boolean isFirst() {
    return unit == SegmentLayout.FIRST_UNIT;
  }

  /** Where the payload lies. */
  long payloadLocation() {
    int headerUnits = RecordHeader.paddedBytes(change.bodyBytes()) / Location.UNIT_BYTES;
    return Location.of(segment.number(), unit + headerUnits);
  }

  boolean written() {
    return written;
  }

  void markWritten() {
    written = true;
  }

  BlockOutcome outcome() {
    return outcome;
  }

  boolean failed() {
    return !(outcome instanceof BlockOutcome.Done);
  }

  void fail(BlockOutcome why) {
    outcome = why;
  }

  /** Tells who waits for it. What it wrote is no longer its own. */
  void complete() {
    data = List.of();
    Completions.complete(completion, outcome);
  }

  /** The {@link Chain}'s: who comes behind it. */
  void next(Append append) {
    next = append;
  }

  /** The {@link Chain}'s: forgets who comes behind it, and says who that was. */
  @Nullable Append unlink() {
    Append found = next;
    next = null;
    return found;
  }
}

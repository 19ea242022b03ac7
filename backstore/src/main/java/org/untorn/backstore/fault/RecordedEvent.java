package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Geometry;

/**
 * What a {@link Recorder} notes, one after the other, in blocks of {@value #BLOCK} bytes. Integers
 * are big-endian; what is behind the last event is zeros.
 *
 * <pre>
 *    0       4       8              16              24              32
 *   +-------+-------+---------------+---------------+---------------+
 *   | UREC  | what  | number        | a             | b             |  zeros to the end of the block
 *   +-------+-------+---------------+---------------+---------------+
 *
 *   what                 number      a                  b
 *   1  it began                      bytes per block    blocks
 *   2  a change          of it       kind, 256: stable  bytes of data; behind it, in whole blocks:
 *                                                       extents (their number, then LBA and count
 *                                                       of each, 8 bytes each), then what it writes
 *   3  a flush           of it
 *   4  an answer         of whom     1: done
 *   5  it ended                      bytes of text      the text itself begins here
 * </pre>
 *
 * A change stands here before it is carried out, an answer before it is given.
 */
public sealed interface RecordedEvent {

  /** Bytes of a block of a recording. */
  int BLOCK = 512;

  /** The first four bytes of an event. */
  int MAGIC = 0x55524543;

  /** The kinds of changes by their numbers in a recording. */
  List<Fate.Kind> KINDS =
      List.of(
          Fate.Kind.WRITE, Fate.Kind.ATOMIC_WRITE, Fate.Kind.COMPARE_AND_WRITE, Fate.Kind.UNMAP);

  /** The volume as it was when the recording began is what its base snapshot holds. */
  record Begun(Geometry geometry) implements RecordedEvent {}

  /**
   * A change was asked for.
   *
   * @param stable whether it is durable when it is answered
   * @param data what it writes to the extents, in their order; nothing if it unmaps
   */
  record Change(
      long number, Fate.Kind kind, boolean stable, List<BlockExtent> extents, List<ByteBuffer> data)
      implements RecordedEvent {
    public Change {
      extents = List.copyOf(extents);
      data = List.copyOf(data);
    }
  }

  /** A flush was asked for. */
  record Flush(long number) implements RecordedEvent {}

  /** A change or a flush was answered. */
  record Answer(long number, boolean done) implements RecordedEvent {}

  /** Nothing is noted from here on. */
  record Ended(String why) implements RecordedEvent {}

  /** What {@link #decode} found: an event, and how many bytes it takes. */
  record Decoded(RecordedEvent event, int length) {}

  /** The event in whole blocks; data that a change writes is shared, not copied. */
  default List<ByteBuffer> encode() {
    return switch (this) {
      case Begun(Geometry geometry) ->
          List.of(head(1, 0, geometry.blockLength(), geometry.blocks()));
      case Change change -> encode(change);
      case Flush(long number) -> List.of(head(3, number, 0, 0));
      case Answer(long number, boolean done) -> List.of(head(4, number, done ? 1 : 0, 0));
      case Ended(String why) -> {
        byte[] all = why.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(all.length, BLOCK - 24);
        yield List.of(head(5, 0, length, 0).put(24, all, 0, length));
      }
    };
  }

  private static List<ByteBuffer> encode(Change change) {
    long kind = KINDS.indexOf(change.kind()) | (change.stable() ? 256 : 0);
    ByteBuffer extents =
        ByteBuffer.allocate(wholeBlocks(Long.BYTES + 2L * Long.BYTES * change.extents().size()));
    extents.putLong(change.extents().size());
    for (BlockExtent extent : change.extents()) {
      extents.putLong(extent.lba()).putLong(extent.count());
    }
    List<ByteBuffer> all = new ArrayList<>();
    all.add(head(2, change.number(), kind, BlockOperation.length(change.data())));
    all.add(extents.rewind());
    all.addAll(change.data());
    return all;
  }

  private static ByteBuffer head(int what, long number, long a, long b) {
    return ByteBuffer.allocate(BLOCK)
        .putInt(0, MAGIC)
        .putInt(4, what)
        .putLong(8, number)
        .putLong(16, a)
        .putLong(24, b);
  }

  private static int wholeBlocks(long bytes) {
    return Math.toIntExact((bytes + BLOCK - 1) / BLOCK * BLOCK);
  }

  /**
   * The event at a place in a recording; none where the recording ends.
   *
   * @throws IllegalArgumentException if there is something else
   */
  static Optional<Decoded> decode(ByteBuffer recording, int at) {
    if (at + BLOCK > recording.limit() || recording.getInt(at) == 0) {
      return Optional.empty();
    }
    if (recording.getInt(at) != MAGIC) {
      throw new IllegalArgumentException("there is no recorded event at byte " + at);
    }
    long number = recording.getLong(at + 8);
    long a = recording.getLong(at + 16);
    long b = recording.getLong(at + 24);
    return switch (recording.getInt(at + 4)) {
      case 1 -> Optional.of(new Decoded(new Begun(new Geometry((int) a, b)), BLOCK));
      case 2 -> change(recording, at + BLOCK, number, a, b);
      case 3 -> Optional.of(new Decoded(new Flush(number), BLOCK));
      case 4 -> Optional.of(new Decoded(new Answer(number, a == 1), BLOCK));
      case 5 -> {
        byte[] text = new byte[(int) a];
        recording.get(at + 24, text);
        yield Optional.of(new Decoded(new Ended(new String(text, StandardCharsets.UTF_8)), BLOCK));
      }
      default ->
          throw new IllegalArgumentException(
              "an event of kind %d at byte %d".formatted(recording.getInt(at + 4), at));
    };
  }

  /** A change that was cut off is not there. */
  private static Optional<Decoded> change(
      ByteBuffer recording, int at, long number, long kind, long bytes) {
    if (at + BLOCK > recording.limit()) {
      return Optional.empty();
    }
    int count = Math.toIntExact(recording.getLong(at));
    int data = at + wholeBlocks(Long.BYTES + 2L * Long.BYTES * count);
    if (data + bytes > recording.limit()) {
      return Optional.empty();
    }
    List<BlockExtent> extents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = at + Long.BYTES + 2 * Long.BYTES * i;
      extents.add(new BlockExtent(recording.getLong(place), recording.getLong(place + Long.BYTES)));
    }
    Change change =
        new Change(
            number,
            KINDS.get((int) kind & 255),
            (kind & 256) != 0,
            extents,
            List.of(recording.slice(data, (int) bytes)));
    return Optional.of(new Decoded(change, data + (int) bytes - at + BLOCK));
  }
}

package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where recovery begins. Two slots of the file {@code superblock} are written in turn, so one is
 * always whole; the newest whole one counts. Integers are big-endian.
 *
 * <pre>
 *  file:  byte 0 [ slot of even generations ]   byte 4096 [ slot of odd generations ]
 *
 *  byte  0        4         8                16               24         28
 *        [ "UNTS" | version ][ generation     ][ pool          ][ segment ][ last    ]
 *       32                40                48                   bytes      segment
 *        [ epoch          ][ synced         ][ replay after   ]
 *       56        60      64                72            80               508
 *        [ replay  | replay ][ checkpoint     ][ its length ][ its   ] 0 ... [ CRC32C ]
 *          segment   unit      generation                       CRC
 * </pre>
 *
 * The CRC covers bytes 0 to 507.
 *
 * @param generation counts the superblocks of a pool
 * @param pool the pool's identity, chosen when it was made
 * @param segmentBytes the length of every segment
 * @param lastSegment no segment number up to this one is free
 * @param epoch the generation of the superblock that the newest opening wrote first
 * @param synced records up to this sequence were on stable storage
 * @param replay where the log goes on behind the checkpoint
 * @param checkpoint the map at that point
 */
record Superblock(
    long generation,
    long pool,
    int segmentBytes,
    int lastSegment,
    long epoch,
    long synced,
    Replay replay,
    CheckpointRef checkpoint) {

  static final String FILE = "superblock";

  /** Generations take turns. */
  static final int SLOTS = 2;

  private static final int MAGIC = 0x554E5453;
  private static final int VERSION = 2;
  private static final int BYTES = 512;
  private static final int CRC_AT = 508;
  private static final long SLOT_BYTES = 4096;

  /**
   * A place in the log.
   *
   * @param sequence the last record before it
   * @param segment the segment that this record lies in, or 0 for the beginning of the log
   * @param unit where it ends in that segment
   */
  record Replay(long sequence, int segment, int unit) {
    static final Replay BEGINNING = new Replay(0, 0, 0);
  }

  /**
   * Where a checkpoint is.
   *
   * @param generation says which file it is in; 0 for the empty map, which is stored nowhere
   * @param length in bytes
   * @param crc CRC32C of all of it
   */
  record CheckpointRef(long generation, long length, int crc) {
    static final CheckpointRef NONE = new CheckpointRef(0, 0, 0);
  }

  /** The first superblock of a new pool. */
  static Superblock first(long pool, int segmentBytes) {
    return new Superblock(1, pool, segmentBytes, 0, 1, 0, Replay.BEGINNING, CheckpointRef.NONE);
  }

  /** Where a slot begins in the file, in bytes. */
  static long offset(int slot) {
    return slot * SLOT_BYTES;
  }

  /**
   * Whether something was written to a slot, and is not whole any more. An empty slot was written
   * if the other one holds any generation but the first: they take turns, and each is on stable
   * storage before the next one is written.
   */
  static boolean isDamaged(Medium medium, int slot) throws IOException {
    if (read(medium, slot).isPresent()) {
      return false;
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    medium.read(FILE, offset(slot), bytes, Purpose.COMMIT);
    boolean isEmpty = bytes.equals(ByteBuffer.allocate(BYTES));
    return !isEmpty || read(medium, 1 - slot).filter(other -> other.generation >= 2).isPresent();
  }

  /** The newest whole superblock, if there is one. */
  static Optional<Superblock> newest(Medium medium) throws IOException {
    Optional<Superblock> even = read(medium, 0);
    Optional<Superblock> odd = read(medium, 1);
    if (even.isPresent() && odd.isPresent()) {
      return even.get().generation > odd.get().generation ? even : odd;
    }
    return even.or(() -> odd);
  }

  /** The whole ones, the newest first. */
  static List<Superblock> all(Medium medium) throws IOException {
    List<Superblock> whole = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      read(medium, slot).ifPresent(whole::add);
    }
    whole.sort(Comparator.comparingLong(Superblock::generation).reversed());
    return whole;
  }

  /** The same place in the log under another generation, with what is known of the log since. */
  Superblock renewed(long next, int last, long synced) {
    return new Superblock(next, pool, segmentBytes, last, epoch, synced, replay, checkpoint);
  }

  private static Optional<Superblock> read(Medium medium, int slot) throws IOException {
    ByteBuffer from = ByteBuffer.allocate(BYTES);
    medium.read(FILE, slot * SLOT_BYTES, from, Purpose.COMMIT);
    if (from.getInt(0) != MAGIC || from.getInt(CRC_AT) != Checksum.of(from, 0, CRC_AT)) {
      return Optional.empty();
    }
    if (from.getInt(4) != VERSION) {
      throw new PoolVersionException(from.getInt(4), VERSION);
    }
    return Optional.of(
        new Superblock(
            from.getLong(8),
            from.getLong(16),
            from.getInt(24),
            from.getInt(28),
            from.getLong(32),
            from.getLong(40),
            new Replay(from.getLong(48), from.getInt(56), from.getInt(60)),
            new CheckpointRef(from.getLong(64), from.getLong(72), from.getInt(80))));
  }

  /** Writes it over the older slot, and syncs it. */
  void write(Medium medium) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(BYTES);
    into.putInt(MAGIC).putInt(VERSION).putLong(generation).putLong(pool);
    into.putInt(segmentBytes).putInt(lastSegment).putLong(epoch).putLong(synced);
    into.putLong(replay.sequence).putInt(replay.segment).putInt(replay.unit);
    into.putLong(checkpoint.generation).putLong(checkpoint.length).putInt(checkpoint.crc);
    into.putInt(CRC_AT, Checksum.of(into, 0, CRC_AT));
    long slot = generation % 2;
    medium.write(FILE, slot * SLOT_BYTES, List.of(into.clear()), Purpose.COMMIT);
    medium.sync(FILE, Purpose.COMMIT);
  }

  /**
   * Writes it over itself, and syncs it, before the older one goes. The sync of an earlier opening
   * may have failed: then the host may keep this one in its page cache as if it were written, and
   * the older one is all that is on stable storage. If the other slot is damaged that is the one
   * which is written next.
   */
  void writeBack(Medium medium) throws IOException {
    if (all(medium).size() == SLOTS) {
      write(medium);
    }
  }

  /** The one that a new opening writes, which becomes its epoch. */
  Superblock reopened(int lastSegment, long synced) {
    long next = generation + 1;
    return new Superblock(next, pool, segmentBytes, lastSegment, next, synced, replay, checkpoint);
  }

  /** The next one of the same opening. */
  Superblock next(int lastSegment, long synced, Replay replay, CheckpointRef checkpoint) {
    return new Superblock(
        generation + 1, pool, segmentBytes, lastSegment, epoch, synced, replay, checkpoint);
  }
}

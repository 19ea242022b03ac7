package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a record does to the roots. Publishing a record and replaying it are the same: {@link
 * Catalog#apply}.
 *
 * <p>A change is stored in its record's header and body; what its volume, LBA and body mean is said
 * by {@link #volume}, {@link #lba} and {@link #putBody}. Integers are big-endian.
 */
sealed interface Change {

  /** What a name may be long, in bytes of UTF-8. */
  int NAME_BYTES = 64;

  RecordType type();

  /** The volume that changes; 0 if none does. */
  default long volume() {
    return 0;
  }

  /** The first block that changes; 0 if that says nothing. */
  default long lba() {
    return 0;
  }

  int bodyBytes();

  void putBody(ByteBuffer into);

  /** Whether one of {@code count} blocks from {@code lba} on of a volume may change. */
  default boolean touches(long volume, long lba, long count) {
    return volume() == volume;
  }

  /** Whether it may be done before one that came earlier and waits for space. */
  default boolean mayPass(Change earlier) {
    return false;
  }

  /**
   * Blocks get new bytes: the record's payload. Body: block length (4), number of blocks (4), a
   * checksum (4) for each piece of {@link PieceLayout}.
   */
  final class Write implements Change {
    private static final int FIXED_BYTES = 2 * Integer.BYTES;

    private final long volume;
    private final long lba;
    private final PieceLayout layout;
    private final int[] checksums;

    Write(long volume, long lba, PieceLayout layout, int[] checksums) {
      this.volume = volume;
      this.lba = lba;
      this.layout = layout;
      this.checksums = checksums;
    }

    /** The most that the body of so many blocks can take. */
    static int mostBodyBytes(int blocks, int blockLength) {
      return FIXED_BYTES + PieceLayout.mostPieces(blocks, blockLength) * Integer.BYTES;
    }

    @Override
    public RecordType type() {
      return RecordType.WRITE;
    }

    @Override
    public long volume() {
      return volume;
    }

    @Override
    public long lba() {
      return lba;
    }

    PieceLayout layout() {
      return layout;
    }

    /** Shared, not to be changed. */
    int[] checksums() {
      return checksums;
    }

    /** What the map gets to know when the payload is at {@code location}. */
    Written written(long location) {
      return new Written(layout, location, checksums);
    }

    @Override
    public int bodyBytes() {
      return FIXED_BYTES + checksums.length * Integer.BYTES;
    }

    @Override
    public void putBody(ByteBuffer into) {
      into.putInt(layout.strideUnits() * Location.UNIT_BYTES).putInt(blocks());
      for (int checksum : checksums) {
        into.putInt(checksum);
      }
    }

    @Override
    public boolean touches(long volume, long lba, long count) {
      return this.volume == volume && this.lba < lba + count && lba < this.lba + blocks();
    }

    int blocks() {
      return layout.units() / layout.strideUnits();
    }

    static Write from(long volume, long lba, ByteBuffer body) {
      int blockLength = body.getInt();
      int blocks = body.getInt();
      int[] checksums = new int[body.remaining() / Integer.BYTES];
      body.asIntBuffer().get(checksums);
      return new Write(volume, lba, PieceLayout.of(lba, blocks, blockLength), checksums);
    }
  }

  /** Blocks are given back. Body: LBA and number of blocks, 8 bytes each, for each extent. */
  record Unmap(long volume, List<BlockExtent> extents) implements Change {
    static final int EXTENT_BYTES = 2 * Long.BYTES;

    @Override
    public RecordType type() {
      return RecordType.UNMAP;
    }

    @Override
    public int bodyBytes() {
      return extents.size() * EXTENT_BYTES;
    }

    @Override
    public void putBody(ByteBuffer into) {
      for (BlockExtent extent : extents) {
        into.putLong(extent.lba()).putLong(extent.count());
      }
    }

    @Override
    public boolean touches(long volume, long lba, long count) {
      return this.volume == volume
          && extents.stream().anyMatch(e -> e.lba() < lba + count && lba < e.lba() + e.count());
    }

    /** It gives space back. */
    @Override
    public boolean mayPass(Change earlier) {
      return extents.stream().noneMatch(e -> earlier.touches(volume, e.lba(), e.count()));
    }

    static Unmap from(long volume, ByteBuffer body) {
      List<BlockExtent> extents = new ArrayList<>(body.remaining() / EXTENT_BYTES);
      while (body.hasRemaining()) {
        extents.add(new BlockExtent(body.getLong(), body.getLong()));
      }
      return new Unmap(volume, extents);
    }
  }

  /** A volume appears, empty. Body: block length ({@link Geometry#code}, 4), blocks (8), name. */
  record Create(long volume, String name, Geometry geometry) implements Change {
    @Override
    public RecordType type() {
      return RecordType.CREATE;
    }

    @Override
    public int bodyBytes() {
      return Integer.BYTES + Long.BYTES + encoded(name).length;
    }

    @Override
    public void putBody(ByteBuffer into) {
      into.putInt(geometry.code()).putLong(geometry.blocks()).put(encoded(name));
    }

    static Create from(long volume, ByteBuffer body) {
      Geometry geometry = Geometry.of(body.getInt(), body.getLong());
      return new Create(volume, nameIn(body), geometry);
    }
  }

  /**
   * A volume appears that begins as another's newest root. Body: origin (8), writable (1), name.
   */
  record Branch(long volume, String name, long origin, boolean writable) implements Change {
    @Override
    public RecordType type() {
      return RecordType.BRANCH;
    }

    @Override
    public int bodyBytes() {
      return Long.BYTES + 1 + encoded(name).length;
    }

    @Override
    public void putBody(ByteBuffer into) {
      into.putLong(origin).put((byte) (writable ? 1 : 0)).put(encoded(name));
    }

    static Branch from(long volume, ByteBuffer body) {
      long origin = body.getLong();
      boolean writable = body.get() != 0;
      return new Branch(volume, nameIn(body), origin, writable);
    }
  }

  /** A volume grows or shrinks. Body: blocks (8). */
  record Resize(long volume, long blocks) implements Change {
    @Override
    public RecordType type() {
      return RecordType.RESIZE;
    }

    @Override
    public int bodyBytes() {
      return Long.BYTES;
    }

    @Override
    public void putBody(ByteBuffer into) {
      into.putLong(blocks);
    }
  }

  /** A volume's root becomes a snapshot's, shape and all. Body: snapshot (8). */
  record Rollback(long volume, long snapshot) implements Change {
    @Override
    public RecordType type() {
      return RecordType.ROLLBACK;
    }

    @Override
    public int bodyBytes() {
      return Long.BYTES;
    }

    @Override
    public void putBody(ByteBuffer into) {
      into.putLong(snapshot);
    }
  }

  /** A volume disappears. No body. */
  record Delete(long volume) implements Change {
    /** It gives space back. */
    @Override
    public boolean mayPass(Change earlier) {
      return !earlier.touches(volume, 0, Long.MAX_VALUE);
    }

    @Override
    public RecordType type() {
      return RecordType.DELETE;
    }

    @Override
    public int bodyBytes() {
      return 0;
    }

    @Override
    public void putBody(ByteBuffer into) {}
  }

  /**
   * Nothing changes. The record fills the place of one whose write failed, or carries copies that
   * only a checkpoint refers to; its payload is not checked when it is replayed. No body.
   */
  record Nothing() implements Change {
    static final Nothing INSTANCE = new Nothing();

    @Override
    public boolean mayPass(Change earlier) {
      return true;
    }

    @Override
    public RecordType type() {
      return RecordType.NOTHING;
    }

    @Override
    public int bodyBytes() {
      return 0;
    }

    @Override
    public void putBody(ByteBuffer into) {}

    @Override
    public boolean touches(long volume, long lba, long count) {
      return false;
    }
  }

  private static byte[] encoded(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private static String nameIn(ByteBuffer body) {
    return StandardCharsets.UTF_8.decode(body).toString();
  }
}

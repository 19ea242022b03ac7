package org.untorn.backstore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads a {@link Checkpoint} back into an empty catalog and an empty set of segments. */
final class CheckpointReader {

  private final PieceInput from;
  private final MapNodes nodes;
  private final LiveBytes live = new LiveBytes();
  private final LeafView view = new LeafView();
  private int[] places = new int[1024];
  private int last;
  private long[] keys = new long[0];
  private int[] children = new int[0];

  private CheckpointReader(PieceInput from, MapNodes nodes) {
    this.from = from;
    this.nodes = nodes;
  }

  /** Reads it, and says how many bytes its roots refer to. */
  static long read(Medium medium, Superblock.CheckpointRef ref, Catalog catalog, Segments segments)
      throws IOException {
    if (ref.generation() == 0) {
      return 0;
    }
    String file = Checkpoint.fileName(ref.generation());
    if (PieceInput.crc(medium, file, ref.length()) != ref.crc()) {
      throw damaged(file);
    }
    PieceInput from = new PieceInput(medium, file, ref.length());
    if (from.getInt() != Checkpoint.MAGIC || from.getInt() != Checkpoint.VERSION) {
      throw damaged(file);
    }
    catalog.reserveId(from.getLong());
    CheckpointReader reader = new CheckpointReader(from, catalog.maps().nodes());
    reader.readNodes();
    for (int left = from.getInt(); left > 0; left--) {
      segments.add(reader.readSegment());
    }
    for (int left = from.getInt(); left > 0; left--) {
      catalog.restore(reader.readLine());
    }
    reader.giveBack();
    return reader.live.total();
  }

  private static PoolDamagedException damaged(String file) {
    return new PoolDamagedException(
        file, 0, "the checkpoint's checksum is wrong; restore the pool's files from a copy");
  }

  private Segment readSegment() throws IOException {
    int number = from.getInt();
    String file = SegmentLayout.fileName(from.getInt());
    Segment segment = new Segment(number, file, from.getLong());
    segment.lastSequence(from.getLong());
    return segment;
  }

  private Checkpoint.Line readLine() throws IOException {
    long id = from.getLong();
    boolean writable = from.getByte() != 0;
    Geometry geometry = Geometry.of(from.getInt(), from.getLong());
    int height = from.getByte();
    int top = from.getInt();
    Root root = new Root(geometry, top == 0 ? MapNodes.NONE : refer(top), height, from.getLong());
    String name = new String(from.getBytes(from.getShort()), StandardCharsets.UTF_8);
    return new Checkpoint.Line(id, name, writable, root);
  }

  private void readNodes() throws IOException {
    for (int kind = from.getByte(); kind != Checkpoint.LAST; kind = from.getByte()) {
      last++;
      if (last == places.length) {
        places = Arrays.copyOf(places, 2 * last);
      }
      places[last] = kind == Checkpoint.LEAF ? readLeaf() : readInner();
    }
  }

  private int readLeaf() throws IOException {
    boolean detailed = from.getByte() != 0;
    int count = from.getShort();
    int sums = from.getShort();
    long mapped = from.getLong();
    int leaf = nodes.allocateLeaf(count, sums, detailed, mapped, from.getLong());
    for (int i = 0; i < count; i++) {
      nodes.setWord(leaf, i, from.getLong());
    }
    for (int i = 0; i < count && detailed; i++) {
      nodes.setDetail(leaf, count, i, from.getInt());
    }
    for (int i = 0; i < sums; i++) {
      nodes.setChecksum(leaf, count, detailed, i, from.getInt());
    }
    live.add(view.of(nodes, leaf));
    return leaf;
  }

  private int readInner() throws IOException {
    int count = from.getShort();
    int inner = nodes.allocateInner(count, from.getLong());
    if (keys.length < count) {
      keys = new long[count];
      children = new int[count];
    }
    for (int i = 0; i < count; i++) {
      keys[i] = from.getLong();
      children[i] = refer(from.getInt());
    }
    nodes.fillInner(inner, keys, children, 0);
    return inner;
  }

  /** The node of a place, which has one more reference now. */
  private int refer(int place) {
    nodes.addReference(places[place]);
    return places[place];
  }

  /** Takes the reference back that each node was made with. */
  private void giveBack() {
    for (int place = 1; place <= last; place++) {
      nodes.takeReference(places[place]);
    }
  }
}

package org.untorn.backstore;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * All roots at one point of the log, written as one file. Two files are used in turn, so the one
 * that the newest superblock names is never written to. Integers are big-endian.
 *
 * <pre>
 *   [ "UNTC" | version ][ last volume id (8) ]
 *   [ number of segments (4) ]  each: [ number (4) | file (4) | epoch (8) | last sequence (8) ]
 *   nodes, then [ 2 ]           each: [ 0 | mapped (8) ] [ location (8) | checksum (4) ] per bit set
 *                                 or  [ 1 | present (8) ] [ node (4) ] per bit set
 *   [ number of volumes (4) ]   each: [ id (8) | writable (1) | block length (4) | blocks (8)
 *                                       | height (1) | top node (4) | name length (2) | name ]
 * </pre>
 *
 * A node comes behind its children and is named by its place in the list, from 1 on; 0 is the empty
 * node. A node that several roots share is written once, and shared again when it is read. Bit i of
 * {@code mapped} or {@code present} says that entry i is not empty. The superblock holds length and
 * CRC32C of the whole. It goes to the medium and comes back in pieces, so its length costs no heap.
 */
final class Checkpoint {

  private static final int MAGIC = 0x554E5443;
  private static final int VERSION = 1;
  private static final byte LEAF = 0;
  private static final byte INNER = 1;
  private static final byte LAST = 2;

  private Checkpoint() {}

  /** A volume as it was at that point. */
  record Line(long id, String name, boolean writable, Root root) {}

  static String fileName(long generation) {
    return "checkpoint-" + generation % 2;
  }

  /** Writes it; it counts once its file is synced and a superblock names it. */
  static Superblock.CheckpointRef write(
      Medium medium,
      long generation,
      long lastVolume,
      Collection<Segment> segments,
      Collection<Line> lines)
      throws IOException {
    PieceOutput pieces = new PieceOutput(medium, fileName(generation));
    DataOutputStream out = new DataOutputStream(pieces);
    encode(lastVolume, segments, lines, out);
    out.flush();
    return new Superblock.CheckpointRef(generation, pieces.length(), pieces.crc());
  }

  /** Reads it back into an empty catalog and an empty set of segments. */
  static void read(Medium medium, Superblock.CheckpointRef ref, Catalog catalog, Segments segments)
      throws IOException {
    if (ref.generation() == 0) {
      return;
    }
    String file = fileName(ref.generation());
    if (PieceInput.crc(medium, file, ref.length()) != ref.crc()) {
      throw damaged(file);
    }
    DataInputStream from = new DataInputStream(new PieceInput(medium, file, ref.length()));
    if (from.readInt() != MAGIC || from.readInt() != VERSION) {
      throw damaged(file);
    }
    catalog.reserveId(from.readLong());
    for (int left = from.readInt(); left > 0; left--) {
      int number = from.readInt();
      String segmentFile = SegmentLayout.fileName(from.readInt());
      Segment segment = new Segment(number, segmentFile, from.readLong());
      segment.lastSequence(from.readLong());
      segments.add(segment);
    }
    List<BlockMap.Node> nodes = readNodes(from);
    for (int left = from.readInt(); left > 0; left--) {
      catalog.restore(readLine(from, nodes));
    }
  }

  private static PoolDamagedException damaged(String file) {
    return new PoolDamagedException(
        file, 0, "the checkpoint's checksum is wrong; restore the pool's files from a copy");
  }

  private static void encode(
      long lastVolume, Collection<Segment> segments, Collection<Line> lines, DataOutputStream out)
      throws IOException {
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeLong(lastVolume);
    out.writeInt(segments.size());
    for (Segment segment : segments) {
      out.writeInt(segment.number());
      out.writeInt(SegmentLayout.fileIndex(segment.file()));
      out.writeLong(segment.epoch());
      out.writeLong(segment.lastSequence());
    }
    IdentityHashMap<BlockMap.Node, Integer> places = new IdentityHashMap<>();
    for (Line line : lines) {
      writeNode(line.root().map().top(), places, out);
    }
    out.writeByte(LAST);
    out.writeInt(lines.size());
    for (Line line : lines) {
      writeLine(line, places, out);
    }
  }

  private static void writeLine(
      Line line, IdentityHashMap<BlockMap.Node, Integer> places, DataOutputStream out)
      throws IOException {
    byte[] name = line.name().getBytes(StandardCharsets.UTF_8);
    out.writeLong(line.id());
    out.writeBoolean(line.writable());
    out.writeInt(line.root().geometry().blockLength());
    out.writeLong(line.root().geometry().blocks());
    out.writeByte(line.root().map().height());
    out.writeInt(places.getOrDefault(line.root().map().top(), 0));
    out.writeShort(name.length);
    out.write(name);
  }

  private static Line readLine(DataInputStream from, List<BlockMap.Node> nodes) throws IOException {
    long id = from.readLong();
    boolean writable = from.readBoolean();
    Geometry geometry = new Geometry(from.readInt(), from.readLong());
    int height = from.readByte();
    BlockMap map = new BlockMap(nodes.get(from.readInt()), height);
    byte[] name = new byte[from.readShort()];
    from.readFully(name);
    return new Line(
        id, new String(name, StandardCharsets.UTF_8), writable, new Root(geometry, map));
  }

  /** Writes what is not written yet of a subtree, children first. */
  private static void writeNode(
      BlockMap.Node node, IdentityHashMap<BlockMap.Node, Integer> places, DataOutputStream out)
      throws IOException {
    if (node == BlockMap.Leaf.EMPTY || places.containsKey(node)) {
      return;
    }
    switch (node) {
      case BlockMap.Leaf leaf -> {
        out.writeByte(LEAF);
        out.writeLong(bits(i -> leaf.locations[i] != Location.NONE));
        for (int i = 0; i < BlockMap.WIDTH; i++) {
          if (leaf.locations[i] != Location.NONE) {
            out.writeLong(leaf.locations[i]);
            out.writeInt(leaf.checksums[i]);
          }
        }
      }
      case BlockMap.Inner inner -> {
        for (BlockMap.Node child : inner.children) {
          writeNode(child, places, out);
        }
        out.writeByte(INNER);
        out.writeLong(bits(i -> inner.children[i] != BlockMap.Leaf.EMPTY));
        for (BlockMap.Node child : inner.children) {
          if (child != BlockMap.Leaf.EMPTY) {
            out.writeInt(places.getOrDefault(child, 0));
          }
        }
      }
    }
    places.put(node, places.size() + 1);
  }

  private static List<BlockMap.Node> readNodes(DataInputStream from) throws IOException {
    List<BlockMap.Node> nodes = new ArrayList<>();
    nodes.add(BlockMap.Leaf.EMPTY);
    for (byte kind = from.readByte(); kind != LAST; kind = from.readByte()) {
      long bits = from.readLong();
      nodes.add(kind == LEAF ? readLeaf(from, bits) : readInner(from, bits, nodes));
    }
    return nodes;
  }

  private static BlockMap.Node readLeaf(DataInputStream from, long bits) throws IOException {
    long[] locations = new long[BlockMap.WIDTH];
    int[] checksums = new int[BlockMap.WIDTH];
    for (int i = 0; i < BlockMap.WIDTH; i++) {
      if ((bits >>> i & 1) != 0) {
        locations[i] = from.readLong();
        checksums[i] = from.readInt();
      }
    }
    return new BlockMap.Leaf(locations, checksums, Long.bitCount(bits));
  }

  private static BlockMap.Node readInner(DataInputStream from, long bits, List<BlockMap.Node> nodes)
      throws IOException {
    BlockMap.Node[] children = new BlockMap.Node[BlockMap.WIDTH];
    long mapped = 0;
    for (int i = 0; i < BlockMap.WIDTH; i++) {
      children[i] = (bits >>> i & 1) != 0 ? nodes.get(from.readInt()) : BlockMap.Leaf.EMPTY;
      mapped += children[i].mapped();
    }
    return new BlockMap.Inner(children, mapped);
  }

  private static long bits(IntPredicate isSet) {
    long bits = 0;
    for (int i = 0; i < BlockMap.WIDTH; i++) {
      bits |= isSet.test(i) ? 1L << i : 0;
    }
    return bits;
  }
}

package org.untorn.backstore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * All roots at one point of the log, written as one file. Two files are used in turn, so the one
 * that the newest superblock names is never written to. Integers are big-endian.
 *
 * <pre>
 *   [ "UNTC" (4) | version (4) | last volume id (8) ]
 *   nodes, then [ 2 (1) ]
 *     leaf   [ 0 (1) | detailed (1) | entries (2) | checksums (2) | mapped (8) | base (8) ]
 *            [ word (8) ] per entry  [ detail (4) ] per entry, if detailed  [ checksum (4) ] each
 *     inner  [ 1 (1) | children (2) | mapped (8) ] [ key (8) | node (4) ] per child
 *   [ number of segments (4) ]  each: [ number (4) | file (4) | epoch (8) | last sequence (8) ]
 *   [ number of volumes (4) ]   each: [ id (8) | writable (1) | block length (4) | blocks (8)
 *                                       | height (1) | top node (4) | mapped (8)
 *                                       | name length (2) | name ]
 * </pre>
 *
 * Nodes are what {@link MapNodes} draws. A node comes behind its children and is named by its place
 * in the list, from 1 on; 0 is none. A node that several roots share is written once, and shared
 * again when it is read. The segments are those that the nodes refer to. The superblock holds
 * length and CRC32C of the whole. It goes to the medium and comes back in pieces, so its length
 * costs no memory.
 */
final class Checkpoint {

  static final int MAGIC = 0x554E5443;
  static final int VERSION = 2;
  static final byte LEAF = 0;
  static final byte INNER = 1;
  static final byte LAST = 2;

  private Checkpoint() {}

  /** A volume as it was at that point. */
  record Line(long id, String name, boolean writable, Root root) {}

  /**
   * A checkpoint that was written.
   *
   * @param live how many bytes the roots refer to, by segment
   */
  record Written(Superblock.CheckpointRef ref, LiveBytes live) {}

  static String fileName(long generation) {
    return "checkpoint-" + generation % 2;
  }

  /**
   * Writes it; it counts once its file is synced and a superblock names it.
   *
   * @param segments those that may be referred to
   */
  static Written write(
      Medium medium,
      long generation,
      long lastVolume,
      Collection<Segment> segments,
      Collection<Line> lines,
      MapNodes nodes)
      throws IOException {
    PieceOutput out = new PieceOutput(medium, fileName(generation));
    out.putInt(MAGIC).putInt(VERSION).putLong(lastVolume);
    NodeWriter writer = new NodeWriter(nodes, out);
    MapWalk walk = new MapWalk(nodes);
    List<Integer> tops = new ArrayList<>();
    for (Line line : lines) {
      tops.add(walk.visit(line.root(), writer));
    }
    out.putByte(LAST);
    List<Segment> live = segments.stream().filter(writer.live()::contains).toList();
    out.putInt(live.size());
    for (Segment segment : live) {
      out.putInt(segment.number()).putInt(SegmentLayout.fileIndex(segment.file()));
      out.putLong(segment.epoch()).putLong(segment.lastSequence());
    }
    out.putInt(lines.size());
    int next = 0;
    for (Line line : lines) {
      writeLine(line, tops.get(next), out);
      next++;
    }
    out.flush();
    Superblock.CheckpointRef ref =
        new Superblock.CheckpointRef(generation, out.length(), out.crc());
    return new Written(ref, writer.live());
  }

  private static void writeLine(Line line, int top, PieceOutput out) throws IOException {
    byte[] name = line.name().getBytes(StandardCharsets.UTF_8);
    Root root = line.root();
    out.putLong(line.id()).putByte(line.writable() ? 1 : 0);
    out.putInt(root.geometry().code()).putLong(root.geometry().blocks());
    out.putByte(root.height()).putInt(top).putLong(root.mappedUnits());
    out.putShort(name.length).putBytes(name);
  }

  /** Writes nodes, and counts what they refer to. */
  private record NodeWriter(MapNodes nodes, PieceOutput out, LiveBytes live)
      implements MapWalk.Visitor {

    NodeWriter(MapNodes nodes, PieceOutput out) {
      this(nodes, out, new LiveBytes());
    }

    @Override
    public void leaf(LeafView leaf) throws IOException {
      live.add(leaf);
      out.putByte(LEAF).putByte(leaf.detailed() ? 1 : 0);
      out.putShort(leaf.count()).putShort(leaf.sums());
      out.putLong(leaf.mapped()).putLong(leaf.base());
      for (int i = 0; i < leaf.count(); i++) {
        out.putLong(leaf.word(i));
      }
      for (int i = 0; i < leaf.count() && leaf.detailed(); i++) {
        out.putInt(leaf.detail(i));
      }
      for (int i = 0; i < leaf.sums(); i++) {
        out.putInt(leaf.checksum(i));
      }
    }

    @Override
    public void inner(int node, int[] places) throws IOException {
      out.putByte(INNER).putShort(places.length).putLong(nodes.mapped(node));
      for (int i = 0; i < places.length; i++) {
        out.putLong(nodes.key(node, i)).putInt(places[i]);
      }
    }
  }
}

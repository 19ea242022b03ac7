package org.untorn.backstore;

import java.io.IOException;
import java.util.List;

/**
 * The management of a pool's volumes, beside the data path. A snapshot is a kept root; a clone is a
 * root with a name: both are made in constant time. Every change is durable when the method
 * returns.
 *
 * <p>Names are 1 to 64 characters of letters, digits, '.', '_' and '-'. A method that is given a
 * name that does not exist, or exists already where it must not, throws {@link
 * IllegalArgumentException} naming it.
 */
public interface Volumes {

  /** All volumes and snapshots, by name. */
  List<Description> list();

  /** Makes an empty volume: every block reads as zeros. */
  void create(String name, Geometry geometry) throws IOException;

  /**
   * The volume's or snapshot's blocks. A snapshot refuses changes with {@link
   * BlockOutcome.WriteFailed}.
   */
  BlockStore open(String name);

  /** Keeps the newest root of {@code volume} as a read-only snapshot. */
  void snapshot(String volume, String snapshot) throws IOException;

  /** Makes a writable volume that starts as {@code origin}'s newest root. */
  void cloneOf(String origin, String clone) throws IOException;

  /** Grows or shrinks a volume; what lies past a new end is given back. */
  void resize(String volume, long blocks) throws IOException;

  /**
   * Makes a snapshot's root, capacity and all, the newest of {@code volume}: what was written since
   * is gone. Writes under way come before or after, each as a whole.
   *
   * <p>Both have blocks of one length; {@code snapshot} remains.
   */
  void rollback(String volume, String snapshot) throws IOException;

  /** Removes a volume or snapshot and gives back what no other root holds. */
  void delete(String name) throws IOException;

  /**
   * One line of {@link #list}.
   *
   * @param writable false for a snapshot
   * @param mappedBlocks logical blocks that hold data
   */
  record Description(String name, Geometry geometry, boolean writable, long mappedBlocks) {}
}

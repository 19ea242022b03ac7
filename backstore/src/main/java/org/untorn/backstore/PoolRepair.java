package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a damaged pool one that opens, with all in it that is provably good.
 *
 * <pre>
 *   it opens ----------------------------------------> both superblocks are written anew
 *   it is refused --- {@link Salvage} over an {@link Overlay}: what would be unknown then?
 *                       |--- nothing ----------------> the same for good, and a new checkpoint
 *                       \--- something --- accepted -> the same
 *                                     \--- not ------> nothing is changed
 * </pre>
 *
 * Blocks that are lost stay mapped and end in MEDIUM ERROR until they are written again; {@link
 * PoolCheck} lists them. The superblocks and checkpoints as they were are kept beside the new ones,
 * under their names with {@value #KEPT} and a number.
 */
public final class PoolRepair {

  private static final String KEPT = ".damaged-";
  private static final int PIECE_BYTES = 1 << 20;

  private PoolRepair() {}

  /** What a repair came to. */
  public sealed interface Outcome {

    /** The pool opens as it is: what is damaged in it are blocks, if anything. */
    record Opens() implements Outcome {}

    /**
     * The pool opens again.
     *
     * @param unknown what was given up, as was accepted
     */
    record Repaired(List<String> unknown) implements Outcome {}

    /**
     * Nothing was changed.
     *
     * @param unknown what would have to be given up; empty if there is no way at all
     */
    record Refused(String why, List<String> unknown) implements Outcome {}
  }

  /**
   * Repairs the pool on a medium that nobody else uses.
   *
   * @param acceptsLoss whether it may give up what is unknown
   */
  public static Outcome run(Medium medium, boolean acceptsLoss) throws IOException {
    if (opens(medium)) {
      Pool.open(medium, PoolOptions.DEFAULT).close();
      return new Outcome.Opens();
    }
    List<Superblock> bases = bases(medium);
    String why = "neither superblock is whole: there is nothing to begin with";
    for (Superblock base : bases) {
      Salvage trial = new Salvage(new Overlay(medium), base);
      try {
        trial.run();
      } catch (PoolDamagedException checkpoint) {
        why = String.valueOf(checkpoint.getMessage());
        continue;
      }
      if (!trial.unknown().isEmpty() && !acceptsLoss) {
        return new Outcome.Refused("durable changes are lost", trial.unknown());
      }
      keep(medium);
      Salvage salvage = new Salvage(medium, base);
      Pool.Recovered recovered = salvage.run();
      if (!salvage.unknown().isEmpty() && !acceptsLoss) {
        return new Outcome.Refused("more cannot be read than a moment ago", salvage.unknown());
      }
      Pool.begin(medium, PoolOptions.DEFAULT, recovered).close();
      return new Outcome.Repaired(salvage.unknown());
    }
    return new Outcome.Refused(why, List.of());
  }

  private static boolean opens(Medium medium) throws IOException {
    Overlay overlay = new Overlay(medium);
    try (Pool _ = Pool.open(overlay, PoolOptions.DEFAULT)) {
      overlay.forget();
      return true;
    } catch (PoolVersionException other) {
      throw other;
    } catch (IOException refused) {
      return false;
    }
  }

  /**
   * Where to begin, the best first. The next generation is one that no opening had: that of a
   * superblock that is damaged now may be some record's epoch. And it lies in the other slot: what
   * is begun with stays until the repair is on stable storage.
   */
  private static List<Superblock> bases(Medium medium) throws IOException {
    List<Superblock> bases = new ArrayList<>();
    List<Superblock> whole = Superblock.all(new ReadableParts(medium));
    for (Superblock each : whole) {
      Superblock newest = whole.getFirst();
      long skipped = whole.size() < Superblock.SLOTS ? 2 : each.equals(newest) ? 0 : 1;
      bases.add(each.renewed(newest.generation() + skipped, newest.lastSegment(), newest.synced()));
    }
    return bases;
  }

  /** Copies what a repair overwrites. */
  private static void keep(Medium medium) throws IOException {
    List<String> files = medium.files();
    int number = 1;
    while (files.contains(Superblock.FILE + KEPT + number)) {
      number++;
    }
    Medium readable = new ReadableParts(medium);
    for (String file : List.of(Checkpoint.fileName(0), Checkpoint.fileName(1), Superblock.FILE)) {
      if (files.contains(file)) {
        copy(readable, file, medium, file + KEPT + number);
      }
    }
  }

  private static void copy(Medium from, String file, Medium to, String copy) throws IOException {
    long length = from.length(file);
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    for (long at = 0; at < length; at += PIECE_BYTES) {
      piece.clear().limit((int) Math.min(PIECE_BYTES, length - at));
      from.read(file, at, piece, Purpose.MAP);
      to.write(copy, at, List.of(piece), Purpose.MAP);
    }
    to.sync(copy, Purpose.MAP);
  }
}

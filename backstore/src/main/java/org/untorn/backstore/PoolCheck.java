package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Checks all of a pool and changes nothing: opens it as recovery does, over an {@link Overlay}, and
 * reads every block that a volume or snapshot maps.
 *
 * <pre>
 *   both superblocks ── the checkpoint ── the log behind it ── every block of every root
 *   └ Superblock ┘     └────────── Recovery ──────────┘    └──── RootReader ────┘
 * </pre>
 *
 * Each structure is read by the class that a running pool reads it with, so what this finds sound
 * is what opens, and what it finds damaged is what would be refused or end in MEDIUM ERROR. Its
 * memory is that of the open pool; its time is that of reading all roots.
 */
public final class PoolCheck {

  private static final int PIECE_BYTES = 1 << 20;
  private static final int RUNS = 1024;

  private final Medium medium;
  private final Listener listener;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
  private long findings;
  private long done;
  private long total;

  /** Hears of what is found, while it is found. */
  public interface Listener {

    void found(Finding finding);

    /** Something that looks odd and is no damage. */
    void noted(String what);

    /** {@code done} of {@code total} bytes of blocks have been read. */
    void progress(long done, long total);
  }

  /**
   * What was checked.
   *
   * @param volumes volumes and snapshots
   * @param bytes of blocks
   * @param findings how many there were
   */
  public record Summary(int volumes, long bytes, long findings) {}

  private PoolCheck(Medium medium, Listener listener) {
    this.medium = medium;
    this.listener = listener;
  }

  /**
   * Checks the pool on a medium, which holds one. What cannot be read is damage like any other.
   *
   * @throws PoolVersionException if this program knows nothing of such pools
   */
  public static Summary run(Medium medium, Listener listener) throws IOException {
    PoolCheck check = new PoolCheck(medium, listener);
    try {
      check.superblocks();
      return check.roots();
    } catch (PoolVersionException other) {
      throw other;
    } catch (PoolDamagedException damage) {
      check.found(new Finding(Optional.empty(), String.valueOf(damage.getMessage())));
    } catch (IOException unreadable) {
      String what = "the pool cannot be read, nor opened: " + unreadable.getMessage();
      check.found(new Finding(Optional.empty(), what));
    }
    return new Summary(0, check.done, check.findings);
  }

  /** Whether a file of that name speaks of a pool. */
  public static boolean isOfAPool(String file) {
    return file.equals(Superblock.FILE) || SegmentLayout.isSegment(file);
  }

  private void found(Finding finding) {
    findings++;
    listener.found(finding);
  }

  private void superblocks() throws IOException {
    for (int slot = 0; slot < Superblock.SLOTS; slot++) {
      if (Superblock.isDamaged(medium, slot)) {
        found(
            new Finding(
                Optional.empty(),
                "%s at byte %d: this superblock is damaged; if the other one is whole, the pool is opened from it, and the next checkpoint writes this one anew"
                    .formatted(Superblock.FILE, Superblock.offset(slot))));
      }
    }
  }

  private Summary roots() throws IOException {
    Overlay overlay = new Overlay(medium);
    try (Pool pool = Pool.open(overlay, PoolOptions.DEFAULT, this::note)) {
      List<Volumes.Description> volumes = pool.list();
      for (Volumes.Description volume : volumes) {
        total += volume.mappedBlocks() * volume.geometry().blockLength();
      }
      for (Volumes.Description volume : volumes) {
        blocks(volume, pool.open(volume.name()));
      }
      overlay.forget();
      return new Summary(volumes.size(), done, findings);
    }
  }

  private void note(Leftover behind) {
    behind.text().ifPresent(listener::noted);
  }

  private void blocks(Volumes.Description volume, BlockStore store) throws IOException {
    Rotten rotten = new Rotten(volume.name());
    long mapped = 0;
    long blocks = volume.geometry().blocks();
    for (long lba = 0; lba < blocks; ) {
      BlockOutcome outcome = run(store, new BlockOperation.Status(lba, blocks - lba, RUNS));
      if (!(outcome instanceof BlockOutcome.Mapping(List<BlockOutcome.Mapping.Run> runs))) {
        throw new IOException("what is mapped of " + volume.name() + " is not known: " + outcome);
      }
      for (BlockOutcome.Mapping.Run run : runs) {
        if (run.mapped()) {
          mapped += run.count();
          read(store, run, rotten);
        }
        lba = run.lba() + run.count();
      }
    }
    rotten.tell();
    if (mapped != volume.mappedBlocks()) {
      found(
          new Finding(
              Optional.of(new Finding.Blocks(volume.name(), 0, blocks)),
              "in its map %d blocks are mapped, but %d are counted"
                  .formatted(mapped, volume.mappedBlocks())));
    }
  }

  private void read(BlockStore store, BlockOutcome.Mapping.Run run, Rotten rotten)
      throws IOException {
    int blockLength = store.geometry().blockLength();
    long end = run.lba() + run.count();
    for (long lba = run.lba(); lba < end; ) {
      int count = (int) Math.min(PIECE_BYTES / blockLength, end - lba);
      piece.clear().limit(count * blockLength);
      switch (run(store, new BlockOperation.Read(lba, piece))) {
        case BlockOutcome.Done _ -> lba += count;
        case BlockOutcome.Unreadable unreadable -> {
          long bad = Math.max(lba, unreadable.lba());
          rotten.add(bad, unreadable);
          count = (int) (bad + 1 - lba);
          lba = bad + 1;
        }
        case BlockOutcome other -> throw new IOException("reading LBA " + lba + ": " + other);
      }
      done += (long) count * blockLength;
      listener.progress(done, total);
    }
  }

  private static BlockOutcome run(BlockStore store, BlockOperation operation) {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(operation, outcome::complete);
    return outcome.join();
  }

  /** Gathers neighbours, so that a rotten mebibyte is one finding. */
  private final class Rotten {

    private final String volume;
    private long first;
    private long count;
    private String why = "";

    Rotten(String volume) {
      this.volume = volume;
    }

    void add(long lba, BlockOutcome.Unreadable unreadable) {
      if (count > 0 && lba == first + count) {
        count++;
        return;
      }
      tell();
      first = lba;
      count = 1;
      why = unreadable.why();
    }

    void tell() {
      if (count > 0) {
        found(
            new Finding(
                Optional.of(new Finding.Blocks(volume, first, count)),
                why + "; reading it ends in MEDIUM ERROR, writing it anew heals it"));
      }
      count = 0;
    }
  }
}

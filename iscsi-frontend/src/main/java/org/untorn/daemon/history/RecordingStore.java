package org.untorn.daemon.history;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.daemon.verdict.Recording;
import org.untorn.oracle.Content;
import org.untorn.oracle.History;
import org.untorn.oracle.Operation;

/**
 * A filter that remembers each change and flush, with the fingerprints of what was written, and
 * after each power cut what is left of it. It stands over the cache and all that may break a
 * promise below the disk. What stands above it, it does not see: fault rules for commands, and the
 * defects {@code ignores-boundary} and {@code forgets-granularity}, which change what the disk asks
 * of it. Reads pass without a trace.
 *
 * <p>It remembers a bounded number of blocks; a flush counts as one. When that is reached it
 * remembers nothing more, until it is told to forget. Its memory is guarded by its monitor, which
 * it holds for no call to others.
 */
public final class RecordingStore implements BlockStore {

  private static final int READ_BYTES = 1 << 20;

  private final String name;
  private final BlockStore below;
  private final long mostBlocks;
  private History.Recorder recorder = new History.Recorder();
  private TreeSet<Long> written = new TreeSet<>();
  private long blocks;
  private boolean full;

  /** Blocks that could not be read after a cut. */
  private int unread;

  /**
   * Goes up when it forgets, and at a power cut: what was begun before is not remembered when it
   * ends.
   */
  private int life;

  /**
   * Puts one over a volume.
   *
   * @param mostBlocks how many blocks it remembers, those found after cuts included
   */
  public RecordingStore(String name, BlockStore below, long mostBlocks) {
    this.name = name;
    this.below = below;
    this.mostBlocks = mostBlocks;
  }

  /** A change or a flush that is under way. */
  private record Noted(int life, List<Integer> ids) {}

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    Noted noted = note(operations(operation));
    below.submit(
        operation,
        outcome -> {
          note(noted, outcome);
          completion.completed(outcome);
        });
  }

  private List<Operation> operations(BlockOperation operation) {
    return switch (operation) {
      case BlockOperation.Write(long lba, List<ByteBuffer> data, Durability durability) ->
          change(lba, data, false, durability);
      case BlockOperation.AtomicWrite(long lba, List<ByteBuffer> data, Durability durability) ->
          change(lba, data, true, durability);
      case BlockOperation.CompareAndWrite(
              long lba,
              ByteBuffer _,
              List<ByteBuffer> data,
              Durability durability) ->
          change(lba, data, true, durability);
      case BlockOperation.Unmap(List<BlockExtent> extents, Durability durability) ->
          extents.stream()
              .filter(extent -> extent.count() > 0)
              .map(extent -> unmapped(extent, durability))
              .toList();
      case BlockOperation.Flush _ -> List.of(new Operation.Flush());
      case BlockOperation.Read _, BlockOperation.Status _ -> List.of();
    };
  }

  private List<Operation> change(
      long lba, List<ByteBuffer> data, boolean atomic, Durability durability) {
    int blockLength = geometry().blockLength();
    int length = (int) BlockOperation.length(data);
    if (length == 0 || length % blockLength != 0) {
      return List.of();
    }
    byte[] joined = new byte[length];
    ByteBuffer into = ByteBuffer.wrap(joined);
    data.forEach(buffer -> into.put(buffer.duplicate()));
    List<Long> contents = Content.ofBlocks(joined, blockLength);
    return List.of(
        new Operation.Write(
            lba, contents, atomic, atomic ? contents.size() : 1, durability == Durability.STABLE));
  }

  /** One that is too long to be remembered is cut off: it fills the memory as it is. */
  private Operation unmapped(BlockExtent extent, Durability durability) {
    int count = (int) Math.min(extent.count(), mostBlocks + 1);
    List<Long> zeros = Collections.nCopies(count, Content.ZEROS);
    return new Operation.Write(extent.lba(), zeros, false, 1, durability == Durability.STABLE);
  }

  private synchronized Noted note(List<Operation> operations) {
    List<Integer> ids = new ArrayList<>();
    for (Operation operation : operations) {
      blocks += operation instanceof Operation.Write write ? write.blocks() : 1;
      full |= blocks > mostBlocks;
      if (!full) {
        ids.add(recorder.sent(operation));
        if (operation instanceof Operation.Write write) {
          for (long lba = write.lba(); lba < write.end(); lba++) {
            written.add(lba);
          }
        }
      }
    }
    return new Noted(life, ids);
  }

  private synchronized void note(Noted noted, BlockOutcome outcome) {
    if (noted.life() != life) {
      return;
    }
    for (int id : noted.ids()) {
      switch (outcome) {
        case BlockOutcome.Done _ -> recorder.answered(id);
        // It stopped under it: what became of it is what the next look shows.
        case BlockOutcome.Stopped _ -> {}
        case BlockOutcome.Mapping _,
            BlockOutcome.Miscompare _,
            BlockOutcome.OutOfRange _,
            BlockOutcome.OutOfSpace _,
            BlockOutcome.Unreadable _,
            BlockOutcome.MarkedBad _,
            BlockOutcome.WriteFailed _ ->
            recorder.failed(id);
      }
    }
  }

  /**
   * Notes a power cut, and what is left of what was written since the one before. To be called when
   * the store answers again, before anybody else asks it.
   */
  public void powerWasCut() {
    List<BlockExtent> runs;
    synchronized (this) {
      if (full) {
        return;
      }
      recorder.cut();
      life++;
      runs = runs(written);
      written = new TreeSet<>();
    }
    for (BlockExtent run : runs) {
      look(run);
    }
  }

  /** The blocks in runs that one read can bring. */
  private List<BlockExtent> runs(SortedSet<Long> lbas) {
    int most = READ_BYTES / geometry().blockLength();
    List<BlockExtent> runs = new ArrayList<>();
    for (long lba : lbas) {
      BlockExtent last = runs.isEmpty() ? new BlockExtent(-2, 0) : runs.getLast();
      if (last.lba() + last.count() == lba && last.count() < most) {
        runs.set(runs.size() - 1, new BlockExtent(last.lba(), last.count() + 1));
      } else {
        runs.add(new BlockExtent(lba, 1));
      }
    }
    return runs;
  }

  /** Notes what a range holds; of one that cannot be read at once the history has a gap. */
  private void look(BlockExtent run) {
    int blockLength = geometry().blockLength();
    byte[] bytes = new byte[(int) run.count() * blockLength];
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    below.submit(new BlockOperation.Read(run.lba(), ByteBuffer.wrap(bytes)), outcome::complete);
    if (outcome.getNow(new BlockOutcome.Stopped("later")) instanceof BlockOutcome.Done) {
      List<Long> contents = Content.ofBlocks(bytes, blockLength);
      synchronized (this) {
        blocks += contents.size();
        recorder.found(run.lba(), contents);
      }
    } else if (run.count() > 1) {
      for (long lba = run.lba(); lba < run.lba() + run.count(); lba++) {
        look(new BlockExtent(lba, 1));
      }
    } else {
      synchronized (this) {
        unread++;
      }
    }
  }

  /** Forgets everything. */
  public synchronized void forget() {
    recorder = new History.Recorder();
    written = new TreeSet<>();
    blocks = 0;
    full = false;
    unread = 0;
    life++;
  }

  /** What it remembers. */
  public synchronized Recording recording() {
    return new Recording(name, geometry().blockLength(), OptionalLong.empty(), recorder.history());
  }

  /** Why what it remembers is not all. */
  public synchronized Optional<String> gap() {
    if (full) {
      return Optional.of("it ends where %d blocks had been remembered".formatted(mostBlocks));
    }
    return unread > 0
        ? Optional.of("%d blocks could not be read after a power cut".formatted(unread))
        : Optional.empty();
  }
}

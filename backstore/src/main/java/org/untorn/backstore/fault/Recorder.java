package org.untorn.backstore.fault;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;

/**
 * A filter that records each change with its data, each flush and each answer, so that every state
 * which a power cut may leave can be made of the recording. Reads pass without a trace.
 *
 * <pre>
 *   not recording ── begin ──► recording ── end, or the tape is full, or a cut ──► not recording
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Changes reach the store below in the order in which they are recorded.
 *   <li>A change is on the tape before it is carried out, an answer before it is given.
 *   <li>The tape ends in {@link RecordedEvent.Ended}, for which it keeps its last block, unless the
 *       process died.
 * </ol>
 *
 * Its own state is guarded by its monitor, which it holds for no call to others. Safe for use by
 * many threads.
 */
public final class Recorder implements BlockStore {

  private static final long PATIENCE_SECONDS = 10;

  /** What is recorded on, and how far that is. */
  private static final class Tape {
    private final BlockStore blocks;
    private long end;

    private Tape(BlockStore blocks) {
      this.blocks = blocks;
    }
  }

  /**
   * How it is.
   *
   * @param commands how many changes and flushes are on the tape
   * @param bytes how much of the tape is used
   * @param limit how much there is of it
   * @param ended why it records nothing more; empty while it records
   */
  public record Status(long commands, long bytes, long limit, Optional<String> ended) {}

  /** Makes a tape, of a store with blocks of {@link RecordedEvent#BLOCK} bytes, all zeros. */
  @FunctionalInterface
  public interface TapeMaker {
    BlockStore make() throws IOException;
  }

  private final BlockStore below;
  private final Serial serial = new Serial();
  private Optional<Tape> tape = Optional.empty();
  private Status status = new Status(0, 0, 0, Optional.of("it never began"));
  private int underWay;
  private Optional<Runnable> whenIdle = Optional.empty();

  public Recorder(BlockStore below) {
    this.below = below;
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  public synchronized Status status() {
    return status;
  }

  /**
   * Begins anew: waits until nothing is under way, holds what comes then back, and records on a new
   * tape.
   *
   * @param maker makes the tape, and keeps what the volume holds at that moment
   * @throws IOException if that fails, or if commands are under way that do not end
   */
  public void begin(TapeMaker maker) throws IOException {
    end("a new one began");
    CompletableFuture<Runnable> idle = new CompletableFuture<>();
    serial.add(
        done ->
            onIdle(
                () -> {
                  if (!idle.complete(done)) {
                    done.run(); // nobody waits any more
                  }
                }));
    Runnable goOn = await(idle);
    try {
      Tape made = new Tape(maker.make());
      synchronized (this) {
        tape = Optional.of(made);
        status = new Status(0, 0, bytes(made), Optional.empty());
      }
      note(new RecordedEvent.Begun(geometry()), () -> {});
    } finally {
      goOn.run();
    }
  }

  private static Runnable await(CompletableFuture<Runnable> idle) throws IOException {
    try {
      return idle.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException held) {
      IOException refusal =
          new IOException("commands are under way that do not end; try again when they have", held);
      if (idle.completeExceptionally(refusal)) {
        throw refusal;
      }
      return idle.join();
    } catch (InterruptedException e) {
      idle.completeExceptionally(e);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for commands to end");
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  /** Records nothing more; does nothing if it does not record. */
  public void end(String why) {
    Tape ending;
    long at;
    synchronized (this) {
      if (tape.isEmpty()) {
        return;
      }
      ending = tape.get();
      at = ending.end;
      tape = Optional.empty();
      status = new Status(status.commands, status.bytes, status.limit, Optional.of(why));
    }
    // Where this fails the tape simply stops.
    submit(ending, at, new RecordedEvent.Ended(why).encode(), _ -> {});
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    switch (operation) {
      case BlockOperation.Read _, BlockOperation.Status _ -> below.submit(operation, completion);
      case BlockOperation.Flush _ -> enter(Optional.empty(), operation, completion);
      case BlockOperation.Write write ->
          enter(CachedChange.of(write, geometry(), completion), operation);
      case BlockOperation.AtomicWrite write ->
          enter(CachedChange.of(write, geometry(), completion), operation);
      case BlockOperation.CompareAndWrite write ->
          enter(CachedChange.of(write, geometry(), completion), operation);
      case BlockOperation.Unmap unmap -> enter(CachedChange.of(unmap, completion), operation);
    }
  }

  private void enter(CachedChange change, BlockOperation operation) {
    if (change.blocks() == 0 || change.isRagged(geometry()) || !change.isInside(geometry())) {
      below.submit(operation, change.completion()); // which has an answer to that
    } else {
      enter(Optional.of(change), operation, change.completion());
    }
  }

  private void enter(
      Optional<CachedChange> change, BlockOperation operation, Completion completion) {
    serial.add(
        done -> {
          long number = number();
          RecordedEvent event =
              change.isPresent() ? recorded(number, change.get()) : new RecordedEvent.Flush(number);
          note(
              event,
              () -> {
                pass(operation, outcome -> answer(number, outcome, completion));
                done.run();
              });
        });
  }

  private static RecordedEvent recorded(long number, CachedChange change) {
    return new RecordedEvent.Change(
        number,
        change.kind(),
        change.durability() == Durability.STABLE,
        change.extents(),
        change.data());
  }

  private synchronized long number() {
    underWay++;
    if (tape.isPresent()) {
      status = new Status(status.commands + 1, status.bytes, status.limit, status.ended);
    }
    return status.commands;
  }

  private void pass(BlockOperation operation, Completion completion) {
    try {
      below.submit(operation, completion);
    } catch (IllegalArgumentException tooLong) {
      completion.completed(new BlockOutcome.WriteFailed(String.valueOf(tooLong.getMessage())));
    }
  }

  private void answer(long number, BlockOutcome outcome, Completion completion) {
    Runnable answered =
        () -> {
          completion.completed(outcome);
          leave();
        };
    switch (outcome) {
      // It stopped under it: what became of it nobody knows.
      case BlockOutcome.Stopped _ -> answered.run();
      case BlockOutcome.Done _,
          BlockOutcome.Mapping _,
          BlockOutcome.Miscompare _,
          BlockOutcome.OutOfRange _,
          BlockOutcome.OutOfSpace _,
          BlockOutcome.Unreadable _,
          BlockOutcome.MarkedBad _,
          BlockOutcome.WriteFailed _ ->
          note(new RecordedEvent.Answer(number, outcome instanceof BlockOutcome.Done), answered);
    }
  }

  private void leave() {
    Optional<Runnable> waiting = Optional.empty();
    synchronized (this) {
      underWay--;
      if (underWay == 0) {
        waiting = whenIdle;
        whenIdle = Optional.empty();
      }
    }
    waiting.ifPresent(Runnable::run);
  }

  private void onIdle(Runnable action) {
    synchronized (this) {
      if (underWay > 0) {
        whenIdle = Optional.of(action);
        return;
      }
    }
    action.run();
  }

  /** Puts an event on the tape, if there is one and it has room, and goes on. */
  private void note(RecordedEvent event, Runnable then) {
    Optional<Tape> now;
    synchronized (this) {
      now = tape;
    }
    if (now.isEmpty()) {
      then.run();
      return;
    }
    List<ByteBuffer> data = event.encode();
    OptionalLong place = place(now.get(), BlockOperation.length(data));
    if (place.isEmpty()) {
      end("it is full");
      then.run();
      return;
    }
    submit(
        now.get(),
        place.getAsLong(),
        data,
        outcome -> {
          if (!(outcome instanceof BlockOutcome.Done)) {
            end("it could not be written: " + outcome);
          }
          then.run();
        });
  }

  /** Takes room on the tape for so many bytes, if there is enough. */
  private synchronized OptionalLong place(Tape on, long length) {
    long at = on.end;
    boolean ended = tape.filter(now -> now == on).isEmpty();
    if (ended || at + length + RecordedEvent.BLOCK > bytes(on)) {
      return OptionalLong.empty();
    }
    on.end = at + length;
    status = new Status(status.commands, on.end, status.limit, status.ended);
    return OptionalLong.of(at);
  }

  private static void submit(Tape tape, long at, List<ByteBuffer> data, Completion then) {
    tape.blocks.submit(
        new BlockOperation.Write(at / RecordedEvent.BLOCK, data, Durability.APPENDED), then);
  }

  private static long bytes(Tape tape) {
    return tape.blocks.geometry().bytes();
  }
}

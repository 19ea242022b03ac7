package org.untorn.backstore.fault;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;

/**
 * A filter that models a disk's volatile write cache: what is acknowledged and not flushed is lost
 * by a power cut, or not, as chance has it.
 *
 * <p>The volume below always holds what readers see; beside it stands, in memory, what each block
 * that is at risk held before ({@link Unflushed}). A cut writes the crash state over the volume. So
 * a power cut is a state of the modelled device: the pool below keeps its own promises, snapshots
 * and exports see what readers see, and a cut costs what was at risk.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Changes are carried out one after the other, in the order in which they are at risk.
 *   <li>An operation with {@link Durability#STABLE} is acknowledged when it, and after a flush when
 *       all that was acknowledged before, is at risk no more.
 *   <li>What is at risk takes no more memory than the limit, once an operation is acknowledged;
 *       beyond it, changes chosen at random become durable. A change that is longer than a quarter
 *       of the limit is durable at once, and so is what it leaves if it fails.
 *   <li>What is asked for before a cut is answered before it, or not at all: nobody reads what the
 *       cut leaves as the answer to a question of before.
 * </ol>
 *
 * <p>{@link Unflushed} is guarded by it.
 */
public final class VolatileCache implements BlockStore {

  /** What a cut did to this volume. */
  record Loss(List<Fate> fates, Optional<String> problem) {}

  /** What a cut inside a change has settled of it. */
  private record Hit(long number, BitSet survivors) {}

  private final BlockStore below;
  private final BlockImages images;
  private final PowerSupply power;
  private final long limit;

  /** Guarded by {@code unflushed}. */
  private RandomGenerator random;

  private final Serial serial = new Serial();
  private final Unflushed unflushed = new Unflushed();
  private final FailedWrites failed;

  /** Goes up with each cut; guarded by {@code unflushed}. */
  private long life;

  /** The change that a cut hit; owned by the step that runs. */
  private Optional<Hit> hit = Optional.empty();

  private volatile Optional<BlockOutcome> broken = Optional.empty();

  VolatileCache(BlockStore below, PowerSupply power, long limit, RandomGenerator random) {
    this.below = below;
    this.images = new BlockImages(below);
    this.failed = new FailedWrites(images, unflushed);
    this.power = power;
    this.limit = limit;
    this.random = random;
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  /** How many changes are at risk now. */
  public long atRisk() {
    synchronized (unflushed) {
      return unflushed.changes();
    }
  }

  /**
   * Takes what readers see now for durable: the volume was changed by other means, and what it held
   * before means nothing any more.
   */
  public void settle() {
    settle(() -> {});
  }

  /** The same as {@link #settle}; what is destaged from then on is chosen by another generator. */
  void startOver(RandomGenerator other) {
    settle(() -> random = other);
  }

  private void settle(Runnable also) {
    serial.add(
        done -> {
          synchronized (unflushed) {
            unflushed.clear();
            also.run();
          }
          done.run();
        });
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    switch (operation) {
      case BlockOperation.Read _, BlockOperation.Status _ -> look(operation, completion);
      case BlockOperation.Flush _ -> serial.add(done -> flush(completion, done));
      case BlockOperation.Write write -> enter(CachedChange.of(write, geometry(), completion));
      case BlockOperation.AtomicWrite write ->
          enter(CachedChange.of(write, geometry(), completion));
      case BlockOperation.CompareAndWrite write ->
          enter(CachedChange.of(write, geometry(), completion));
      case BlockOperation.Unmap unmap -> enter(CachedChange.of(unmap, completion));
    }
  }

  private void look(BlockOperation operation, Completion completion) {
    if (broken.isPresent()) {
      completion.completed(broken.get());
    } else if (power.isOn()) {
      long now = life();
      below.submit(operation, outcome -> answer(now, completion, outcome));
    } else {
      power.refuse(completion);
    }
  }

  private void enter(CachedChange change) {
    if (change.blocks() == 0 || change.isRagged(geometry())) {
      below.submit(change.below(), change.completion()); // which has an answer to that
    } else {
      serial.add(done -> begin(change, done));
    }
  }

  private void begin(CachedChange change, Runnable done) {
    if (broken.isPresent()) {
      change.completion().completed(broken.get());
      done.run();
    } else if (!change.isInside(geometry())) {
      below.submit(change.below(), change.completion());
      done.run();
    } else {
      switch (power.change()) {
        case PowerVerdict.Go(long number) -> carryOut(change, number, done);
        case PowerVerdict.Hit(long number, OptionalInt blocks) ->
            cutInside(change, number, blocks, done);
        case PowerVerdict.Dark _ -> refuse(change.completion(), done);
      }
    }
  }

  private void carryOut(CachedChange change, long number, Runnable done) {
    if (isTooLong(change)) {
      carryOutDurably(change, done);
      return;
    }
    apply(
        change,
        number,
        (recorded, outcome) -> {
          if (recorded.isPresent() && outcome instanceof BlockOutcome.Done) {
            carriedOut(change, recorded.get(), done);
          } else if (recorded.isEmpty() && outcome instanceof BlockOutcome.Unreadable) {
            carryOutDurably(change, done); // which may heal the block
          } else {
            end(change, outcome, done);
          }
        });
  }

  /** Carries a change out below, and puts at risk what it did. */
  private void apply(
      CachedChange change, long number, BiConsumer<Optional<Unflushed.Entry>, BlockOutcome> then) {
    Map<Long, byte[]> known;
    synchronized (unflushed) {
      known = unflushed.newest(change.extents());
    }
    images.read(
        change.extents(),
        known,
        (before, readable) -> {
          if (!(readable instanceof BlockOutcome.Done)) {
            then.accept(Optional.empty(), readable);
            return;
          }
          SortedMap<Long, byte[]> contents = images.of(change.extents(), change.data());
          change.carryOut(
              below,
              outcome -> {
                Optional<Unflushed.Entry> recorded;
                if (outcome instanceof BlockOutcome.Done) {
                  synchronized (unflushed) {
                    recorded = Optional.of(unflushed.add(number, change.kind(), contents, before));
                  }
                  then.accept(recorded, outcome);
                } else if (change.kind() == Fate.Kind.WRITE) {
                  failed.record(change, number, before, part -> then.accept(part, outcome));
                } else {
                  then.accept(Optional.empty(), outcome);
                }
              });
        });
  }

  private boolean isTooLong(CachedChange change) {
    return change.blocks() * geometry().blockLength() > limit / 4;
  }

  private void carriedOut(CachedChange change, Unflushed.Entry entry, Runnable done) {
    switch (change.durability()) {
      case APPENDED -> {
        synchronized (unflushed) {
          entry.acknowledge();
        }
        end(change, BlockOutcome.DONE, done);
      }
      case STABLE -> {
        long now = life();
        done.run();
        stabilise(() -> unflushed.settle(entry), now, change.completion());
      }
    }
  }

  private void end(CachedChange change, BlockOutcome outcome, Runnable done) {
    synchronized (unflushed) {
      unflushed.destage(limit, random);
    }
    answer(life(), change.completion(), outcome);
    done.run();
  }

  /** Too long for the cache: it goes through it. */
  private void carryOutDurably(CachedChange change, Runnable done) {
    change.carryOut(
        below,
        outcome -> {
          if (outcome instanceof BlockOutcome.Done) {
            synchronized (unflushed) {
              change.extents().forEach(e -> unflushed.overwritten(e.lba(), e.count()));
            }
            carriedOutDurably(change, outcome, done);
          } else if (change.kind() == Fate.Kind.WRITE) {
            failed.settle(change, () -> carriedOutDurably(change, outcome, done));
          } else {
            carriedOutDurably(change, outcome, done);
          }
        });
  }

  private void carriedOutDurably(CachedChange change, BlockOutcome outcome, Runnable done) {
    long now = life();
    done.run();
    if (outcome instanceof BlockOutcome.Done && change.durability() == Durability.STABLE) {
      stabilise(() -> {}, now, change.completion());
    } else {
      answer(now, change.completion(), outcome);
    }
  }

  private void flush(Completion completion, Runnable done) {
    if (broken.isPresent()) {
      completion.completed(broken.get());
      done.run();
      return;
    }
    switch (power.flush()) {
      case PowerVerdict.Go _ -> {
        long newest;
        long now;
        synchronized (unflushed) {
          newest = unflushed.newest();
          now = life;
        }
        done.run();
        stabilise(() -> unflushed.settleThrough(newest), now, completion);
      }
      case PowerVerdict.Hit _ -> {
        power.trip();
        refuse(completion, done);
      }
      case PowerVerdict.Dark _ -> refuse(completion, done);
    }
  }

  private void refuse(Completion completion, Runnable done) {
    power.refuse(completion);
    done.run();
  }

  /** Puts on the medium's stable storage what it has, and then takes note of it. */
  private void stabilise(Runnable settling, long begunIn, Completion completion) {
    below.submit(
        new BlockOperation.Flush(),
        outcome -> {
          synchronized (unflushed) {
            if (outcome instanceof BlockOutcome.Done && begunIn == life) {
              settling.run();
            }
          }
          answer(begunIn, completion, outcome);
        });
  }

  private long life() {
    synchronized (unflushed) {
      return life;
    }
  }

  /**
   * Answers, if the power has lasted since then. The order matters: where the power is back, this
   * life has begun.
   */
  private void answer(long begunIn, Completion completion, BlockOutcome outcome) {
    if (power.isOn() && begunIn == life()) {
      completion.completed(outcome);
    } else {
      power.refuse(completion);
    }
  }

  /** The power goes while this change is carried out. */
  private void cutInside(CachedChange change, long number, OptionalInt blocks, Runnable done) {
    Runnable end =
        () -> {
          power.trip();
          refuse(change.completion(), done);
        };
    if (change.kind() == Fate.Kind.UNMAP && isTooLong(change)) {
      end.run(); // it comes to nothing
      return;
    }
    apply(
        change,
        number,
        (recorded, outcome) -> {
          recorded
              .filter(_ -> outcome instanceof BlockOutcome.Done && blocks.isPresent())
              .filter(_ -> change.kind() == Fate.Kind.WRITE)
              .ifPresent(
                  entry -> {
                    int first = Math.min(blocks.getAsInt(), entry.blocks());
                    hit = Optional.of(new Hit(entry.number(), CutFates.first(first)));
                  });
          end.run();
        });
  }

  /**
   * Loses the cache: the volume becomes what is durable and a legal choice of what is not.
   *
   * @return completes when it is, on any thread
   */
  CompletableFuture<Loss> lose(CutFates choice) {
    CompletableFuture<Loss> loss = new CompletableFuture<>();
    serial.add(
        done -> {
          List<Fate> fates;
          SortedMap<Long, byte[]> changed;
          synchronized (unflushed) {
            fates = unflushed.fates(entry -> survivors(entry, choice));
            changed = unflushed.after(fates);
            unflushed.clear();
            life++;
          }
          hit = Optional.empty();
          images.write(
              changed,
              outcome -> {
                Optional<String> problem =
                    outcome instanceof BlockOutcome.Done
                        ? Optional.empty()
                        : Optional.of("cannot go back to what a power cut left: " + outcome);
                broken = problem.map(BlockOutcome.Stopped::new);
                loss.complete(new Loss(fates, problem));
                done.run();
              });
        });
    return loss;
  }

  private BitSet survivors(Unflushed.Entry entry, CutFates choice) {
    BitSet drawn = choice.of(entry);
    return hit.filter(one -> one.number() == entry.number()).map(Hit::survivors).orElse(drawn);
  }
}

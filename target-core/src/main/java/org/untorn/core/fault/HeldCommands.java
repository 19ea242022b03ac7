package org.untorn.core.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.untorn.core.AdditionalSense;
import org.untorn.core.CommandTask;
import org.untorn.core.LogicalUnit;
import org.untorn.core.Outcome;
import org.untorn.core.SenseData;

/**
 * The commands of a device that wait to be released, or for ever. One that is aborted meanwhile is
 * gone. Bounded by the command windows of the sessions. Safe for use by many threads.
 */
public final class HeldCommands {

  /** What is known of a held command. */
  public record Held(long number, String command, String initiator, boolean forEver) {}

  /**
   * @param released whether {@code go} is on its way to the task's thread; until it runs there, an
   *     abort still ends the command
   */
  private record Entry(
      LogicalUnit unit, CommandTask task, Runnable go, boolean forEver, boolean released) {

    Entry release() {
      return new Entry(unit, task, go, forEver, true);
    }
  }

  private final ConcurrentSkipListMap<Long, Entry> entries = new ConcurrentSkipListMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /** Keeps a command; {@code go} carries it out. Gives its number. */
  long hold(LogicalUnit unit, CommandTask task, Runnable go) {
    long number = numbers.incrementAndGet();
    entries.put(number, new Entry(unit, task, go, false, false));
    return number;
  }

  /** Keeps a command that nobody can release. */
  void keep(LogicalUnit unit, CommandTask task) {
    entries.put(numbers.incrementAndGet(), new Entry(unit, task, () -> {}, true, false));
  }

  /** All, the oldest first. */
  public List<Held> list() {
    List<Held> all = new ArrayList<>();
    entries.forEach(
        (number, entry) -> {
          if (!entry.released) {
            all.add(
                new Held(
                    number,
                    entry.task.command().name(),
                    entry.task.nexus().initiatorPort(),
                    entry.forEver));
          }
        });
    return all;
  }

  /** Releases one; false if it is not held any more, or for ever. */
  public boolean release(long number) {
    Entry entry = entries.get(number);
    if (entry == null || entry.forEver || entry.released) {
      return false;
    }
    Entry released = entry.release();
    if (!entries.replace(number, entry, released)) {
      return false;
    }
    entry.task.execute(
        () -> {
          if (entries.remove(number, released)) {
            entry.go.run();
          }
        });
    return true;
  }

  /** Releases the oldest; false if there is none. */
  public boolean step() {
    return entries.keySet().stream().anyMatch(this::release);
  }

  /** Releases all; gives how many. */
  public long releaseAll() {
    return List.copyOf(entries.keySet()).stream().filter(this::release).count();
  }

  /** Lets go of those of a unit that were terminated: nobody hears how they end. */
  void endTerminated(LogicalUnit unit) {
    end(unit, CommandTask::isTerminated, task -> task.complete(new Outcome.TaskAborted()));
  }

  /** Ends all of a unit that is gone. */
  void endAll(LogicalUnit unit) {
    SenseData gone = SenseData.illegalRequest(AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    end(unit, _ -> true, task -> task.refuse(gone));
  }

  private void end(LogicalUnit unit, Predicate<CommandTask> which, Consumer<CommandTask> how) {
    entries.forEach(
        (number, entry) -> {
          if (entry.unit.equals(unit) && which.test(entry.task) && entries.remove(number, entry)) {
            how.accept(entry.task);
          }
        });
  }
}

package org.untorn.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The unit attention conditions of a logical unit, one queue per nexus (SAM-5 5.14).
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Only nexuses that are established have a queue.
 *   <li>A queue holds no condition twice and at most {@link #CAPACITY}; a further one is dropped,
 *       for the ones before it already make the initiator look.
 *   <li>A reset clears what was pending and stands alone: it implies the rest. Of several resets
 *       the one of the highest precedence stands (SAM-5 5.14): power on, hard reset, logical unit
 *       reset, then I_T nexus loss, which comes before what is no reset but clears nothing.
 * </ol>
 *
 * The whole is one immutable map, swapped: any thread may read or change it, and a command that
 * finds nothing pending takes no lock.
 */
final class UnitAttentions {

  /** How many conditions a nexus may have pending. */
  static final int CAPACITY = 16;

  /** The ADDITIONAL SENSE CODE that all kinds of resets share. */
  private static final int RESET = AdditionalSense.SCSI_BUS_RESET_OCCURRED.code();

  /** What a nexus hears first; guarded by this object's lock. */
  private AdditionalSense greeting = AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED;

  /** Replaced under this object's lock, read without it. */
  private volatile Map<Nexus, List<AdditionalSense>> pending = Map.of();

  /**
   * Begins a nexus's queue with POWER ON, RESET, OR BUS DEVICE RESET OCCURRED; once the device has
   * lost its power and has it again, with POWER ON OCCURRED.
   */
  synchronized void established(Nexus nexus) {
    swap(queues -> queues.put(nexus, List.of(greeting)));
  }

  /** Replaces whatever every nexus has pending, and will begin with, by POWER ON OCCURRED. */
  synchronized void powerOn() {
    greeting = AdditionalSense.POWER_ON_OCCURRED;
    reset(greeting);
  }

  /** Drops a nexus's queue. */
  void lost(Nexus nexus) {
    swap(queues -> queues.remove(nexus));
  }

  /** Replaces whatever every nexus has pending by the news of a reset, unless a greater one is. */
  void reset(AdditionalSense kind) {
    swap(
        queues ->
            queues.replaceAll(
                (nexus, queue) -> List.of(outranks(queue, kind) ? queue.getFirst() : kind)));
  }

  /** Tells a nexus that it lost all it had, unless a reset has told it. */
  void nexusLoss(Nexus nexus) {
    AdditionalSense loss = AdditionalSense.I_T_NEXUS_LOSS_OCCURRED;
    swap(
        queues ->
            queues.computeIfPresent(
                nexus,
                (known, queue) ->
                    outranks(queue, loss) || queue.contains(loss)
                        ? queue
                        : Stream.concat(Stream.of(loss), queue.stream()).limit(CAPACITY).toList()));
  }

  /** Whether a queue begins with a reset of a higher precedence. */
  private static boolean outranks(List<AdditionalSense> queue, AdditionalSense kind) {
    return !queue.isEmpty()
        && queue.getFirst().code() == RESET
        && queue.getFirst().qualifier() < kind.qualifier();
  }

  /** Takes a condition back that a nexus need not hear any more. */
  void withdraw(Nexus nexus, AdditionalSense condition) {
    if (pending(nexus).contains(condition)) {
      swap(
          queues ->
              queues.computeIfPresent(
                  nexus,
                  (known, queue) -> queue.stream().filter(one -> !one.equals(condition)).toList()));
    }
  }

  /** Whether a nexus has anything to hear. */
  boolean isPending(Nexus nexus) {
    return !pending(nexus).isEmpty();
  }

  /** What a nexus has to hear, the first first. */
  List<AdditionalSense> pending(Nexus nexus) {
    return pending.getOrDefault(nexus, List.of());
  }

  /** Tells every nexus but the one that caused it. */
  void raiseForOthers(Nexus cause, AdditionalSense condition) {
    swap(
        queues ->
            queues.replaceAll(
                (nexus, queue) -> nexus.equals(cause) ? queue : with(queue, condition)));
  }

  /** Tells every nexus. */
  void raise(AdditionalSense condition) {
    swap(queues -> queues.replaceAll((nexus, queue) -> with(queue, condition)));
  }

  /** Tells one nexus, if it is established. */
  void raise(Nexus nexus, AdditionalSense condition) {
    swap(queues -> queues.computeIfPresent(nexus, (known, queue) -> with(queue, condition)));
  }

  /** The nexuses that have a queue: all there are. */
  Set<Nexus> established() {
    return pending.keySet();
  }

  /** Whether the nexus's first condition is the news of a reset, or that it is new. */
  boolean isResetPending(Nexus nexus) {
    return pending.getOrDefault(nexus, List.of()).stream()
        .findFirst()
        .filter(condition -> condition.code() == RESET)
        .isPresent();
  }

  /** Takes the nexus's first condition off its queue. */
  Optional<AdditionalSense> take(Nexus nexus) {
    if (pending.getOrDefault(nexus, List.of()).isEmpty()) {
      return Optional.empty();
    }
    synchronized (this) {
      List<AdditionalSense> queue = pending.getOrDefault(nexus, List.of());
      if (!queue.isEmpty()) {
        swap(queues -> queues.put(nexus, List.copyOf(queue.subList(1, queue.size()))));
      }
      return queue.stream().findFirst();
    }
  }

  private static List<AdditionalSense> with(List<AdditionalSense> queue, AdditionalSense more) {
    if (queue.contains(more) || queue.size() == CAPACITY) {
      return queue;
    }
    List<AdditionalSense> longer = new ArrayList<>(queue);
    longer.add(more);
    return List.copyOf(longer);
  }

  private synchronized void swap(Change change) {
    Map<Nexus, List<AdditionalSense>> queues = new HashMap<>(pending);
    change.on(queues);
    pending = Map.copyOf(queues);
  }

  @FunctionalInterface
  private interface Change {
    void on(Map<Nexus, List<AdditionalSense>> queues);
  }
}

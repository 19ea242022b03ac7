package org.untorn.daemon.crash;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.fault.Fate;
import org.untorn.backstore.fault.RecordedEvent;

/**
 * A recorded run: what was asked of a volume, in order, and when it was promised to be durable. A
 * change with FUA is durable when it is answered; so is, when a flush is answered, every change
 * that had been answered before that flush was sent.
 *
 * @param commands how many commands were recorded, the flushes among them
 * @param changes those that changed something or may have, by number
 * @param ended why it ends where it does; empty if it was cut off, or goes on
 */
record Recording(
    Geometry geometry,
    int commands,
    int flushes,
    List<RecordedChange> changes,
    Optional<String> ended) {

  Recording {
    changes = List.copyOf(changes);
  }

  /**
   * What a tape holds.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Recording of(ByteBuffer tape) {
    Reader reader = new Reader();
    int at = 0;
    for (Optional<RecordedEvent.Decoded> next = RecordedEvent.decode(tape, at);
        next.isPresent() && reader.ended.isEmpty();
        next = RecordedEvent.decode(tape, at)) {
      reader.take(next.get().event());
      at += next.get().length();
    }
    return reader.recording();
  }

  /** The change with this number, if that is one. */
  Optional<RecordedChange> change(int number) {
    return changes.stream().filter(change -> change.number() == number).findFirst();
  }

  /** What a power cut may take that comes when this change was just sent, the change included. */
  List<RecordedChange> atRisk(RecordedChange last) {
    return changes.stream().filter(change -> change.isAtRiskWhenSent(last)).toList();
  }

  private static final class Reader {

    private Optional<Geometry> geometry = Optional.empty();
    private final Map<Long, RecordedEvent.Change> sent = new HashMap<>();
    private final Map<Long, Integer> sentAt = new HashMap<>();
    private final Map<Long, Integer> answeredAt = new HashMap<>();
    private final Map<Long, Integer> durableAt = new HashMap<>();
    private final List<Long> order = new ArrayList<>();
    private Optional<String> ended = Optional.empty();
    private int flushes;
    private int now;

    private void take(RecordedEvent event) {
      now++;
      switch (event) {
        case RecordedEvent.Begun(Geometry shape) -> geometry = Optional.of(shape);
        case RecordedEvent.Change change -> {
          sent.put(change.number(), change);
          sentAt.put(change.number(), now);
          order.add(change.number());
        }
        case RecordedEvent.Flush(long number) -> {
          sentAt.put(number, now);
          flushes++;
        }
        case RecordedEvent.Answer(long number, boolean done) -> answer(number, done);
        case RecordedEvent.Ended(String why) -> ended = Optional.of(why);
      }
    }

    private void answer(long number, boolean done) {
      RecordedEvent.Change change = sent.get(number);
      if (change == null) {
        if (done) {
          flushed(sentAt.getOrDefault(number, 0));
        }
      } else if (done) {
        answeredAt.put(number, now);
        if (change.stable()) {
          durableAt.putIfAbsent(number, now);
        }
      } else if (change.kind() != Fate.Kind.WRITE) {
        order.remove(number); // it changed nothing; a plain write may have left a part
      }
    }

    private void flushed(int flushSentAt) {
      answeredAt.forEach(
          (number, at) -> {
            if (at < flushSentAt) {
              durableAt.putIfAbsent(number, now);
            }
          });
    }

    private Recording recording() {
      List<RecordedChange> changes = new ArrayList<>();
      for (long number : order) {
        RecordedEvent.Change change = sent.getOrDefault(number, NOTHING);
        changes.add(
            new RecordedChange(
                (int) number,
                change.kind(),
                change.extents(),
                change.data().getFirst(),
                sentAt.getOrDefault(number, 0),
                durableAt.getOrDefault(number, RecordedChange.NEVER)));
      }
      return new Recording(
          geometry.orElseThrow(() -> new IllegalArgumentException("it is empty")),
          sentAt.size(),
          flushes,
          changes,
          ended);
    }

    private static final RecordedEvent.Change NOTHING =
        new RecordedEvent.Change(0, Fate.Kind.UNMAP, false, List.of(), List.of());
  }
}

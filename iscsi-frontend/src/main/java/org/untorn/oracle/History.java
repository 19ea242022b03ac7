package org.untorn.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What was asked of one disk and what was found on it, in the order in which it was seen. The one
 * who saw it may be an initiator or the disk.
 *
 * @param events in order
 */
public record History(List<Event> events) {

  public History {
    events = List.copyOf(events);
  }

  /** Collects a history. Not safe for use by several threads. */
  public static final class Recorder {

    private final List<Event> events = new ArrayList<>();
    private int lastId;

    /** Notes that an operation is about to be sent; returns its number. */
    public int sent(Operation operation) {
      lastId++;
      events.add(new Event.Sent(lastId, operation));
      return lastId;
    }

    /** The number that the next operation will have. */
    public int nextId() {
      return lastId + 1;
    }

    /** Notes that a write or a flush was answered with GOOD. */
    public void answered(int id) {
      events.add(new Event.Answered(id, List.of()));
    }

    /** Notes what a read brought. */
    public void answered(int id, List<Long> contents) {
      events.add(new Event.Answered(id, contents));
    }

    /** Notes that an operation ended in an error. */
    public void failed(int id) {
      events.add(new Event.Failed(id));
    }

    /** Notes a power cut. */
    public void cut() {
      events.add(new Event.Cut());
    }

    /** Notes what the disk holds. */
    public void found(long lba, List<Long> contents) {
      events.add(new Event.Found(lba, contents));
    }

    /** What was noted so far. */
    public History history() {
      return new History(Collections.unmodifiableList(events));
    }
  }
}

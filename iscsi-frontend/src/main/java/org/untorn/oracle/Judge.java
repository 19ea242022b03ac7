package org.untorn.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says of a history which promises the disk kept.
 *
 * <p>A history falls into epochs. Each begins with what was found last, and ends with a cut and
 * what is found after it; nothing is expected of blocks that nobody looked at.
 *
 * <pre>
 *   found │ sent answered sent flush ... │ cut │ found │ sent ...
 *         └────────── an epoch ──────────┴─────┴───────┘
 * </pre>
 *
 * What holds of an epoch's writes:
 *
 * <ol>
 *   <li>A write that was answered before a flush was sent is stable when that flush is answered;
 *       one with FUA when it is itself. Stable writes outlive the cut.
 *   <li>Of two writes one of which was over before the other was sent, the later one is the newer.
 *       Of two that overlapped in time, either may be.
 *   <li>Each unit of a write ({@link Operation.Write}) is whole or absent.
 *   <li>A block holds what was written to it, byte by byte.
 * </ol>
 */
public final class Judge {

  private final Origins origins = new Origins();
  private final List<CutVerdict> verdicts = new ArrayList<>();
  private final List<Finding> readFindings = new ArrayList<>();
  private final Map<Long, Long> before = new HashMap<>();

  private final Map<Integer, Event.Sent> underWay = new HashMap<>();
  private final Map<Integer, Integer> sentAt = new HashMap<>();
  private final Map<Integer, Issued> issued = new HashMap<>();
  private List<Issued> writes = new ArrayList<>();
  private List<Issued> cached = new ArrayList<>();
  private List<ReadDone> reads = new ArrayList<>();
  private Map<Long, Long> found = new HashMap<>();
  private int cuts;
  private boolean cut;

  private Judge() {}

  /**
   * Judges a history.
   *
   * @throws IllegalArgumentException if it cannot have happened: an answer to what was not sent
   */
  public static Verdict judge(History history) {
    Judge judge = new Judge();
    for (int moment = 0; moment < history.events().size(); moment++) {
      judge.take(history.events().get(moment), moment);
    }
    judge.endEpoch();
    return new Verdict(judge.verdicts, judge.readFindings);
  }

  private void take(Event event, int moment) {
    switch (event) {
      case Event.Sent sent -> sent(sent, moment);
      case Event.Answered(int id, List<Long> contents) -> answered(id, contents, moment);
      case Event.Failed(int id) -> {
        taken(id);
        Optional.ofNullable(issued.remove(id)).ifPresent(Issued::failed);
      }
      case Event.Cut _ -> {
        if (cut || !found.isEmpty()) {
          endEpoch();
        }
        cut = true;
        underWay.clear();
        issued.clear();
      }
      case Event.Found(long lba, List<Long> contents) -> {
        for (int i = 0; i < contents.size(); i++) {
          found.put(lba + i, contents.get(i));
        }
      }
    }
  }

  private void sent(Event.Sent sent, int moment) {
    if (cut || !found.isEmpty()) {
      endEpoch();
    }
    underWay.put(sent.id(), sent);
    sentAt.put(sent.id(), moment);
    if (sent.operation() instanceof Operation.Write write) {
      Issued one = new Issued(sent.id(), write, moment);
      writes.add(one);
      issued.put(sent.id(), one);
      origins.wrote(sent.id(), write);
    }
  }

  private Event.Sent taken(int id) {
    Event.Sent sent = underWay.remove(id);
    if (sent == null) {
      throw new IllegalArgumentException("operation " + id + " is answered, and is not under way");
    }
    return sent;
  }

  private void answered(int id, List<Long> contents, int moment) {
    int begun = sentAt.getOrDefault(id, 0);
    switch (taken(id).operation()) {
      case Operation.Write _ -> {
        Issued write = issued.get(id);
        if (write != null) {
          write.answered(moment);
          cached.add(write);
        }
      }
      case Operation.Read(long lba, int _) ->
          reads.add(new ReadDone(id, lba, contents, begun, moment));
      case Operation.Flush _ -> {
        List<Issued> left = new ArrayList<>();
        for (Issued write : cached) {
          if (write.answeredAt() < begun) {
            write.stable(moment, id);
          } else {
            left.add(write);
          }
        }
        cached = left;
      }
    }
  }

  /** Judges what came since the last end, and takes what was found as what is held from now on. */
  private void endEpoch() {
    if (cut) {
      cuts++;
    }
    Map<Long, List<Issued>> covering = Picture.covering(writes);
    readFindings.addAll(new ReadJudge(reads, covering, before, origins).judge());
    if (cut || (!writes.isEmpty() && !found.isEmpty())) {
      Picture picture = Picture.of(found, before, covering, origins);
      verdicts.add(new CutJudge(cut ? cuts : 0, writes, picture).judge());
    }
    covering.keySet().forEach(before::remove);
    before.putAll(found);
    found.forEach(origins::held);
    writes = new ArrayList<>();
    cached = new ArrayList<>();
    reads = new ArrayList<>();
    found = new HashMap<>();
    cut = false;
  }
}

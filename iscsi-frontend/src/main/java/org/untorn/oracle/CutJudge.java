package org.untorn.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges what was found after one power cut, or at the end of a run.
 *
 * <p>A write that was stable must be there, unless something that did not end before it began is
 * there instead. One that was not may be there or not, unit by unit. What is there must have come
 * about in some order.
 */
final class CutJudge {

  private final int number;
  private final List<Issued> writes;
  private final Picture picture;
  private final List<Finding> findings = new ArrayList<>();
  private final Set<Contradictions.Unit> explained = new HashSet<>();
  private final Map<Integer, Long> misdirected = new HashMap<>();
  private final Optional<Issued> newestSurvivor;

  /**
   * Takes the writes since the cut before.
   *
   * @param number of the cut; 0: there was none, and all that was answered has to be there
   */
  CutJudge(int number, List<Issued> writes, Picture picture) {
    this.number = number;
    this.writes = writes;
    this.picture = picture;
    this.newestSurvivor =
        picture.blocks().stream()
            .flatMap(seen -> seen.writers().stream().filter(seen::isCertainly))
            .max(Comparator.comparingInt(Issued::sentAt));
  }

  CutVerdict judge() {
    ForeignBlocks foreign = new ForeignBlocks(number, picture);
    findings.addAll(foreign.findings());
    misdirected.putAll(foreign.misdirected());
    List<RangeVerdict> ranges = new ArrayList<>();
    for (Issued write : writes) {
      ranges.add(range(write));
    }
    staleBlocks();
    contradictions();
    return new CutVerdict(number, ranges, findings);
  }

  private boolean promised(Issued write) {
    return number == 0 ? write.isAnswered() : write.isStable();
  }

  private RangeVerdict range(Issued issued) {
    Operation.Write write = issued.write();
    boolean there = false;
    List<Long> missing = new ArrayList<>();
    Fate fate = misdirected.containsKey(issued.id()) ? Fate.MISDIRECTED : Fate.NEW;
    for (Seen seen : picture.blocks(write.lba(), write.end())) {
      there |= seen.isCertainly(issued);
      if (seen.isOlderThan(issued)) {
        missing.add(seen.lba());
      }
      if (seen.isForeign()) {
        fate = fate.or(seen.isCorrupt() ? Fate.CORRUPT : Fate.MISDIRECTED);
      }
    }
    if (issued.hasFailed() && write.atomic() && there) {
      leftBehind(issued);
    }
    boolean torn = tears(issued);
    if (!missing.isEmpty()) {
      boolean lost = promised(issued) && !torn;
      boolean inPart = there && !write.atomic();
      fate = fate.or(torn || inPart ? Fate.TORN : Fate.OLD);
      fate = fate.or(lost ? lost(issued, missing) : Fate.OLD);
    }
    return new RangeVerdict(
        issued.id(), write, fate, promised(issued), issued.isAnswered(), missing.size());
  }

  private boolean tears(Issued issued) {
    List<Tears.Tear> tears = Tears.of(issued, picture);
    for (Tears.Tear tear : tears) {
      explained.add(tear.unit());
      findings.add(
          new Finding(
              Promise.ATOMICITY,
              Fate.TORN,
              number,
              tear.missingAt(),
              tear.missing(),
              List.of(issued.id()),
              "write %s is torn: block %d holds it, and block %d what was there before"
                  .formatted(issued, tear.shownAt(), tear.missingAt())));
    }
    return !tears.isEmpty();
  }

  private void leftBehind(Issued issued) {
    findings.add(
        new Finding(
            Promise.ATOMICITY,
            Fate.TORN,
            number,
            issued.write().lba(),
            issued.write().blocks(),
            List.of(issued.id()),
            "write %s was answered with an error, and is there all the same".formatted(issued)));
  }

  private Fate lost(Issued issued, List<Long> missing) {
    for (long lba : missing) {
      explained.add(new Contradictions.Unit(issued, issued.write().unitAt(lba)));
    }
    boolean outlived =
        newestSurvivor.isPresent() && newestSurvivor.get().sentAt() > issued.stableAt();
    List<Integer> operations = new ArrayList<>(List.of(issued.id()));
    String why = ", though it was answered,";
    if (issued.isStable()) {
      operations.add(issued.stableBy());
      why =
          issued.stableBy() == issued.id()
              ? ", stable by its FUA,"
              : ", made stable by flush " + issued.stableBy() + ",";
    }
    String outlivedBy = "";
    if (outlived) {
      operations.add(newestSurvivor.orElseThrow().id());
      outlivedBy = "; write " + newestSurvivor.orElseThrow() + ", sent after that, is there";
    }
    Fate fate = outlived ? Fate.REORDERED : Fate.LOST;
    findings.add(
        new Finding(
            outlived ? Promise.ORDERING : Promise.DURABILITY,
            fate,
            number,
            missing.getFirst(),
            missing.size(),
            operations,
            "write %s%s is gone from %d of its %d blocks, first from %d%s"
                .formatted(
                    issued,
                    why,
                    missing.size(),
                    issued.write().blocks(),
                    missing.getFirst(),
                    outlivedBy)));
    return fate;
  }

  /** A block that holds neither a write nor what it held after the cut before. */
  private void staleBlocks() {
    for (Seen seen : picture.blocks()) {
      if (seen.isStale() && picture.covering(seen.lba()).stream().noneMatch(this::promised)) {
        int origin = seen.origin().orElseThrow().id();
        findings.add(
            new Finding(
                Promise.DURABILITY,
                Fate.LOST,
                number,
                seen.lba(),
                1,
                List.of(origin),
                "block %d holds %s again, though something newer was there after the cut before"
                    .formatted(seen.lba(), origin == 0 ? "its first content" : "write " + origin)));
      }
    }
  }

  private void contradictions() {
    List<Contradictions.Unit> carriedOut = new ArrayList<>();
    for (Issued issued : writes) {
      if (promised(issued)) {
        int units = (issued.write().blocks() - 1) / issued.write().unit() + 1;
        for (int unit = 0; unit < units; unit++) {
          carriedOut.add(new Contradictions.Unit(issued, unit));
        }
      }
    }
    for (List<Contradictions.Unit> cycle :
        new Contradictions(picture, carriedOut, explained::contains).find()) {
      findings.add(contradiction(number, cycle));
    }
  }

  /** What a cycle says. */
  static Finding contradiction(int cut, List<Contradictions.Unit> cycle) {
    Issued first =
        cycle.stream()
            .map(Contradictions.Unit::write)
            .filter(issued -> issued.write().unit() > 1)
            .findFirst()
            .orElseGet(() -> cycle.getFirst().write());
    List<Integer> operations = new ArrayList<>(List.of(first.id()));
    cycle.stream().map(unit -> unit.write().id()).distinct().forEach(operations::add);
    return new Finding(
        Promise.ATOMICITY,
        Fate.TORN,
        cut,
        first.write().lba(),
        first.write().blocks(),
        operations.stream().distinct().toList(),
        "write %s is torn: no order of the writes %s leads to what is there"
            .formatted(first, operations.stream().distinct().sorted().toList()));
  }
}

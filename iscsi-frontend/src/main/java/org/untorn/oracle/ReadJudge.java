package org.untorn.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Judges what reads saw between two cuts: each block is linearisable, no atomic unit is in half.
 */
final class ReadJudge {

  private final List<ReadDone> reads;
  private final Map<Long, List<Issued>> covering;
  private final Map<Long, Long> before;
  private final Origins origins;
  private final List<Finding> findings = new ArrayList<>();

  ReadJudge(
      List<ReadDone> reads,
      Map<Long, List<Issued>> covering,
      Map<Long, Long> before,
      Origins origins) {
    this.reads = reads;
    this.covering = covering;
    this.before = before;
    this.origins = origins;
  }

  List<Finding> judge() {
    TreeSet<Long> blocks = new TreeSet<>();
    for (ReadDone read : reads) {
      whole(read);
      for (int i = 0; i < read.contents().size(); i++) {
        blocks.add(read.lba() + i);
      }
    }
    for (long lba : blocks) {
      List<ReadDone> ofBlock = reads.stream().filter(read -> read.covers(lba)).toList();
      BlockLinearity.check(
              lba,
              covering.getOrDefault(lba, List.of()),
              ofBlock,
              Optional.ofNullable(before.get(lba)))
          .ifPresent(findings::add);
    }
    return findings;
  }

  private void whole(ReadDone read) {
    Map<Long, Long> contents = new HashMap<>();
    for (int i = 0; i < read.contents().size(); i++) {
      contents.put(read.lba() + i, read.contents().get(i));
    }
    Picture picture = Picture.of(contents, before, covering, origins);
    findings.addAll(new ForeignBlocks(0, picture).findings());
    List<Contradictions.Unit> torn = new ArrayList<>();
    picture.blocks().stream()
        .flatMap(seen -> seen.writers().stream())
        .distinct()
        .flatMap(write -> Tears.of(write, picture).stream())
        .forEach(
            tear -> {
              torn.add(tear.unit());
              findings.add(half(read, tear));
            });
    new Contradictions(picture, List.of(), torn::contains)
        .find()
        .forEach(cycle -> findings.add(CutJudge.contradiction(0, cycle)));
  }

  private static Finding half(ReadDone read, Tears.Tear tear) {
    Issued write = tear.unit().write();
    return new Finding(
        Promise.ATOMICITY,
        Fate.TORN,
        0,
        tear.missingAt(),
        tear.missing(),
        List.of(write.id(), read.id()),
        "read %d saw half of write %s: it was in block %d and not yet in block %d"
            .formatted(read.id(), write, tear.shownAt(), tear.missingAt()));
  }
}

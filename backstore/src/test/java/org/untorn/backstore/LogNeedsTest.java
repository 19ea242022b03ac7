package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever should see to a need may fail: that leaves no hole in the log, and nobody waiting. */
class LogNeedsTest {

  private static final int SEGMENT = 64 << 10;

  private final Segments segments = new Segments(8);
  private final Log log =
      new Log(
          new MemoryMedium(),
          new Catalog(),
          segments,
          new LogStart(
              new LogStart.Identity(1, 1, SEGMENT), Superblock.Replay.BEGINNING, 1L << 20));
  private final List<BlockOutcome> outcomes = new ArrayList<>();

  private static void failToStart() {
    throw new OutOfMemoryError("unable to create native thread (planted)");
  }

  private void submit() {
    log.submit(new Append(new Change.Delete(1), List.of(), outcomes::add));
  }

  @Test
  void a_record_that_has_its_place_is_answered_and_nothing_is_acknowledged_behind_it() {
    segments.addFreeFile(SegmentLayout.fileName(1), true);
    log.onNeed(new Room.Needs(available -> failToStart(), () -> {}, () -> {}));
    submit();
    submit();
    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy(each -> assertThat(each).isInstanceOf(BlockOutcome.Stopped.class));
    assertThat(log.published()).isZero();
  }

  @Test
  void a_record_that_would_wait_for_a_spare_hears_that_nobody_makes_one() {
    log.onNeed(new Room.Needs(available -> {}, LogNeedsTest::failToStart, () -> {}));
    submit();
    assertThat(outcomes).singleElement().isInstanceOf(BlockOutcome.Stopped.class);
  }
}

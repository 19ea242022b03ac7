package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Recovery asks for one segment after the other, and none of them is looked at twice. */
class FoundSegmentsTest {

  private static final int MANY = 20_000;

  /** A list that counts what is taken out of it. */
  private static final class Counted extends AbstractList<SegmentScan.Found> {
    private final List<SegmentScan.Found> all = new ArrayList<>();
    private long taken;

    @Override
    public SegmentScan.Found get(int index) {
      taken++;
      return all.get(index);
    }

    @Override
    public int size() {
      return all.size();
    }
  }

  private static SegmentScan.Found found(int number, long firstSequence) {
    return new SegmentScan.Found(SegmentLayout.fileName(number), number, 1, firstSequence);
  }

  @Test
  void twenty_thousand_segments_are_followed_with_a_look_at_each() {
    Counted list = new Counted();
    for (int number = 1; number <= MANY; number++) {
      list.all.add(found(number, 10L * number));
    }
    FoundSegments found = new FoundSegments(list, List.of());
    Set<String> owned = new HashSet<>();
    for (int number = 1; number <= MANY; number++) {
      SegmentScan.Found next = found.next(number - 1, 10L * number).orElseThrow();
      assertThat(next.number()).isEqualTo(number);
      assertThat(found.holds(new Segment(number, next.file(), 1))).isTrue();
      owned.add(next.file());
    }
    assertThat(found.filesBut(owned)).isEmpty();
    assertThat(list.taken).isLessThanOrEqualTo(2L * MANY);
  }

  @Test
  void of_several_that_begin_alike_the_last_one_counts_if_it_is_behind() {
    FoundSegments found =
        new FoundSegments(
            List.of(found(3, 17), found(7, 17), found(5, 17)), List.of("segment-00000009"));
    assertThat(found.next(4, 17)).hasValue(found(7, 17));
    assertThat(found.next(7, 17)).isEmpty();
    assertThat(found.next(1, 18)).isEmpty();
    assertThat(found.holds(new Segment(4, SegmentLayout.fileName(3), 1))).isFalse();
    assertThat(found.filesBut(Set.of(SegmentLayout.fileName(3), SegmentLayout.fileName(7))))
        .containsExactly("segment-00000009", SegmentLayout.fileName(5));
  }
}

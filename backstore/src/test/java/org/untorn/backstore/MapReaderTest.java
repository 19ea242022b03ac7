package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reader sees a whole root while nodes are unlinked, reused and given back beside it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MapReaderTest {

  private static final int GRANULES = 4_096;
  private static final int WRITES = 60_000;
  private static final int READS = 500;

  private final BlockMaps maps = new BlockMaps();
  private final Random random = new Random(3);

  /** The root that readers take, and at which write it was. */
  private record Published(Root root, int at) {}

  private volatile Published published = new Published(Root.empty(new Geometry(4096, GRANULES)), 0);

  @Test
  void nothing_is_reused_that_a_reader_held_up_may_see() {
    fill();
    Published seen = published;
    int entered = maps.nodes().readers().enter();
    overwrite(WRITES);
    assertThat(isAsWritten(seen, 0)).isTrue();
    long held = maps.nodes().usedBytes();
    maps.nodes().readers().exit(entered);
    while (maps.reclaim(100)) {}
    assertThat(maps.nodes().usedBytes()).as("once the reader is gone").isLessThan(held / 2);
  }

  /** The canary of the test above: without having entered, a reader does see what is reused. */
  @Test
  void a_reader_that_did_not_enter_sees_nodes_that_are_used_again() {
    fill();
    Published seen = published;
    overwrite(WRITES);
    assertThat(isAsWritten(seen, 0)).isFalse();
  }

  @Test
  void a_change_of_one_leaf_is_made_in_place_unless_somebody_may_see_it() {
    fill();
    Root before = published.root();
    write(8, published.at() + 1);
    assertThat(published.root()).as("nobody reads").isSameAs(before);

    int entered = maps.nodes().readers().enter();
    write(8, published.at() + 1);
    assertThat(published.root().top()).as("somebody reads").isNotEqualTo(before.top());
    maps.nodes().readers().exit(entered);

    Published held = published;
    Root shared = maps.share(held.root());
    write(8, published.at() + 1);
    assertThat(published.root().top()).as("somebody has a root").isNotEqualTo(shared.top());
    assertThat(isAsWritten(held, 0)).isTrue();
    maps.release(shared);
  }

  @Test
  void readers_beside_a_writer_see_whole_roots() throws InterruptedException {
    fill();
    AtomicLong reads = new AtomicLong();
    AtomicLong wrong = new AtomicLong();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.interrupted()) {
                    int entered = maps.nodes().readers().enter();
                    wrong.addAndGet(isAsWritten(published, 1) ? 0 : 1);
                    maps.nodes().readers().exit(entered);
                    reads.incrementAndGet();
                  }
                });
    while (reads.get() < READS && reader.isAlive()) {
      overwrite(1_000);
    }
    reader.interrupt();
    reader.join();
    assertThat(reads).hasValueGreaterThanOrEqualTo(READS);
    assertThat(wrong).hasValue(0);
  }

  /** Write n maps two granules with the checksum n; a root has the newest such pair and no half. */
  private void fill() {
    for (int granule = 0; granule < GRANULES; granule += 2) {
      write(granule, 1);
    }
  }

  private void overwrite(int writes) {
    for (int i = 0; i < writes; i++) {
      write(random.nextInt(GRANULES / 2) * 2, published.at() + 1);
    }
  }

  private void write(int granule, int at) {
    maps.tidy();
    PieceLayout layout = PieceLayout.of(granule, 2, 4096);
    Written written = new Written(layout, Location.of(at, 16), new int[] {at, at});
    published = new Published(maps.with(published.root(), written), at);
  }

  /**
   * Whether both granules of each pair are of one write, no later than the root's, or than the
   * {@code underWay} changes that were under way when the reader came: those may be seen or not.
   */
  private boolean isAsWritten(Published seen, int underWay) {
    Pieces pieces = new Pieces();
    try {
      maps.reader().find(seen.root(), 0, GRANULES * Kind.GRANULE_UNITS, pieces);
    } catch (RuntimeException lostItsWay) {
      return false;
    }
    boolean right = pieces.count() == GRANULES;
    boolean newest = false;
    for (int i = 0; right && i < GRANULES; i += 2) {
      right =
          pieces.checksum(i) == pieces.checksum(i + 1)
              && pieces.checksum(i) <= seen.at() + underWay
              && Location.segment(pieces.location(i)) == pieces.checksum(i);
      newest |= pieces.checksum(i) >= seen.at();
    }
    return right && newest;
  }
}

package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a map takes off the heap, when one GiB of data is in it, and when it is gone again. */
class MapMemoryTest {

  private static final int GRANULES = 1 << 18;
  private static final double MIB = 1 << 20;

  private final BlockMaps maps = new BlockMaps();
  private final Random random = new Random(4);
  private Root root = Root.empty(new Geometry(512, 1));
  private long location = Location.of(1, 1);

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "4 KiB at random in 1 GiB,    1,       1, true,  4.0",
    "4 KiB at random in 4 GiB,    4,       1, true,  4.0",
    "4 KiB at random in 64 GiB,   64,      1, true,  4.0",
    "4 KiB at random in 64 TiB,   65536,   1, true,  5.5",
    "4 KiB one behind the other,  65536,   1, false, 4.0",
    "64 KiB one behind the other, 65536,  16, false, 1.6",
    "1 MiB one behind the other,  65536, 256, false, 1.4"
  })
  void a_gib_takes_less_than_its_bound(
      String name, long volumeGib, int granulesAtOnce, boolean atRandom, double bound) {
    long slots = (volumeGib << 18) / granulesAtOnce;
    root = Root.empty(new Geometry(512, volumeGib << 21));
    for (long i = 0; mappedGranules() < GRANULES; i++) {
      // In a volume that gets full, each slot has its turn.
      long slot = slots == GRANULES ? (i * 0x9E3779B1L) & (slots - 1) : random.nextLong(slots);
      write(atRandom ? slot : i, granulesAtOnce);
    }
    double used = maps.nodes().usedBytes() / MIB;
    double reserved = maps.nodes().reservedBytes() / MIB;
    System.out.printf("map: %s: %.2f MiB per GiB, %.2f in use%n", name, reserved, used);
    assertThat(reserved).isLessThanOrEqualTo(bound);
  }

  @Test
  void memory_goes_back_when_what_was_written_is_gone() {
    root = Root.empty(new Geometry(4096, 1L << 34));
    for (int i = 0; i < GRANULES / 4; i++) {
      write(random.nextLong(1L << 34), 1);
    }
    long before = maps.nodes().reservedBytes();
    maps.tidy();
    root = maps.without(root, 0, 1L << 34);
    while (maps.reclaim(100)) {}
    assertThat(root.top()).isEqualTo(MapNodes.NONE);
    assertThat(maps.nodes().usedBytes()).isZero();
    assertThat(maps.nodes().reservedBytes()).isLessThan(before / 4);
    assertThat(maps.nodes().takeSurplus()).as("memory to be given back").isNotEmpty();
  }

  @Test
  void a_snapshot_takes_nothing_until_its_volume_changes_and_then_a_path() {
    root = Root.empty(new Geometry(4096, 1L << 34));
    for (int i = 0; i < GRANULES / 4; i++) {
      write(random.nextLong(1L << 34), 1);
    }
    while (maps.reclaim(100)) {}
    long before = maps.nodes().usedBytes();
    Root snapshot = maps.share(root);
    assertThat(maps.nodes().usedBytes()).isEqualTo(before);
    write(5, 1);
    assertThat(maps.nodes().usedBytes() - before)
        .isBetween(1L, (root.height() + 2L) * NodeSpace.MAXIMUM_BYTES);
    assertThat(snapshot.mappedUnits()).isEqualTo(root.mappedUnits() - Kind.GRANULE_UNITS);
  }

  private long mappedGranules() {
    return root.mappedUnits() / Kind.GRANULE_UNITS;
  }

  private void write(long slot, int granules) {
    maps.tidy();
    int units = granules * Kind.GRANULE_UNITS;
    PieceLayout layout = new PieceLayout(slot * units, units, root.blockUnits(), root.blockUnits());
    root = maps.with(root, new Written(layout, location, new int[granules]));
    location += units + 1;
    if (Location.unit(location) > 100_000) {
      location = Location.of(Location.segment(location) + 1, 1);
    }
  }
}

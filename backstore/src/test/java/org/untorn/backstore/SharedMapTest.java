package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A map that shrinks to less height leaves alone what a snapshot shares with it. */
class SharedMapTest {

  private static final Geometry GEOMETRY = new Geometry(512, 200_000);

  /** Every fourth block, so that no two share an entry: some 500 leaves, two levels above them. */
  private static final int WRITES = 50_000;

  private final BlockMaps maps = new BlockMaps();
  private int nextUnit = 1;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 8})
  void a_snapshot_of_a_tall_map_outlives_the_shrinking_of_its_origin(long seed) {
    Random random = new Random(seed);
    MapModel model = new MapModel();
    Root origin = filled(random, model);
    assertThat(origin.height()).as("levels of inner nodes").isEqualTo(2);
    long from = random.nextLong(GEOMETRY.blocks() - 100);
    origin = keepOnly(origin, model, from, from + 100, 100 + random.nextLong(60_000));
    Root snapshot = maps.share(origin);

    origin = keepOnly(origin, new MapModel(), from, from + 100, GEOMETRY.blocks());
    maps.release(origin);
    while (maps.reclaim(100)) {}
    Root other = filled(random, new MapModel());

    Pieces pieces = new Pieces();
    maps.reader().find(snapshot, 0, GEOMETRY.blocks(), pieces);
    model.check(pieces, 0, GEOMETRY.blocks());
    maps.release(snapshot);
    maps.release(other);
    while (maps.reclaim(100)) {}
    assertThat(maps.nodes().usedBytes()).as("bytes that nobody refers to").isZero();
  }

  /** Unmaps up to {@code distance} blocks in front of a range and behind it. */
  private Root keepOnly(Root root, MapModel model, long from, long to, long distance) {
    long first = Math.max(0, from - distance);
    long end = Math.min(GEOMETRY.blocks(), to + distance);
    model.unmap(first, from);
    model.unmap(to, end);
    Root less = maps.without(root, first, from - first);
    return maps.without(less, to, end - to);
  }

  private Root filled(Random random, MapModel model) {
    List<Long> blocks = new ArrayList<>();
    for (long i = 0; i < WRITES; i++) {
      blocks.add(4 * i);
    }
    Collections.shuffle(blocks, random);
    Root root = Root.empty(GEOMETRY);
    for (long lba : blocks) {
      maps.tidy();
      PieceLayout layout = PieceLayout.of(lba, 1, GEOMETRY.blockLength());
      Written written =
          new Written(layout, Location.of(1, nextUnit), random.ints(layout.pieces()).toArray());
      nextUnit++;
      model.write(written, GEOMETRY.blocks());
      root = maps.with(root, written);
    }
    return root;
  }
}

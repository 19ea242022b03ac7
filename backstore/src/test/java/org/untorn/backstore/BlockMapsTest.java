package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps hold what a plain sorted map holds, share what they can, and leave no memory behind. */
class BlockMapsTest {

  private static final int STEPS = 2_000;

  private final BlockMaps maps = new BlockMaps();
  private final List<Version> versions = new ArrayList<>();
  private Random random = new Random();
  private int lastSegment = 1;
  private int nextUnit = 1;

  /** A root and what it must say. */
  private record Version(Root root, MapModel model) {}

  @ParameterizedTest(name = "blocks of {0}, {1} of them, {2} at a time, seed {3}")
  @CsvSource({
    "512, 4096, 24, 1",
    "512, 200000, 3000, 2",
    "1024, 3000, 16, 3",
    "2048, 40000, 60, 4",
    "4096, 1000, 4, 5",
    "4096, 60000, 700, 6",
    "512, 137438953472, 40, 7",
    "4096, 17179869184, 300, 8"
  })
  void maps_say_what_a_plain_model_says(int blockLength, long blocks, int longest, long seed)
      throws IOException {
    random = new Random(seed);
    versions.add(new Version(Root.empty(new Geometry(blockLength, blocks)), new MapModel()));
    for (int step = 0; step < STEPS; step++) {
      maps.tidy();
      int which = random.nextInt(versions.size());
      versions.set(which, changed(versions.get(which), longest));
      branchOrRelease();
      if (step % 250 == 249) {
        relocateOneSegment();
      }
      checkSome(which, longest);
    }
    for (Version version : versions) {
      check(version, 0, units(version.root()));
    }
    versions.forEach(version -> maps.release(version.root()));
    while (maps.reclaim(100)) {}
    assertThat(maps.nodes().usedBytes()).as("bytes that nobody refers to").isZero();
  }

  private Version changed(Version old, int longest) {
    Geometry geometry = old.root().geometry();
    int blockUnits = old.root().blockUnits();
    long lba = lba(geometry);
    int count = (int) Math.min(geometry.blocks() - lba, 1 + random.nextInt(longest));
    long first = lba * blockUnits;
    int choice = random.nextInt(40);
    if (choice < 28) {
      Written written = written(geometry, lba, count);
      old.model().write(written, units(old.root()));
      return new Version(maps.with(old.root(), written), old.model());
    } else if (choice < 38) {
      old.model().unmap(first, first + (long) count * blockUnits);
      return new Version(maps.without(old.root(), lba, count), old.model());
    } else if (choice < 39) {
      long end = Math.min(geometry.blocks(), lba + 64L * longest);
      old.model().unmap(first, end * blockUnits);
      return new Version(maps.without(old.root(), lba, end - lba), old.model());
    }
    Written written = written(geometry, lba, count);
    long less = lba + random.nextInt(count);
    old.model().unmap(less * blockUnits, Long.MAX_VALUE);
    old.model().write(written, less * blockUnits);
    Root smaller = maps.with(maps.resized(old.root(), less), written);
    return new Version(maps.resized(smaller, geometry.blocks()), old.model());
  }

  /** Near the beginning or the end, or anywhere. */
  private long lba(Geometry geometry) {
    long blocks = geometry.blocks();
    long near = Math.min(blocks, 20_000);
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong(near);
      case 1 -> blocks - near + random.nextLong(near);
      default -> random.nextLong(blocks);
    };
  }

  private Written written(Geometry geometry, long lba, int count) {
    PieceLayout layout = PieceLayout.of(lba, count, geometry.blockLength());
    if (random.nextInt(10) == 0 || nextUnit + layout.units() > 1 << 20) {
      lastSegment++;
      nextUnit = 1;
    }
    long location = Location.of(lastSegment, nextUnit);
    nextUnit += layout.units() + random.nextInt(2);
    return new Written(layout, location, random.ints(layout.pieces()).toArray());
  }

  private void branchOrRelease() {
    if (random.nextInt(200) == 0 && versions.size() < 5) {
      Version origin = versions.get(random.nextInt(versions.size()));
      versions.add(new Version(maps.share(origin.root()), origin.model().copy()));
    } else if (random.nextInt(200) == 0 && versions.size() > 1) {
      Version gone = versions.remove(random.nextInt(versions.size()));
      maps.release(gone.root());
    }
  }

  /** As the cleaner does, but that the copies lie in a segment of the same layout. */
  private void relocateOneSegment() throws IOException {
    int segment = 1 + random.nextInt(lastSegment);
    lastSegment++;
    nextUnit = 1 << 20;
    long distance = Location.of(lastSegment, 0) - Location.of(segment, 0);
    MapWalk walk = new MapWalk(maps.nodes());
    for (Version version : versions) {
      walk.visit(
          version.root(),
          leaf -> {
            for (int i = 0; i < leaf.count(); i++) {
              if (Location.segment(leaf.location(i)) == segment) {
                leaf.relocate(i, leaf.location(i) + distance);
              }
            }
          });
      version.model().relocate(segment, distance);
    }
  }

  private void checkSome(int which, int longest) {
    Version version = versions.get(Math.min(which, versions.size() - 1));
    long blockUnits = version.root().blockUnits();
    long from = lba(version.root().geometry()) * blockUnits;
    check(version, from, Math.min(units(version.root()), from + 4L * longest * blockUnits));
  }

  private void check(Version version, long from, long to) {
    Pieces pieces = new Pieces();
    maps.reader().find(version.root(), from, to, pieces);
    version.model().check(pieces, from, to);
    assertThat(version.root().mappedUnits()).isEqualTo(version.model().mapped());
    assertThat(maps.nodes().mapped(version.root().top())).isEqualTo(version.model().mapped());
  }

  private static long units(Root root) {
    return root.geometry().blocks() * root.blockUnits();
  }
}

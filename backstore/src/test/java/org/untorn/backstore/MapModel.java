package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a map must say, unit by unit: where it is stored, and in which piece with which checksum.
 */
final class MapModel {

  private final NavigableMap<Long, Unit> units;

  /** One stored unit. */
  private record Unit(long location, long piece, int pieceUnits, int checksum) {}

  MapModel() {
    this(new TreeMap<>());
  }

  private MapModel(NavigableMap<Long, Unit> units) {
    this.units = units;
  }

  MapModel copy() {
    return new MapModel(new TreeMap<>(units));
  }

  long mapped() {
    return units.size();
  }

  void write(Written written, long end) {
    int done = 0;
    for (int piece = 0; piece < written.layout().pieces(); piece++) {
      int length = written.layout().pieceUnits(piece);
      for (int i = 0; i < length && written.start() + done + i < end; i++) {
        long location = written.location() + done;
        units.put(
            written.start() + done + i,
            new Unit(location + i, location, length, written.checksums()[piece]));
      }
      done += length;
    }
  }

  void unmap(long start, long end) {
    units.subMap(start, end).clear();
  }

  /** The same bytes lie {@code distance} further on, as far as they lay in a segment. */
  void relocate(int segment, long distance) {
    units.replaceAll(
        (start, unit) ->
            Location.segment(unit.location) == segment
                ? new Unit(
                    unit.location + distance, unit.piece + distance, unit.pieceUnits, unit.checksum)
                : unit);
  }

  /** Fails unless {@code pieces} are exactly what is mapped from {@code start} to {@code end}. */
  void check(Pieces pieces, long start, long end) {
    long at = start;
    for (int i = 0; i < pieces.count(); i++) {
      assertThat(pieces.start(i)).as("the pieces are in order").isGreaterThanOrEqualTo(at);
      for (long unit = pieces.start(i); unit < pieces.end(i); unit++) {
        long skipped = pieces.skip(i) + unit - pieces.start(i);
        Unit found =
            new Unit(
                pieces.location(i) + skipped,
                pieces.location(i),
                pieces.checkedUnits(i),
                pieces.checksum(i));
        assertThat(found).as("unit " + unit).isEqualTo(units.get(unit));
      }
      at = pieces.end(i);
    }
    assertThat(at).isLessThanOrEqualTo(Math.max(start, end));
    long found = 0;
    for (int i = 0; i < pieces.count(); i++) {
      found += pieces.units(i);
    }
    assertThat(found).as("units found").isEqualTo(units.subMap(start, end).size());
  }
}

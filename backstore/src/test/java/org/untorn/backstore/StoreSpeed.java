package org.untorn.backstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prints what the pool costs beside a file of the host that is written and read in place: {@code
 * StoreSpeed DIRECTORY [ROUNDS [CELL...]]}; the cell "tail" is {@link TailLatency}. Not a test.
 *
 * <pre>
 *   round 1    | file | store |  file | store | ...      a slice of each cell's both sides,
 *   round 2    | store | file |  store | file | ...      one right behind the other
 *   ...          \_ ratio _/                             the median of all rounds' ratios counts
 * </pre>
 *
 * What disturbs the machine for longer than two slices disturbs both sides, and what is shorter
 * hits few rounds. On a machine that others use, the ratio of the processor time is steadier; it
 * says nothing where one waits for the disk. Everything is in the host's page cache, as it has room
 * for both.
 */
final class StoreSpeed {

  private static final int FEWEST_ROUNDS = 7;
  private static final int WARM_UP_ROUNDS = 2;
  private static final String TAIL = "tail";

  private StoreSpeed() {}

  /** Files and pool are made in the directory, and removed again. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2 * FEWEST_ROUNDS + 1;
    List<String> wanted =
        Arrays.asList(arguments).subList(Math.min(2, arguments.length), arguments.length);
    Path directory = Path.of(arguments[0]).resolve("store-speed");
    try (SpeedCells cells = new SpeedCells(directory)) {
      List<SpeedCell> chosen =
          cells.all().stream()
              .filter(cell -> wanted.isEmpty() || wanted.stream().anyMatch(cell.name()::contains))
              .toList();
      for (int round = -WARM_UP_ROUNDS; round < Math.max(rounds, FEWEST_ROUNDS); round++) {
        for (SpeedCell cell : chosen) {
          cell.run(round);
        }
      }
      System.out.printf(
          "%-34s %11s %11s %8s %16s %9s %11s%n",
          "", "beside, us", "store, us", "ratio", "(min - max)", "CPU", "heap, bytes");
      chosen.forEach(cell -> System.out.println(cell.result()));
      if (wanted.isEmpty() || wanted.contains(TAIL)) {
        for (TailLatency tail : cells.tails()) {
          tail.print(Math.max(rounds, FEWEST_ROUNDS));
        }
      }
      cells.printSnapshot(Math.max(rounds, FEWEST_ROUNDS));
    } finally {
      removeAll(directory);
    }
  }

  private static void removeAll(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The middle one. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}

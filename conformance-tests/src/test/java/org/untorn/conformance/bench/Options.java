package org.untorn.conformance.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the command line asks for.
 *
 * @param root of the project
 * @param programs where the compiled clients are
 * @param warm where the files of the warm cells are: a directory in memory, so that what is
 *     compared is not the host's disk
 * @param disk where those of the FUA cells are: a directory on the host's disk
 * @param cells which cells to run, by their names
 * @param rounds how many slices each contestant of a cell gets
 * @param seconds how long a slice is
 * @param quick whether only Untorn's file store and tgt compete
 * @param scale whether the cell of many sessions and units runs instead of the others
 */
record Options(
    Path root,
    Path programs,
    Path warm,
    Path disk,
    Predicate<String> cells,
    int rounds,
    double seconds,
    boolean quick,
    boolean scale) {

  static final String USAGE =
      """
      usage: conformance-tests/bench/run [options]
        --quick           3 rounds, without the RAM store and the minimal target
        --cells REGEX     only the cells whose name has it: 'raw 4k QD32', '^libiscsi 1M', 'FUA', 'digests', 'faults'
        --rounds N        slices of each contestant in a cell, in turns (7)
        --seconds S       length of a slice (0.25)
        --warm DIR        where files are; in memory, so that nothing waits for a disk (/dev/shm)
        --disk DIR        where files of the FUA cells are (a folder of the build)
        --scale           256 sessions on 64 units, queue depth 128 each, instead of the cells
      """;

  static Options parse(Path root, Path programs, List<String> arguments) {
    Deque<String> rest = new ArrayDeque<>(arguments);
    Path warm = Path.of("/dev/shm");
    Path disk = programs;
    Predicate<String> cells = _ -> true;
    int rounds = 0;
    double seconds = 0.25;
    boolean quick = false;
    boolean scale = false;
    while (!rest.isEmpty()) {
      String option = rest.remove();
      switch (option) {
        case "--quick" -> quick = true;
        case "--scale" -> scale = true;
        case "--cells" -> cells = Pattern.compile(value(option, rest)).asPredicate();
        case "--rounds" -> rounds = Integer.parseInt(value(option, rest));
        case "--seconds" -> seconds = Double.parseDouble(value(option, rest));
        case "--warm" -> warm = Path.of(value(option, rest));
        case "--disk" -> disk = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    int slices = rounds > 0 ? rounds : quick ? 3 : 7;
    return new Options(root, programs, warm, disk, cells, slices, seconds, quick, scale);
  }

  private static String value(String option, Deque<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.remove();
  }
}

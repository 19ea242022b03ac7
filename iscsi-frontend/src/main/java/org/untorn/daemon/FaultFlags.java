package org.untorn.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.Size;
import picocli.CommandLine.Option;

/** The options that break the device; they may stand beside {@code --config}. */
final class FaultFlags {

  @Option(
      names = "--power",
      order = 50,
      description =
          "Model a volatile write cache, so that 'untorn power cut' can lose what was not flushed.")
  private boolean power;

  @Option(
      names = "--cache",
      paramLabel = "SIZE",
      order = 51,
      description =
          "What each disk may hold that is not durable; beyond it, it writes back by itself. Implies"
              + " --power. Default: 32MiB.")
  private Optional<Size> cache = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      order = 52,
      description = "What all chance is drawn from. Default: 1.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--tear-plain-writes",
      order = 53,
      description = "Carry WRITE (never WRITE ATOMIC) out block by block: readers see halves.")
  private boolean tearPlainWrites;

  @Option(
      names = "--defect",
      paramLabel = "NAME[@VOLUME]",
      order = 54,
      description =
          "Break a promise all the time, of one volume or of all; may be given several times. 'help'"
              + " lists them.")
  private List<String> defects = new ArrayList<>();

  @Option(
      names = "--fault",
      paramLabel = "RULE",
      order = 55,
      description =
          "Make things go wrong, for example 'op=read lba=100+8 nth=3 sense 03/11/00'; may be given"
              + " several times. See 'untorn fault --help'.")
  private List<String> rules = new ArrayList<>();

  @Option(
      names = "--faults",
      order = 56,
      description = "Begin without such rules; 'untorn fault add' adds some to the running device.")
  private boolean faults;

  @Option(
      names = "--history",
      order = 57,
      description = "Remember what is asked of each disk: /history, and 'untorn verdict'.")
  private boolean history;

  /** Whether all is to be remembered. */
  boolean asksForHistory() {
    return history;
  }

  /** Whether the defects are to be listed. */
  boolean asksForDefects() {
    return defects.contains("help");
  }

  /** What they ask for, over what a file says. */
  FaultConfig over(FaultConfig file) {
    return new FaultConfig(
        seed.orElse(file.seed()),
        cache
            .or(file::cache)
            .or(() -> power ? Optional.of(FaultConfig.DEFAULT_CACHE) : Optional.empty()),
        tearPlainWrites || file.tearPlainWrites(),
        Stream.concat(file.defects().stream(), defects.stream()).toList(),
        faults || !rules.isEmpty()
            ? Optional.of(
                Stream.concat(file.rules().stream().flatMap(List::stream), rules.stream()).toList())
            : file.rules());
  }
}

package org.untorn.daemon;

import java.util.Optional;
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

  /** What they ask for, over what a file says. */
  FaultConfig over(FaultConfig file) {
    return new FaultConfig(
        seed.orElse(file.seed()),
        cache
            .or(file::cache)
            .or(() -> power ? Optional.of(FaultConfig.DEFAULT_CACHE) : Optional.empty()),
        tearPlainWrites || file.tearPlainWrites());
  }
}

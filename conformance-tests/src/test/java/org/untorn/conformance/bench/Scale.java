package org.untorn.conformance.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.untorn.conformance.bench.Cell.Client;
import org.untorn.conformance.bench.Cell.Operation;

/**
 * Many sessions on many units: is each served, and fairly? A session's share is the mean of all;
 * the slowest one is to have half of it at least.
 */
record Scale(Options options, Arena arena) {

  private static final int SESSIONS = 256;
  private static final int UNITS = 64;
  private static final int DEPTH = 128;

  void run(PrintStream out) throws IOException, InterruptedException {
    String units =
        IntStream.range(0, UNITS)
            .mapToObj(_ -> "      - {size: 16MiB}\n")
            .collect(Collectors.joining());
    String yaml =
        """
        ram: true
        targets:
          - name: iqn.2026-11.org.untorn.bench:scale
            luns:
        """;
    Target target = arena.untornConfigured("scale", yaml + units);
    out.printf("%n%d sessions on %d units, queue depth %d each%n%n", SESSIONS, UNITS, DEPTH);
    out.println("| cell | IOPS | slowest session's share | fastest | p50 us | p99 us | CPU us |");
    out.println("|---|---|---|---|---|---|---|");
    for (String block : List.of("4k", "64k")) {
      for (Operation operation : List.of(Operation.WRITE, Operation.READ)) {
        Cell cell = new Cell(Client.RAW, block, DEPTH, SESSIONS, operation, false);
        Slice slice =
            arena.slice(target, cell, List.of("-l", "" + UNITS, "-f", "-t", "8", "-w", "2000"));
        print(out, cell, slice);
      }
    }
    out.printf("%nMost memory of the target: %d MiB%n", target.peakMemory());
  }

  private static void print(PrintStream out, Cell cell, Slice slice) {
    double mean = slice.ofSession().stream().mapToLong(Long::longValue).average().orElse(1);
    out.printf(
        "| %s %s | %.0f | **%.0f %%** | %.0f %% | %.0f | %.0f | %.1f |%n",
        cell.block(),
        cell.operation().name().toLowerCase(java.util.Locale.ROOT),
        slice.iops(),
        100 * slice.ofSession().stream().mapToLong(Long::longValue).min().orElse(0) / mean,
        100 * slice.ofSession().stream().mapToLong(Long::longValue).max().orElse(0) / mean,
        slice.p50(),
        slice.p99(),
        slice.targetCpu());
  }
}

package org.untorn.conformance.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.untorn.conformance.bench.Cell.Client;
import org.untorn.conformance.bench.Cell.Operation;

/**
 * Runs Untorn, tgt and a minimal target side by side and prints tables of ratios.
 *
 * <pre>
 *   cell:     round 1            round 2            ...
 *             tgt U mini tgt ..  U mini tgt tgt ..        a slice each, in turns
 * </pre>
 *
 * A ratio is the median over rounds of a quotient within a round, so that what else the machine
 * does in the meantime falls on all contestants alike. Latencies and CPU are medians over slices.
 */
final class Benchmark {

  private static final PrintStream OUT = System.out;

  private final Options options;
  private final Arena arena;

  private Benchmark(Options options, Arena arena) {
    this.options = options;
    this.arena = arena;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT);
    List<String> all = List.of(arguments);
    if (all.contains("--help")) {
      OUT.print(Options.USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(Path.of(all.get(0)), Path.of(all.get(1)), all.subList(2, all.size()));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Options.USAGE);
      System.exit(2);
      return;
    }
    try (Arena arena = new Arena(options)) {
      Benchmark benchmark = new Benchmark(options, arena);
      if (options.scale()) {
        new Scale(options, arena).run(OUT);
      } else {
        benchmark.warmCells();
        benchmark.durableCells();
        benchmark.digestCells();
        benchmark.faultCells();
      }
    }
  }

  private List<Cell> chosen(boolean fua) {
    return Cell.all().stream()
        .filter(cell -> cell.fua() == fua && options.cells().test(cell.name()))
        .toList();
  }

  /** Slices of contestants, by their names. */
  private final class Contest {
    private final Map<String, List<Slice>> slices = new TreeMap<>();
    private final List<Entrant> entrants = new ArrayList<>();

    private record Entrant(String name, Target target, Cell cell, List<String> options) {}

    void enter(String name, Target target, Cell cell, String... more) {
      entrants.add(new Entrant(name, target, cell, List.of(more)));
    }

    /** Gives everybody a slice in each round; who begins changes. */
    void run() throws IOException, InterruptedException {
      for (int round = 0; round < options.rounds(); round++) {
        for (int i = 0; i < entrants.size(); i++) {
          Entrant entrant = entrants.get((i + round) % entrants.size());
          Slice slice = slice(entrant);
          slices.computeIfAbsent(entrant.name, _ -> new ArrayList<>()).add(slice);
        }
      }
    }

    /** A slice that fails is told, and counts as nothing done: the others go on. */
    private Slice slice(Entrant entrant) throws InterruptedException {
      try {
        return arena.slice(entrant.target, entrant.cell, entrant.options);
      } catch (IOException e) {
        System.err.println(entrant.name + ", " + entrant.cell.name() + ": " + e.getMessage());
        return Slice.FAILED;
      }
    }

    double median(String name, ToDoubleFunction<Slice> number) {
      return Slice.median(slices.getOrDefault(name, List.of()), number);
    }

    double ratio(String name, String base) {
      List<Slice> above = slices.getOrDefault(name, List.of());
      List<Slice> below = slices.getOrDefault(base, List.of());
      double[] quotients = new double[above.size()];
      for (int i = 0; i < quotients.length; i++) {
        quotients[i] = above.get(i).iops() / below.get(i).iops();
      }
      return Slice.median(quotients);
    }

    boolean has(String name) {
      return slices.containsKey(name);
    }

    String best(List<Target> of) {
      return of.stream()
          .map(Target::name)
          .max(Comparator.comparingDouble(name -> median(name, Slice::iops)))
          .orElseThrow();
    }
  }

  private void warmCells() throws IOException, InterruptedException {
    List<Cell> cells = chosen(false);
    if (cells.isEmpty()) {
      return;
    }
    List<Target> others = arena.tgt("", options.warm(), List.of("rdwr", "aio"));
    Target file = arena.untorn("file", options.warm());
    List<Target> more =
        options.quick()
            ? List.of()
            : List.of(arena.untornInMemory("RAM"), arena.minimal("minimal", options.warm()));
    warmUp(others, file, more);
    for (Client client : Client.values()) {
      List<Cell> ofClient = cells.stream().filter(cell -> cell.client() == client).toList();
      if (!ofClient.isEmpty()) {
        OUT.printf("%nClient %s, warm store%n%n", client.program());
        OUT.println(
            "| cell | tgt | IOPS of tgt | Untorn/tgt | goal | RAM/tgt | Untorn/minimal |"
                + " atomic/plain | p50 us, Untorn and tgt | p99 us | target's CPU us |");
        OUT.println("|---|---|---|---|---|---|---|---|---|---|---|");
        for (Cell cell : ofClient) {
          warmCell(cell, others, file, more);
        }
      }
    }
    OUT.printf(
        "%nThe Untorn with files was ready %d ms after its start; most memory it had: %d MiB%n",
        file.start().toMillis(), file.peakMemory());
  }

  /** Fills the volumes, then lets every code path run hot. */
  private void warmUp(List<Target> others, Target file, List<Target> more)
      throws IOException, InterruptedException {
    List<Target> untorn = new ArrayList<>(List.of(file));
    untorn.addAll(more);
    arena.fill(others.getFirst());
    for (Target target : untorn) {
      arena.fill(target);
    }
    for (Target target : untorn) {
      for (String block : List.of("4k", "64k", "1M")) {
        for (Operation operation : Operation.values()) {
          for (Client client : Client.values()) {
            var _ =
                arena.slice(target, new Cell(client, block, 32, 1, operation, false), List.of());
          }
        }
      }
    }
  }

  private void warmCell(Cell cell, List<Target> others, Target file, List<Target> more)
      throws IOException, InterruptedException {
    Contest contest = new Contest();
    others.forEach(target -> contest.enter(target.name(), target, cell));
    contest.enter(file.name(), file, cell);
    more.forEach(target -> contest.enter(target.name(), target, cell));
    if (cell.operation() == Operation.WRITE) {
      contest.enter("atomic", file, cell.with(Operation.ATOMIC));
    }
    contest.run();
    String best = contest.best(others);
    OUT.printf(
        "| %s | %s | %.0f | **%.2f** | %s | %s | %s | %s | %.0f, %.0f | %.0f, %.0f | %.1f, %.1f"
            + " |%n",
        cell.row(),
        best,
        contest.median(best, Slice::iops),
        contest.ratio("file", best),
        Goals.of(cell).stream().mapToObj("%.1f"::formatted).findFirst().orElse(""),
        ratio(contest, "RAM", best),
        ratio(contest, "file", "minimal"),
        ratio(contest, "atomic", "file"),
        contest.median("file", Slice::p50),
        contest.median(best, Slice::p50),
        contest.median("file", Slice::p99),
        contest.median(best, Slice::p99),
        contest.median("file", Slice::targetCpu),
        contest.median(best, Slice::targetCpu));
  }

  private static String ratio(Contest contest, String name, String base) {
    return contest.has(name) && contest.has(base)
        ? "%.2f".formatted(contest.ratio(name, base))
        : "";
  }

  /** Writes that are on stable storage when they are answered: on the host's disk. */
  private void durableCells() throws IOException, InterruptedException {
    List<Cell> cells = chosen(true);
    if (cells.isEmpty()) {
      return;
    }
    Target other = arena.tgt(" on disk", options.disk(), List.of("rdwr")).getFirst();
    Target file = arena.untorn("file on disk", options.disk());
    arena.fill(other);
    arena.fill(file);
    OUT.printf("%nFUA, on the host's disk (tgt's aio ignores FUA)%n%n");
    OUT.println(
        "| cell | IOPS of tgt rdwr | Untorn/tgt | goal | p50 us, Untorn and tgt | p99 us |");
    OUT.println("|---|---|---|---|---|---|");
    for (Cell cell : cells) {
      Contest contest = new Contest();
      contest.enter("tgt", other, cell);
      contest.enter("file", file, cell);
      contest.run();
      OUT.printf(
          "| %s | %.0f | **%.2f** | %.1f | %.0f, %.0f | %.0f, %.0f |%n",
          cell.row(),
          contest.median("tgt", Slice::iops),
          contest.ratio("file", "tgt"),
          Goals.of(cell).orElse(0),
          contest.median("file", Slice::p50),
          contest.median("tgt", Slice::p50),
          contest.median("file", Slice::p99),
          contest.median("tgt", Slice::p99));
    }
  }

  /** Header and data digests on, against off. */
  private void digestCells() throws IOException, InterruptedException {
    if (!options.cells().test("digests")) {
      return;
    }
    Target file = arena.untorn("file with digests", options.warm());
    arena.fill(file);
    OUT.printf("%nDigests of headers and data on, against off%n%n");
    OUT.println("| cell | IOPS off | on/off | goal | target's CPU us, on and off |");
    OUT.println("|---|---|---|---|---|");
    for (Operation operation : List.of(Operation.READ, Operation.WRITE)) {
      Cell cell = new Cell(Client.RAW, "64k", 32, 1, operation, false);
      Contest contest = new Contest();
      contest.enter("off", file, cell);
      contest.enter("on", file, cell, "-D");
      contest.run();
      OUT.printf(
          "| %s | %.0f | **%.2f** | 0.8 | %.1f, %.1f |%n",
          cell.row(),
          contest.median("off", Slice::iops),
          contest.ratio("on", "off"),
          contest.median("on", Slice::targetCpu),
          contest.median("off", Slice::targetCpu));
    }
  }

  /**
   * A fault plan whose one rule never fits, against none; and none against none, which is noise.
   */
  private void faultCells() throws IOException, InterruptedException {
    if (!options.cells().test("faults")) {
      return;
    }
    List<Target> targets =
        List.of(
            arena.untornInMemory("no plan"),
            arena.untornInMemory("no plan either"),
            arena.untornInMemory("idle rule", "--fault", "lun=7 op=read busy"));
    for (Target target : targets) {
      arena.fill(target);
      for (Operation operation : List.of(Operation.READ, Operation.WRITE)) {
        var _ = arena.slice(target, new Cell(Client.RAW, "4k", 32, 1, operation, false), List.of());
      }
    }
    OUT.printf("%nA fault plan with one rule that never fits, against no plan, RAM%n%n");
    OUT.println("| cell | IOPS without | none/none | idle rule/none | target's CPU us |");
    OUT.println("|---|---|---|---|---|");
    for (int depth : List.of(1, 32)) {
      for (Operation operation : List.of(Operation.READ, Operation.WRITE)) {
        Cell cell = new Cell(Client.RAW, "4k", depth, 1, operation, false);
        Contest contest = new Contest();
        targets.forEach(target -> contest.enter(target.name(), target, cell));
        contest.run();
        OUT.printf(
            "| %s | %.0f | %.2f | **%.2f** | %.1f, %.1f, %.1f |%n",
            cell.row(),
            contest.median("no plan", Slice::iops),
            contest.ratio("no plan either", "no plan"),
            contest.ratio("idle rule", "no plan"),
            contest.median("no plan", Slice::targetCpu),
            contest.median("no plan either", Slice::targetCpu),
            contest.median("idle rule", Slice::targetCpu));
      }
    }
  }
}

package org.untorn.backstore;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long single writes take while the pool cleans, beside how long they take while it does not:
 * two lines of {@link StoreSpeed}.
 *
 * <pre>
 *   round 1    | at rest | cleaning |        slices of writes, one by one; while it cleans, another
 *   round 2    | cleaning | at rest |        thread has the pool clean without a rest, checkpoints
 *   ...                                      and all: worse than what the pool does by itself
 * </pre>
 *
 * Percentiles are those of all slices together. What else the machine does hits both alike.
 */
final class TailLatency {

  private static final double[] PARTS = {0.5, 0.99, 0.999};

  private final String name;
  private final int operations;
  private final Step write;
  private final Cleaner cleaner;
  private final SpeedCell.Work rest;

  /**
   * What is done.
   *
   * @param operations in one slice
   * @param write does one
   * @param cleaner has the pool clean a little
   * @param rest what a slice leaves to be done, which is not counted
   */
  TailLatency(String name, int operations, Step write, Cleaner cleaner, SpeedCell.Work rest) {
    this.name = name;
    this.operations = operations;
    this.write = write;
    this.cleaner = cleaner;
    this.rest = rest;
  }

  /** One of many. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** Cleans a little; false if there was nothing worth it. */
  @FunctionalInterface
  interface Cleaner {
    boolean clean() throws IOException;
  }

  /** Measures, and prints both lines. */
  void print(int rounds) throws IOException, InterruptedException {
    long[] atRest = new long[rounds * operations];
    long[] beside = new long[rounds * operations];
    slice(new long[operations], 0);
    int cleanings = 0;
    for (int round = 0; round < rounds; round++) {
      if (round % 2 == 0) {
        slice(atRest, round);
        cleanings += sliceBesideCleaning(beside, round);
      } else {
        cleanings += sliceBesideCleaning(beside, round);
        slice(atRest, round);
      }
    }
    Arrays.sort(atRest);
    Arrays.sort(beside);
    System.out.printf(Locale.ROOT, "%-34s%s%n", name + ", cleaner at rest", line(atRest, atRest));
    System.out.printf(
        Locale.ROOT, "%-34s%s, %d times%n", name + ", cleaning", line(beside, atRest), cleanings);
  }

  private void slice(long[] into, int slice) throws IOException, InterruptedException {
    for (int i = 0; i < operations; i++) {
      long start = System.nanoTime();
      write.run();
      into[slice * operations + i] = System.nanoTime() - start;
    }
    rest.run();
  }

  /** Says how often something was cleaned. */
  private int sliceBesideCleaning(long[] into, int slice) throws IOException, InterruptedException {
    Cleaning cleaning = new Cleaning();
    Thread thread = Thread.ofPlatform().name("cleaning").start(cleaning);
    slice(into, slice);
    cleaning.over = true;
    thread.join();
    return cleaning.count;
  }

  /** Cleans again and again. */
  private final class Cleaning implements Runnable {
    private volatile boolean over;
    private int count;

    @Override
    public void run() {
      try {
        while (!over) {
          if (cleaner.clean()) {
            count++;
          } else {
            Thread.sleep(1);
          }
        }
      } catch (IOException | InterruptedException failure) {
        throw new IllegalStateException(failure);
      }
    }
  }

  private static String line(long[] sorted, long[] besides) {
    StringBuilder line = new StringBuilder();
    for (double part : PARTS) {
      int at = (int) (part * (sorted.length - 1));
      line.append(
          String.format(
              Locale.ROOT,
              "  p%s %.1f us (%.2fx)",
              String.format(Locale.ROOT, "%.1f", part * 100).replace(".0", ""),
              sorted[at] / 1e3,
              (double) sorted[at] / besides[at]));
    }
    return line.toString();
  }
}

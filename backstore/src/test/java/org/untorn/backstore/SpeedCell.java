package org.untorn.backstore;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One line of {@link StoreSpeed}: the same work done by a file of the host and by the store, slice
 * by slice.
 */
final class SpeedCell {

  private final String name;
  private final Side beside;
  private final Side store;
  private final List<Double> besideMicros = new ArrayList<>();
  private final List<Double> storeMicros = new ArrayList<>();
  private final List<Double> cpuRatios = new ArrayList<>();
  private final List<Double> heapBytes = new ArrayList<>();

  SpeedCell(String name, Side beside, Side store) {
    this.name = name;
    this.beside = beside;
    this.store = store;
  }

  String name() {
    return name;
  }

  /**
   * What one side does.
   *
   * @param operations in one slice
   * @param work does them all
   * @param rest what a slice leaves to be done, which is not counted: what it wrote is synced, so
   *     that it does not disturb the next one
   */
  record Side(int operations, Work work, Work rest) {}

  /** Work on files. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** Runs a slice of each side; those of rounds below 0 warm up. */
  void run(int round) throws IOException, InterruptedException {
    boolean storeFirst = round % 2 == 0;
    Slice first = Slice.of(storeFirst ? store : beside);
    Slice second = Slice.of(storeFirst ? beside : store);
    if (round >= 0) {
      Slice ofStore = storeFirst ? first : second;
      Slice ofBeside = storeFirst ? second : first;
      storeMicros.add(ofStore.micros());
      besideMicros.add(ofBeside.micros());
      cpuRatios.add(ofBeside.cpuMicros() / ofStore.cpuMicros());
      heapBytes.add(ofStore.heapBytes());
    }
  }

  /** What one operation took of the time, of the thread's processor time, and of the heap. */
  private record Slice(double micros, double cpuMicros, double heapBytes) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Slice of(Side side) throws IOException, InterruptedException {
      long heap = THREADS.getCurrentThreadAllocatedBytes();
      long cpu = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      side.work().run();
      double count = side.operations();
      Slice slice =
          new Slice(
              (System.nanoTime() - start) / 1000.0 / count,
              (THREADS.getCurrentThreadCpuTime() - cpu) / 1000.0 / count,
              (THREADS.getCurrentThreadAllocatedBytes() - heap) / count);
      side.rest().run();
      return slice;
    }
  }

  /** How many times as fast the store is. */
  String result() {
    double[] ratios = new double[storeMicros.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = besideMicros.get(i) / storeMicros.get(i);
    }
    Arrays.sort(ratios);
    return String.format(
        Locale.ROOT,
        "%-34s %11.2f %11.2f %7.2fx (%5.2f - %6.2f) %8.2fx %11.1f",
        name,
        median(besideMicros),
        median(storeMicros),
        ratios[ratios.length / 2],
        ratios[0],
        ratios[ratios.length - 1],
        median(cpuRatios),
        median(heapBytes));
  }

  private static double median(List<Double> values) {
    return StoreSpeed.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}

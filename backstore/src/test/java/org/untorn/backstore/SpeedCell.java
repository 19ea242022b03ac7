package org.untorn.backstore;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

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
    if (storeFirst) {
      runStore(round);
    }
    double micros = micros(beside);
    if (round >= 0) {
      besideMicros.add(micros);
    }
    if (!storeFirst) {
      runStore(round);
    }
  }

  private void runStore(int round) throws IOException, InterruptedException {
    long heap = allocated();
    double micros = micros(store);
    if (round >= 0) {
      storeMicros.add(micros);
      heapBytes.add((double) (allocated() - heap) / store.operations());
    }
  }

  private static double micros(Side side) throws IOException, InterruptedException {
    long start = System.nanoTime();
    side.work().run();
    double micros = (System.nanoTime() - start) / 1000.0 / side.operations();
    side.rest().run();
    return micros;
  }

  /** How many times as fast the store is. */
  String result() {
    double[] ratios = new double[storeMicros.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = besideMicros.get(i) / storeMicros.get(i);
    }
    return StoreSpeed.line(
        name, median(besideMicros), median(storeMicros), ratios, median(heapBytes));
  }

  private static double median(List<Double> values) {
    return StoreSpeed.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}

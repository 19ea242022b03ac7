package org.untorn.backstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * Prints what an operation costs, inline, on both media: {@code StoreSpeed DIRECTORY}. Not a test;
 * a look whether a number is absurd.
 */
final class StoreSpeed {

  private static final int BLOCKS_PER_4_KIB = 8;
  private static final int AREA_BLOCKS = 512 << 11;
  private static final int OPERATIONS = 200_000;

  private StoreSpeed() {}

  public static void main(String[] arguments) throws Exception {
    for (int round = 0; round < 3; round++) {
      measure("memory", new MemoryMedium());
      measureRaw(Path.of(arguments[0], "raw" + round));
      measure("directory", DirectoryMedium.open(Path.of(arguments[0], "round" + round)));
    }
  }

  private static void measure(String name, Medium medium) throws Exception {
    PoolOptions options =
        PoolOptions.DEFAULT.withSegmentBytes(16 << 20).withCapacityBytes(1L << 30);
    try (medium;
        Pool pool = Pool.open(medium, options)) {
      pool.create("volume", new Geometry(512, 2L * AREA_BLOCKS));
      BlockStore store = pool.open("volume");
      ByteBuffer small = ByteBuffer.allocateDirect(4096);
      ByteBuffer large = ByteBuffer.allocateDirect(1 << 20);
      print(name, "1 MiB sequential writes", 256, i -> write(store, i * 2048L, large));
      Random random = new Random(1);
      print(name, "4 KiB random writes", 40_000, i -> write(store, lba(random), small));
      print(name, "4 KiB random reads", OPERATIONS, i -> read(store, lba(random), small));
      print(name, "1 MiB reads", 256, i -> read(store, i * 2048L, large));
      printStable(name, store, small);
    }
  }

  /** What the host's file system takes for the same, without a store. */
  private static void measureRaw(Path path) throws IOException {
    Files.createDirectories(path.getParent());
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer small = ByteBuffer.allocateDirect(4096);
      ByteBuffer large = ByteBuffer.allocateDirect(1 << 20);
      print("pwrite", "1 MiB sequential writes", 256, i -> pwrite(file, i * 1048576L, large));
      Random random = new Random(1);
      print("pwrite", "4 KiB random writes", 40_000, i -> pwrite(file, lba(random) * 512, small));
    }
  }

  private static void pwrite(FileChannel file, long offset, ByteBuffer data) {
    try {
      file.write(data.clear(), offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long lba(Random random) {
    return (long) random.nextInt(AREA_BLOCKS / 2 / BLOCKS_PER_4_KIB) * BLOCKS_PER_4_KIB;
  }

  private static void write(BlockStore store, long lba, ByteBuffer data) {
    store.submit(
        new BlockOperation.Write(lba, List.of(data), Durability.APPENDED), StoreSpeed::mustBeDone);
  }

  private static void read(BlockStore store, long lba, ByteBuffer into) {
    store.submit(new BlockOperation.Read(lba, into), StoreSpeed::mustBeDone);
  }

  private static void mustBeDone(BlockOutcome outcome) {
    if (!(outcome instanceof BlockOutcome.Done)) {
      throw new IllegalStateException(outcome.toString());
    }
  }

  private static void print(String name, String what, int count, Step step) {
    long heap = allocated();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      step.run(i);
    }
    double micros = (System.nanoTime() - start) / 1000.0 / count;
    System.out.printf(
        "%-10s %-24s %8.2f us each %8.0f per second %6d bytes of heap%n",
        name, what, micros, 1e6 / micros, (allocated() - heap) / count);
  }

  private static void printStable(String name, BlockStore store, ByteBuffer data)
      throws IOException, InterruptedException {
    int count = 20_000;
    CountDownLatch all = new CountDownLatch(count);
    Semaphore depth = new Semaphore(32);
    Random random = new Random(2);
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      depth.acquire();
      store.submit(
          new BlockOperation.Write(lba(random), List.of(data), Durability.STABLE),
          outcome -> {
            mustBeDone(outcome);
            depth.release();
            all.countDown();
          });
    }
    all.await();
    double micros = (System.nanoTime() - start) / 1000.0 / count;
    System.out.printf("%-10s %-24s %8.2f us each%n", name, "4 KiB stable, 32 deep", micros);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  /** One operation. */
  private interface Step {
    void run(int i);
  }
}

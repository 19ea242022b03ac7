package org.untorn.backstore;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Prints how long a pool takes to be ready after its process was killed: {@code RecoverySpeed
 * DIRECTORY [GiB]}. Not a test.
 *
 * <p>A process of its own writes so much into a new pool, in pieces of 64 KiB at random, and is
 * killed with SIGKILL before it has closed anything; then this one opens what it left.
 */
final class RecoverySpeed {

  private static final int PIECE = 64 << 10;
  private static final String WRITTEN = "written";

  private RecoverySpeed() {}

  /** The directory must not hold a pool yet; what is left in it is the caller's to remove. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    long bytes = (arguments.length > 1 ? Long.parseLong(arguments[1]) : 20) << 30;
    if (arguments.length > 2) {
      write(directory, bytes);
      return;
    }
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RecoverySpeed.class.getName(),
                directory.toString(),
                Long.toString(bytes >> 30),
                "write")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = writer.inputReader().readLine();
    writer.destroyForcibly().waitFor();
    if (!WRITTEN.equals(said)) {
      throw new IllegalStateException("the writer said " + said);
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    try (DirectoryMedium medium = DirectoryMedium.open(directory);
        Pool pool = Pool.open(medium, options(bytes))) {
      System.out.printf(
          Locale.ROOT,
          "ready %.2f s after a kill, %.2f s of it processor time; %d GiB written since the last"
              + " clean stop, %d blocks mapped%n",
          (System.nanoTime() - start) / 1e9,
          (threads.getCurrentThreadCpuTime() - cpu) / 1e9,
          bytes >> 30,
          pool.list().getFirst().mappedBlocks());
    }
  }

  private static PoolOptions options(long bytes) {
    return PoolOptions.DEFAULT.withRoomFor(bytes);
  }

  private static void write(Path directory, long bytes) throws IOException {
    DirectoryMedium medium = DirectoryMedium.open(directory);
    Pool pool = Pool.open(medium, options(bytes));
    pool.create("volume", new Geometry(4096, bytes / 4096));
    BlockStore store = pool.open("volume");
    byte[] content = new byte[PIECE];
    Random random = new Random(1);
    random.nextBytes(content);
    ByteBuffer data = ByteBuffer.allocateDirect(PIECE).put(content).flip();
    for (long written = 0; written < bytes; written += PIECE) {
      CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
      long lba = random.nextLong(bytes / PIECE) * (PIECE / 4096);
      BlockOperation write = new BlockOperation.Write(lba, List.of(data), Durability.APPENDED);
      store.submit(write, done::complete);
      BlockOutcome outcome = done.join();
      if (!(outcome instanceof BlockOutcome.Done)) {
        throw new IOException(outcome.toString());
      }
    }
    System.out.println(WRITTEN);
    new CompletableFuture<Void>().join();
  }
}

package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The lines of {@link StoreSpeed}, and the files and the pool that they work on.
 *
 * <p>The pool has used all the space it may use before anything is measured, so that its segments
 * are as old and as warm as the files. Operations are made before they are measured, so what is
 * allocated on the heap is the store's. Linux overwrites 4 KiB faster in a file that came into its
 * page cache in small pieces, and 1 MiB faster in one that came in large ones: each side by the
 * host has the file that suits it. So does the store: a volume that was written in blocks of 4 KiB
 * at random, as its map stays from then on, and one that was written from start to end.
 */
final class SpeedCells implements AutoCloseable {

  private static final long FILE_BYTES = 1L << 30;
  private static final long POOL_BYTES = 6L << 30;
  private static final String FINE = "fine";
  private static final String COARSE = "coarse";
  private static final int BLOCK = 4096;
  private static final int WRITERS = 32;
  private static final int PREPARED = 1 << 17;

  private final Buffers small = new Buffers(BLOCK);
  private final Buffers medium = new Buffers(64 << 10);
  private final Buffers large = new Buffers(1 << 20);
  private final Random random = new Random(1);
  private final Answer answer = new Answer();
  private final FileChannel fine;
  private final FileChannel coarse;
  private final DirectoryMedium folder;
  private final Pool pool;
  private final BlockStore fineVolume;
  private final BlockStore coarseVolume;

  SpeedCells(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    fine = file(directory.resolve("fine"), small.next());
    coarse = file(directory.resolve("coarse"), large.next());
    folder = DirectoryMedium.open(directory.resolve("pool"));
    pool = Pool.open(folder, PoolOptions.DEFAULT.withCapacityBytes(POOL_BYTES));
    fineVolume = filled(FINE);
    coarseVolume = filled(COARSE);
    List<Long> blocks = new ArrayList<>(LongStream.range(0, FILE_BYTES / BLOCK).boxed().toList());
    Collections.shuffle(blocks, random);
    for (long lba : blocks) {
      run(fineVolume, write(lba, small, false));
    }
    flush();
  }

  /** A volume that was written from start to end, again and again, so that the pool is used up. */
  private BlockStore filled(String name) throws IOException, InterruptedException {
    pool.create(name, new Geometry(BLOCK, FILE_BYTES / BLOCK));
    BlockStore volume = pool.open(name);
    List<BlockOperation> everything = writes(large, false, false);
    for (long written = 0; written < POOL_BYTES / 2; written += FILE_BYTES) {
      for (BlockOperation write : everything) {
        run(volume, write);
      }
      flush(volume);
    }
    return volume;
  }

  /** Buffers that take turns, as they do at a queue depth of {@value #WRITERS}. */
  private static final class Buffers {
    private final ByteBuffer[] all = new ByteBuffer[WRITERS];
    private int turn;

    Buffers(int bytes) {
      byte[] content = new byte[bytes];
      new Random(bytes).nextBytes(content);
      Arrays.setAll(all, i -> ByteBuffer.allocateDirect(bytes).put(content).flip());
    }

    int bytes() {
      return all[0].capacity();
    }

    ByteBuffer next() {
      turn++;
      return all[turn % WRITERS].clear();
    }
  }

  /** A file that is written in pieces of the buffer's length. */
  private static FileChannel file(Path path, ByteBuffer piece) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    for (long at = 0; at < FILE_BYTES; at += piece.capacity()) {
      file.write(piece.duplicate(), at);
    }
    file.force(true);
    return file;
  }

  List<SpeedCell> all() {
    return List.of(
        writes("4 KiB random write", fine, small, true, 20_000),
        writes("64 KiB sequential write", coarse, medium, false, 2_000),
        writes("1 MiB sequential write", coarse, large, false, 160),
        new SpeedCell(
            "4 KiB random read",
            side(40_000, places(small, true), at -> fine.read(small.next(), at), () -> {}),
            storeSide(fineVolume, 40_000, reads(), () -> {})),
        new SpeedCell(
            "64 KiB atomic beside plain write",
            storeSide(coarseVolume, 2_000, writes(medium, false, false), this::flush),
            storeSide(coarseVolume, 2_000, writes(medium, false, true), this::flush)),
        new SpeedCell(
            "4 KiB durable, 32 writers",
            side(100, places(small, true), this::writeDurably, () -> {}),
            new SpeedCell.Side(20_000, () -> writeDurably(20_000), () -> {})));
  }

  private SpeedCell writes(
      String name, FileChannel file, Buffers data, boolean randomly, int operations) {
    return new SpeedCell(
        name,
        side(
            operations,
            places(data, randomly),
            at -> file.write(data.next(), at),
            () -> file.force(false)),
        storeSide(
            randomly ? fineVolume : coarseVolume,
            operations,
            writes(data, randomly, false),
            this::flush));
  }

  /** What is done at a place of a file. */
  @FunctionalInterface
  private interface Step {
    void run(long at) throws IOException;
  }

  private static SpeedCell.Side side(
      int operations, long[] places, Step step, SpeedCell.Work rest) {
    int[] next = {0};
    return new SpeedCell.Side(
        operations,
        () -> {
          for (int i = 0; i < operations; i++) {
            step.run(places[next[0]++ % places.length]);
          }
        },
        rest);
  }

  private SpeedCell.Side storeSide(
      BlockStore volume, int count, List<BlockOperation> operations, SpeedCell.Work rest) {
    int[] next = {0};
    return new SpeedCell.Side(
        count,
        () -> {
          for (int i = 0; i < count; i++) {
            run(volume, operations.get(next[0]++ % operations.size()));
          }
        },
        rest);
  }

  /** Bytes from the start of the file. */
  private long[] places(Buffers data, boolean randomly) {
    int length = data.bytes();
    int fitting = (int) (FILE_BYTES / length);
    return IntStream.range(0, randomly ? PREPARED : fitting)
        .mapToLong(i -> (long) (randomly ? random.nextInt(fitting) : i) * length)
        .toArray();
  }

  private List<BlockOperation> writes(Buffers data, boolean randomly, boolean atomic) {
    List<BlockOperation> operations = new ArrayList<>();
    for (long at : places(data, randomly)) {
      operations.add(write(at / BLOCK, data, atomic));
    }
    return operations;
  }

  private static BlockOperation write(long lba, Buffers data, boolean atomic) {
    List<ByteBuffer> buffers = List.of(data.next().duplicate());
    return atomic
        ? new BlockOperation.AtomicWrite(lba, buffers, Durability.APPENDED)
        : new BlockOperation.Write(lba, buffers, Durability.APPENDED);
  }

  private List<BlockOperation> reads() {
    List<BlockOperation> operations = new ArrayList<>();
    for (long at : places(small, true)) {
      operations.add(new BlockOperation.Read(at / BLOCK, small.next().duplicate()));
    }
    return operations;
  }

  private void run(BlockStore volume, BlockOperation operation) throws InterruptedException {
    volume.submit(operation, answer);
    answer.await();
  }

  /** Nearly all answers are there before the question has returned. */
  private static final class Answer implements BlockStore.Completion {
    private volatile boolean answered;

    @Override
    public void completed(BlockOutcome outcome) {
      mustBeDone(outcome);
      answered = true;
      synchronized (this) {
        notifyAll();
      }
    }

    private void await() throws InterruptedException {
      if (!answered) {
        synchronized (this) {
          while (!answered) {
            wait();
          }
        }
      }
      answered = false;
    }
  }

  private static void mustBeDone(BlockOutcome outcome) {
    if (!(outcome instanceof BlockOutcome.Done)) {
      throw new IllegalStateException(outcome.toString());
    }
  }

  /** All volumes are in one log. */
  private void flush() throws InterruptedException {
    flush(fineVolume);
  }

  private static void flush(BlockStore volume) throws InterruptedException {
    Semaphore done = new Semaphore(0);
    volume.submit(
        new BlockOperation.Flush(),
        outcome -> {
          mustBeDone(outcome);
          done.release();
        });
    done.acquire();
  }

  private void writeDurably(long at) throws IOException {
    fine.write(small.next(), at);
    fine.force(false);
  }

  /** As many writers as there are permits, each of which writes again when it is answered. */
  private void writeDurably(int operations) throws InterruptedException {
    Semaphore writers = new Semaphore(WRITERS);
    for (int i = 0; i < operations; i++) {
      writers.acquire();
      long lba = random.nextInt((int) (FILE_BYTES / BLOCK));
      fineVolume.submit(
          new BlockOperation.Write(lba, List.of(small.next().duplicate()), Durability.STABLE),
          outcome -> {
            mustBeDone(outcome);
            writers.release();
          });
    }
    writers.acquire(WRITERS);
  }

  /** What single writes meet while the pool cleans. */
  List<TailLatency> tails() {
    return List.of(
        tail("4 KiB random write", fineVolume, writes(small, true, false), 5_000),
        tail("64 KiB random write", coarseVolume, writes(medium, true, false), 1_000));
  }

  private TailLatency tail(
      String name, BlockStore volume, List<BlockOperation> operations, int count) {
    int[] next = {0};
    return new TailLatency(
        name,
        count,
        () -> run(volume, operations.get(next[0]++ % operations.size())),
        pool::clean,
        this::flush);
  }

  /** How long a snapshot of a volume of 100 GiB takes, with what is mapped in it. */
  void printSnapshot(int rounds) throws IOException, InterruptedException {
    pool.resize(FINE, (100L << 30) / BLOCK);
    double[] millis = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      run(fineVolume, write(0, small, false));
      long start = System.nanoTime();
      pool.snapshot(FINE, "snapshot");
      millis[i] = (System.nanoTime() - start) / 1e6;
      pool.delete("snapshot");
    }
    System.out.printf("%-34s %35.2f ms%n", "snapshot of 100 GiB", StoreSpeed.median(millis));
  }

  @Override
  public void close() throws IOException {
    pool.close();
    folder.close();
    fine.close();
    coarse.close();
  }
}

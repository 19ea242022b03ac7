package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.fault.TornWrites;

/**
 * Readers race atomic writers on overlapping ranges. Each block says which write it is from and
 * what that write covered, so a read can tell a half by itself:
 *
 * <pre>
 *   block   [ writer | number | lba | count ]
 *   a half: of two writes that both cover blocks b and c, b holds the one and c the other;
 *           or b holds a write that covers c, and c holds an earlier one of the same writer
 * </pre>
 */
class AtomicityRaceTest {

  private static final int BLOCKS = 48;
  private static final int LONGEST = 16;
  private static final int WRITERS = 2;
  private static final int READS = 30_000;

  @Test
  void a_reader_never_sees_half_of_an_atomic_write() throws Exception {
    assertThat(race(store -> store, READS)).isEmpty();
  }

  @Test
  void the_race_sees_halves_where_writes_are_torn() throws Exception {
    assertThat(race(TornWrites::new, 100 * READS)).isPresent();
  }

  private static Optional<String> race(UnaryOperator<BlockStore> filter, int reads)
      throws IOException, InterruptedException {
    PoolOptions options = PoolOptions.DEFAULT.withSegmentBytes(1 << 20);
    try (Pool pool = Pool.open(new MemoryMedium(), options)) {
      pool.create("volume", new Geometry(512, BLOCKS));
      BlockStore store = filter.apply(pool.open("volume"));
      AtomicBoolean stop = new AtomicBoolean();
      Thread[] writers = new Thread[WRITERS];
      for (int i = 0; i < WRITERS; i++) {
        int writer = i + 1;
        writers[i] = Thread.ofPlatform().start(() -> write(store, writer, stop));
      }
      Queue<String> halves = new ConcurrentLinkedQueue<>();
      AtomicLong left = new AtomicLong(reads);
      Thread second = Thread.ofPlatform().start(() -> read(store, left, halves));
      read(store, left, halves);
      second.join();
      stop.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
      return halves.stream().findFirst();
    }
  }

  private static void write(BlockStore store, int writer, AtomicBoolean stop) {
    Random random = new Random(writer);
    for (int number = 1; !stop.get(); number++) {
      int count = 2 + random.nextInt(LONGEST - 1);
      int lba = random.nextInt(BLOCKS - count);
      ByteBuffer data = ByteBuffer.allocate(count * 512);
      for (int i = 0; i < count; i++) {
        data.putInt(i * 512, writer).putInt(i * 512 + 4, number);
        data.putInt(i * 512 + 8, lba).putInt(i * 512 + 12, count);
      }
      BlockOutcome outcome =
          Operations.run(
              store, new BlockOperation.AtomicWrite(lba, List.of(data), Durability.APPENDED));
      if (!(outcome instanceof BlockOutcome.Done)) {
        throw new IllegalStateException(outcome.toString());
      }
    }
  }

  private static void read(BlockStore store, AtomicLong left, Queue<String> halves) {
    while (left.decrementAndGet() >= 0 && halves.isEmpty()) {
      byte[] all = Operations.read(store, 0, BLOCKS);
      Stamp[] stamps = new Stamp[BLOCKS];
      for (int i = 0; i < BLOCKS; i++) {
        stamps[i] = Stamp.of(ByteBuffer.wrap(all, i * 512, 16));
      }
      findHalf(stamps).ifPresent(halves::add);
    }
  }

  private static Optional<String> findHalf(Stamp[] stamps) {
    for (int b = 0; b < BLOCKS; b++) {
      for (int c = 0; c < BLOCKS; c++) {
        if (stamps[b].isTornFrom(stamps[c], b, c)) {
          return Optional.of("block %d: %s, block %d: %s".formatted(b, stamps[b], c, stamps[c]));
        }
      }
    }
    return Optional.empty();
  }

  /** Who wrote a block; all zeros if nobody did. */
  private record Stamp(int writer, int number, int lba, int count) {
    static Stamp of(ByteBuffer block) {
      return new Stamp(block.getInt(), block.getInt(), block.getInt(), block.getInt());
    }

    private boolean covers(int block) {
      return block >= lba && block < lba + count;
    }

    /** This is in block {@code b}, the other in {@code c}. */
    private boolean isTornFrom(Stamp other, int b, int c) {
      if (equals(other) || !covers(c)) {
        return false;
      }
      boolean otherIsEarlier =
          other.writer == 0 || (other.writer == writer && other.number < number);
      boolean eachCoversBoth = other.covers(b);
      return otherIsEarlier || (eachCoversBoth && other.writer != writer);
    }
  }
}

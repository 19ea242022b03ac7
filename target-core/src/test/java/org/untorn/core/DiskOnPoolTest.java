package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;
import org.untorn.vpd.AtomicProfile;

/** The SCSI device on the real store, asked by several connections at once. */
class DiskOnPoolTest {

  private static final int CONNECTIONS = 4;
  private static final int COMMANDS = 4_000;
  private static final int UNIT = 8;
  private static final int UNITS = 16;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
  private final MemoryMedium medium = new MemoryMedium();
  private Pool pool;
  private TargetDevice target;

  DiskOnPoolTest() throws IOException {
    pool = Pool.open(medium, PoolOptions.DEFAULT);
    pool.create("disk0", new Geometry(512, 20_000));
    target = target();
  }

  private TargetDevice target() {
    return target(pool.open("disk0"));
  }

  private static TargetDevice target(BlockStore store) {
    UnitProfile profile = Bench.profile(AtomicProfile.DEFAULT.limits());
    DiskUnit disk = DiskUnit.over(store, profile);
    return new TargetDevice("target", new TreeMap<>(Map.of(0, disk.unit())), profile.inquiry());
  }

  @AfterEach
  void close() throws Exception {
    threads.shutdown();
    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    pool.close();
    medium.close();
    assertThat(allocator.metric().usedDirectMemory()).as("bytes of leaked buffers").isZero();
  }

  /** A task that may complete on any thread; a terminated one completes with status -1. */
  private final class PoolTask implements Task {
    private final Nexus nexus;
    private final long tag;
    private final byte[] cdb;
    private final byte[] dataOut;
    private final CompletableFuture<TestTask.Result> result = new CompletableFuture<>();

    PoolTask(Nexus nexus, long tag, String cdb, byte[] dataOut) {
      this.nexus = nexus;
      this.tag = tag;
      this.cdb = Arrays.copyOf(Bench.hex(cdb), 16);
      this.dataOut = dataOut;
    }

    @Override
    public Nexus nexus() {
      return nexus;
    }

    @Override
    public long lun() {
      return 0;
    }

    @Override
    public long tag() {
      return tag;
    }

    @Override
    public TaskAttribute attribute() {
      return TaskAttribute.SIMPLE;
    }

    @Override
    public byte[] cdb() {
      return cdb;
    }

    @Override
    public long dataOutBufferSize() {
      return dataOut.length;
    }

    @Override
    public ByteBufAllocator allocator() {
      return allocator;
    }

    @Override
    public void execute(Runnable action) {
      threads.execute(action);
    }

    @Override
    public void receiveDataOut(int length, Consumer<ByteBuf> then) {
      then.accept(allocator.directBuffer(length).writeBytes(dataOut, 0, length));
    }

    @Override
    public void complete(Outcome outcome) {
      ByteBuf data =
          switch (outcome) {
            case Outcome.Good(ByteBuf dataIn) -> dataIn;
            case Outcome.CheckCondition(ByteBuf sense) -> sense;
            case Outcome.Busy _,
                Outcome.ReservationConflict _,
                Outcome.TaskSetFull _,
                Outcome.AcaActive _,
                Outcome.TaskAborted _,
                Outcome.Other _ ->
                Unpooled.EMPTY_BUFFER;
          };
      result.complete(new TestTask.Result(outcome.status(), ByteBufUtil.getBytes(data)));
      data.release();
    }

    @Override
    public void terminate() {
      result.complete(new TestTask.Result(-1, new byte[0]));
    }
  }

  private PoolTask start(Nexus nexus, long tag, String cdb, byte[] dataOut) {
    PoolTask task = new PoolTask(nexus, tag, cdb, dataOut);
    target.execute(task);
    return task;
  }

  private TestTask.Result send(Nexus nexus, String cdb, byte[] dataOut) throws Exception {
    return start(nexus, 1, cdb, dataOut).result.get(1, TimeUnit.MINUTES);
  }

  private static byte[] filled(int value) {
    byte[] data = new byte[UNIT * 512];
    Arrays.fill(data, (byte) value);
    return data;
  }

  @Test
  void what_was_answered_with_fua_is_there_after_the_pool_is_opened_again() throws Exception {
    Nexus nexus = new Nexus("one", "target");
    Bench.expectGood(send(nexus, "9C 08 0000000000000008 0000 0008 00 00", filled(7)));
    pool.close();
    pool = Pool.open(medium, PoolOptions.DEFAULT);
    target = target();
    assertThat(send(nexus, "28 00 00000008 00 0008 00", new byte[0]).data()).isEqualTo(filled(7));
  }

  /** Whether a read saw one atomic write and not parts of two. */
  private static boolean isWhole(byte[] read) {
    return Arrays.equals(read, filled(read[0]));
  }

  /** The canary of {@link #isWhole}: a store that lets a reader in between the halves. */
  @Test
  void a_store_that_tears_atomic_writes_is_caught() throws Exception {
    BlockStore volume = pool.open("disk0");
    Nexus reader = new Nexus("reader", "target");
    List<Boolean> whole = new ArrayList<>();
    target =
        target(
            new BlockStore() {
              @Override
              public Geometry geometry() {
                return volume.geometry();
              }

              @Override
              public void submit(BlockOperation operation, Completion completion) {
                if (operation instanceof BlockOperation.AtomicWrite write) {
                  volume.submit(firstHalf(write), outcome -> {});
                  PoolTask read = start(reader, 2, "28 00 00000000 00 0008 00", new byte[0]);
                  whole.add(isWhole(read.result.join().data()));
                }
                volume.submit(operation, completion);
              }
            });
    Bench.expectGood(
        send(new Nexus("writer", "target"), "9C 00 0000000000000000 0000 0008 00 00", filled(1)));
    assertThat(whole).containsExactly(false);
  }

  private static BlockOperation firstHalf(BlockOperation.AtomicWrite write) {
    ByteBuffer half = write.data().getFirst().slice(0, UNIT * 512 / 2);
    return new BlockOperation.Write(write.lba(), List.of(half), write.durability());
  }

  @Test
  void reads_on_several_connections_never_see_half_of_an_atomic_write() throws Exception {
    long seed = new Random().nextLong();
    List<Callable<Integer>> connections = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      int connection = i;
      connections.add(() -> connection(new Random(seed + connection), connection));
    }
    int reads = 0;
    for (Future<Integer> connection : threads.invokeAll(connections)) {
      reads += connection.get();
    }
    assertThat(reads).as("reads checked, seed %d", seed).isGreaterThan(COMMANDS / 2);
  }

  /** Sends random commands, checks every answer, and says how many reads it checked. */
  private int connection(Random random, int number) throws Exception {
    Nexus nexus = new Nexus("initiator " + number, "target");
    target.nexusEstablished(nexus);
    int reads = 0;
    for (int tag = 0; tag < COMMANDS; tag++) {
      long lba = (long) random.nextInt(UNITS) * UNIT;
      String what = "connection %d, command %d".formatted(number, tag);
      switch (random.nextInt(20)) {
        case 0 -> start(nexus, tag, "15 10 00 00 18 00", writeCache(random.nextBoolean()));
        case 1 -> {
          start(nexus, tag, "9C 08 %016X 0000 0008 00 00".formatted(lba), filled(tag));
          target.manage(new TaskManagement.AbortTask(nexus, 0, tag), response -> {});
        }
        case 2, 3, 4, 5, 6, 7, 8 ->
            start(nexus, tag, "9C 00 %016X 0000 0008 00 00".formatted(lba), filled(tag))
                .result
                .get(1, TimeUnit.MINUTES);
        default -> {
          TestTask.Result read =
              start(nexus, tag, "88 00 %016X 00000008 00 00".formatted(lba), new byte[0])
                  .result
                  .get(1, TimeUnit.MINUTES);
          if (read.status() == 0) {
            assertThat(isWhole(read.data())).as(what).isTrue();
            reads++;
          } else {
            assertThat(read.data()).as(what).startsWith(Bench.hex("70 00 06"));
          }
        }
      }
    }
    send(nexus, "35 00 00000000 00 0000 00", new byte[0]);
    target.nexusLost(nexus);
    return reads;
  }

  private static byte[] writeCache(boolean enabled) {
    return Bench.hex(
        "00 00 00 00 08 12 %s 00 00000000 00000000 00000000 00000000"
            .formatted(enabled ? "04" : "00"));
  }
}

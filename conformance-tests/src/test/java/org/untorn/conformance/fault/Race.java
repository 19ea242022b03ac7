package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.untorn.oracle.Stamp;
import org.untorn.testkit.Linearisability;
import org.untorn.testkit.Linearisability.Call;
import org.untorn.testkit.Linearisability.Kind;
import org.untorn.testkit.Ready;

/**
 * Sessions that write and read a few blocks of one unit at once, and what they saw.
 *
 * <pre>
 *   LBA 0            16           32                  64
 *       [ atomic     ][ atomic    ][ plain blocks      ]
 *         one register  one register  a register each
 * </pre>
 *
 * Every block that is written says by which operation. Each session's choices come from the seed;
 * how they meet does not.
 */
final class Race {

  private static final int SESSIONS = 4;
  private static final int OPERATIONS = 300;
  private static final int ATOMIC = 16;
  private static final int PLAIN_AT = 32;
  private static final int PLAIN = 32;

  /** What the blocks hold at first. */
  private static final int BEFORE = 1;

  /** What a plain write covers. */
  private record Range(int lba, int blocks) {
    boolean has(int block) {
      return block >= lba && block < lba + blocks;
    }
  }

  private final Ready target;
  private final int lun;
  private final long seed;
  private final AtomicInteger operations = new AtomicInteger(BEFORE);
  private final Map<Integer, List<Call>> registers = new TreeMap<>();
  private final Map<Long, Range> ranges = new ConcurrentHashMap<>();
  private final List<String> violations = new ArrayList<>();
  private int mixed;

  private Race(Ready target, int lun, long seed) {
    this.target = target;
    this.lun = lun;
    this.seed = seed;
  }

  /** Runs a race. */
  static Race of(Ready target, int lun, Random random) {
    Race race = new Race(target, lun, random.nextLong());
    race.run();
    race.judge();
    return race;
  }

  /** What cannot have been, if each block and each atomic range is one register. */
  List<String> violations() {
    return List.copyOf(violations);
  }

  /** How many pairs of blocks were read of which each is of the later of the same two writes. */
  int mixedPlainReads() {
    return mixed;
  }

  /** Asserts that calls met: a race in which nobody saw another's writes has shown nothing. */
  void isWorthSomething() {
    assertThat(registers).hasSize(2 + PLAIN);
    for (List<Call> calls : registers.values()) {
      Set<Long> values = new HashSet<>();
      calls.stream()
          .filter(call -> call.kind() == Kind.READ)
          .forEach(call -> values.add(call.value()));
      assertThat(values)
          .as("different writes that were read of one register")
          .hasSizeGreaterThan(5);
    }
    long met =
        registers.values().stream().flatMap(List::stream).filter(this::overlapsAnother).count();
    assertThat(met).as("calls that met one of another session").isGreaterThan(100);
  }

  private boolean overlapsAnother(Call call) {
    return registers.getOrDefault(0, List.of()).stream()
        .anyMatch(
            other ->
                other.client() != call.client()
                    && other.invoked() < call.returned()
                    && call.invoked() < other.returned());
  }

  private void run() {
    CyclicBarrier start = new CyclicBarrier(SESSIONS);
    try (DiskSession first = DiskSession.login(target, "race").ready(lun);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int lba = 0; lba < PLAIN_AT; lba += ATOMIC) {
        byte[] data = Stamp.data(seed, BEFORE, lba, ATOMIC, DiskSession.BLOCK);
        assertThat(first.writeAtomic(lun, lba, data, 0, true).isGood()).isTrue();
      }
      byte[] data = Stamp.data(seed, BEFORE, PLAIN_AT, PLAIN, DiskSession.BLOCK);
      assertThat(first.write(lun, PLAIN_AT, data, true).isGood()).isTrue();
      List<CompletableFuture<Void>> clients = new ArrayList<>();
      for (int client = 1; client <= SESSIONS; client++) {
        int number = client;
        clients.add(CompletableFuture.runAsync(() -> drive(number, start), threads));
      }
      clients.forEach(CompletableFuture::join);
    }
  }

  private void drive(int client, CyclicBarrier start) {
    Random random = new Random(seed + client);
    try (DiskSession session = DiskSession.login(target, "race" + client).ready(lun)) {
      start.await(30, TimeUnit.SECONDS);
      for (int i = 0; i < OPERATIONS; i++) {
        boolean write = random.nextBoolean();
        if (random.nextBoolean()) {
          atomic(client, session, random.nextInt(2) * ATOMIC, write);
        } else {
          int length = 1 + random.nextInt(PLAIN);
          plain(client, session, PLAIN_AT + random.nextInt(PLAIN - length + 1), length, write);
        }
      }
    } catch (InterruptedException | BrokenBarrierException | TimeoutException problem) {
      throw new IllegalStateException("the race did not start", problem);
    }
  }

  private void atomic(int client, DiskSession session, int lba, boolean write) {
    if (write) {
      int operation = operations.incrementAndGet();
      byte[] data = Stamp.data(seed, operation, lba, ATOMIC, DiskSession.BLOCK);
      long[] times = timed(() -> session.writeAtomic(lun, lba, data, 0, false).isGood());
      note(lba, new Call(client, Kind.WRITE, operation, times[0], times[1]));
    } else {
      Look look = new Look(client, session, lba, ATOMIC);
      if (look.values.stream().distinct().count() == 1) {
        note(lba, look.call(look.values.getFirst()));
      } else {
        say("client %d saw half of an atomic write at %d: %s".formatted(client, lba, look.values));
      }
    }
  }

  private void plain(int client, DiskSession session, int lba, int blocks, boolean write) {
    if (write) {
      int operation = operations.incrementAndGet();
      byte[] data = Stamp.data(seed, operation, lba, blocks, DiskSession.BLOCK);
      ranges.put((long) operation, new Range(lba, blocks));
      long[] times = timed(() -> session.write(lun, lba, data, false).isGood());
      for (int i = 0; i < blocks; i++) {
        note(lba + i, new Call(client, Kind.WRITE, operation, times[0], times[1]));
      }
    } else {
      Look look = new Look(client, session, lba, blocks);
      for (int i = 0; i < blocks; i++) {
        note(lba + i, look.call(look.values.get(i)));
      }
      noteMixed(lba, look.values);
    }
  }

  /** A read, and which operation each block says it is of. */
  private final class Look {
    private final int client;
    private final long[] times;
    private final List<Long> values = new ArrayList<>();

    Look(int client, DiskSession session, int lba, int blocks) {
      this.client = client;
      byte[] read = new byte[blocks * DiskSession.BLOCK];
      times =
          timed(
              () -> {
                byte[] data = session.read(lun, lba, blocks).dataIn();
                System.arraycopy(data, 0, read, 0, data.length);
                return data.length == read.length;
              });
      for (int i = 0; i < blocks; i++) {
        ByteBuffer block = ByteBuffer.wrap(read, i * DiskSession.BLOCK, DiskSession.BLOCK).slice();
        Optional<Stamp> stamp = Stamp.read(block).filter(whole -> whole.seed() == seed);
        if (stamp.isEmpty() || stamp.get().lba() != lba + i) {
          say("client %d read what nobody wrote to block %d".formatted(client, lba + i));
        }
        values.add(stamp.map(whole -> (long) whole.operation()).orElse(-1L));
      }
    }

    Call call(long value) {
      return new Call(client, Kind.READ, value, times[0], times[1]);
    }
  }

  /** The moments before a command is sent and after it was answered with GOOD. */
  private static long[] timed(BooleanSupplier command) {
    long before = System.nanoTime();
    boolean good = command.getAsBoolean();
    long after = System.nanoTime();
    assertThat(good).as("the command is answered with GOOD").isTrue();
    return new long[] {before, after};
  }

  private synchronized void note(int register, Call call) {
    registers.computeIfAbsent(register, _ -> new ArrayList<>()).add(call);
  }

  /** Whether of two writes each is newer than the other somewhere: an order of both cannot be. */
  private synchronized void noteMixed(int lba, List<Long> values) {
    for (int i = 0; i < values.size(); i++) {
      for (int j = i + 1; j < values.size(); j++) {
        mixed += areMixed(values.get(i), values.get(j), lba + i, lba + j) ? 1 : 0;
      }
    }
  }

  private boolean areMixed(long one, long other, int oneAt, int otherAt) {
    Range first = ranges.get(one);
    Range second = ranges.get(other);
    return one != other
        && first != null
        && second != null
        && first.has(otherAt)
        && second.has(oneAt);
  }

  private synchronized void say(String violation) {
    violations.add(violation);
  }

  private synchronized void judge() {
    registers.forEach(
        (register, calls) ->
            Linearisability.violation(BEFORE, calls)
                .ifPresent(
                    call ->
                        violations.add(
                            "block %d is not linearisable: the %s fits nowhere"
                                .formatted(register, call))));
  }
}

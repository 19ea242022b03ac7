package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.untorn.vpd.Association;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.Designator;
import org.untorn.vpd.StandardInquiry;

/**
 * A target device with one disk as LUN 0 over a {@link MemoryBlocks}, two initiators that have
 * taken their first unit attention, and short ways to send commands and to say what is expected.
 */
final class Bench {

  static final int BLOCK = 512;
  static final long BLOCKS = 20_000;
  static final Nexus ALICE =
      new Nexus("iqn.2026-11.org.untorn:alice,i,0x000000000001", "iqn.t,t,0x1");
  static final Nexus BOB = new Nexus("iqn.2026-11.org.untorn:bob,i,0x000000000001", "iqn.t,t,0x1");

  /** What takes long is done at once, and what is kept is forgotten. */
  static final UnitSurroundings SURROUNDINGS =
      new UnitSurroundings(
          new UnitMemory() {
            @Override
            public Optional<byte[]> load(String name) {
              return Optional.empty();
            }

            @Override
            public void keep(String name, byte[] value) {}
          },
          Runnable::run,
          System::nanoTime,
          0,
          false);

  final MemoryBlocks store;
  final DiskUnit disk;
  private final LogicalUnit unit;
  final TargetDevice target;
  final CountingAllocator allocator = new CountingAllocator();
  private long nextTag = 1;

  Bench() {
    this(profile(AtomicProfile.DEFAULT.limits()));
  }

  Bench(UnitProfile profile) {
    this(profile, new MemoryBlocks(BLOCK, BLOCKS));
  }

  Bench(UnitProfile profile, MemoryBlocks store) {
    this(profile, store, SURROUNDINGS.with(copying(store)));
  }

  Bench(UnitProfile profile, MemoryBlocks store, UnitSurroundings surroundings) {
    this(DiskUnit.over(store, profile, Provisioning.of(store.geometry()), surroundings), store);
  }

  Bench(DiskUnit disk, MemoryBlocks store) {
    this(disk, store, disk.unit());
  }

  private Bench(DiskUnit disk, MemoryBlocks store, LogicalUnit unit) {
    this.store = store;
    this.disk = disk;
    this.unit = unit;
    target =
        new TargetDevice(
            "iqn.2026-11.org.untorn:disk0",
            new TreeMap<>(Map.of(0, unit)),
            disk.profile().inquiry());
    for (Nexus nexus : List.of(ALICE, BOB)) {
      target.nexusEstablished(nexus);
      expect(send(nexus, "00 00 00 00 00 00"), "06 29 00");
    }
  }

  /**
   * The same with a unit that has every command, also those that only type 2 protection, or a
   * medium that can be removed, brings. It has no task set, and {@code disk} knows nothing of it.
   */
  static Bench withEveryCommand() {
    UnitProfile profile = profile(AtomicProfile.DEFAULT.limits());
    MemoryBlocks store = new MemoryBlocks(BLOCK, BLOCKS);
    UnitAttentions attentions = new UnitAttentions();
    Reservations reservations =
        new Reservations(attentions, ReservationStore.inMemory(), Optional.empty());
    Disk disk =
        new Disk(
            profile,
            store,
            Provisioning.of(store.geometry()),
            attentions,
            reservations,
            new TargetPortGroups(profile.ports()),
            SURROUNDINGS.with(copying(store)));
    CommandTable commands =
        new CommandTable(
            DiskCommands.of(disk, profile.removable(true)),
            true,
            CommandTable.UNKNOWN_OPERATION_CODE);
    LogicalUnit told =
        new UnitAttentionFilter(
            new EveryCommand(disk, commands), attentions, ModeParameters.DEFAULTS::taskRules);
    return new Bench(
        DiskUnit.over(store, profile),
        store,
        new ReservationFilter(told, reservations, attentions));
  }

  /** A disk with another table. */
  private record EveryCommand(Disk disk, CommandTable commands) implements LogicalUnit {

    @Override
    public boolean descriptorSense() {
      return disk.descriptorSense();
    }

    @Override
    public void execute(CommandTask task) {
      disk.execute(task);
    }

    @Override
    public CompletableFuture<Void> signal(UnitSignal signal) {
      return disk.signal(signal);
    }
  }

  /** The unit's commands. */
  CommandTable commands() {
    return unit.commands();
  }

  static UnitProfile profile(AtomicLimits atomic) {
    return UnitProfile.disk(
            StandardInquiry.disk("UNTORN", "ATOMIC DISK", "0001"),
            "0123456789",
            List.of(Designator.NaaLocallyAssigned.of(Association.LOGICAL_UNIT, 0x1234)),
            3,
            UnitProfile.MAXIMUM_TRANSFER_LENGTH,
            atomic)
        .reachedBy(List.of(new TargetPort(1, 1, ALICE.targetPort())));
  }

  /** Copies on the thread that asks for it, and tokens that nothing but their use makes expire. */
  static Copying copying(MemoryBlocks store) {
    return copying(store, Runnable::run, () -> 0);
  }

  static Copying copying(MemoryBlocks store, Executor threads, LongSupplier nanoTime) {
    return copying(
        store,
        new CopyManager(threads, new RodTokens(nanoTime, new Random(1), (seconds, action) -> {})));
  }

  static Copying copying(MemoryBlocks store, CopyManager manager) {
    return new Copying(manager, Optional.of(store::keep));
  }

  static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replaceAll("\\s", "").toLowerCase(Locale.ROOT));
  }

  /** So many blocks of bytes that no two offsets near each other share. */
  static byte[] pattern(int blocks, int seed) {
    byte[] bytes = new byte[blocks * BLOCK];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + i / BLOCK + seed);
    }
    return bytes;
  }

  TestTask task(Nexus nexus, byte[] cdb, byte[] dataOut) {
    return new TestTask(nexus, 0, nextTag++, cdb, dataOut, allocator);
  }

  TestTask start(Nexus nexus, byte[] cdb, byte[] dataOut) {
    TestTask task = task(nexus, cdb, dataOut);
    target.execute(task);
    return task;
  }

  TestTask.Result send(Nexus nexus, String cdb) {
    return start(nexus, hex(cdb), new byte[0]).result();
  }

  TestTask.Result send(String cdb) {
    return send(ALICE, cdb);
  }

  TestTask.Result send(String cdb, byte[] dataOut) {
    return start(ALICE, hex(cdb), dataOut).result();
  }

  TestTask.Result send(byte[] cdb, byte[] dataOut) {
    return start(ALICE, cdb, dataOut).result();
  }

  /** The data of a command that must end in GOOD. */
  byte[] data(String cdb) {
    TestTask.Result result = send(cdb);
    expectGood(result);
    return result.data();
  }

  static void expectGood(TestTask.Result result) {
    assertThat(HexFormat.of().formatHex(result.status() == 0 ? new byte[0] : result.data()))
        .as("sense data")
        .isEmpty();
    assertThat(result.status()).isZero();
  }

  /** Expects CHECK CONDITION with the sense key, code and qualifier that are given in hex. */
  static void expect(TestTask.Result result, String keyCodeQualifier) {
    assertThat(result.status()).as("status").isEqualTo(0x02);
    byte[] sense = result.data();
    assertThat("%02X %02X %02X".formatted(sense[2] & 0x0F, sense[12], sense[13]))
        .as("sense key, additional sense code, qualifier")
        .isEqualTo(keyCodeQualifier);
  }

  /**
   * Expects CHECK CONDITION with a pointer at a byte of the CDB, and at its bit if that is told.
   */
  static void expect(TestTask.Result result, String keyCodeQualifier, String pointer) {
    expect(result, keyCodeQualifier);
    assertThat(HexFormat.of().withUpperCase().formatHex(result.data(), 15, 18))
        .as("field pointer")
        .isEqualTo(pointer);
  }

  /** The pointer bytes for a field of whole bytes in the CDB. */
  static String atByte(int offset) {
    return "C0%04X".formatted(offset);
  }

  /** The pointer bytes for a bit in the CDB. */
  static String atBit(int offset, int bit) {
    return "%02X%04X".formatted(0xC8 | bit, offset);
  }
}

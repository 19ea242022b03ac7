package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicProfile;

/** Persistent reservations as bytes, and what becomes of them when the power is lost. */
class SavedReservationsTest {

  private static final String READ = "28 00 00000000 00 0000 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

  /** Keeps records; a save is done when the test says so. */
  private static final class Store implements ReservationStore {

    private Optional<byte[]> kept = Optional.empty();
    private Optional<IOException> problem = Optional.empty();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean slow;

    @Override
    public Optional<byte[]> load() {
      return kept;
    }

    @Override
    public void save(byte[] saved, Consumer<Optional<IOException>> then) {
      Runnable done =
          () -> {
            if (problem.isEmpty()) {
              kept = Optional.of(saved);
            }
            then.accept(problem);
          };
      if (slow) {
        waiting.add(done);
      } else {
        done.run();
      }
    }
  }

  private final Store store = new Store();

  /** A disk as a start of the process makes it. */
  private Bench start() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks(Bench.BLOCK, Bench.BLOCKS);
    UnitProfile profile = Bench.profile(AtomicProfile.DEFAULT.limits());
    return new Bench(
        DiskUnit.over(
            blocks,
            profile,
            Provisioning.of(blocks.geometry()),
            UnaryOperator.identity(),
            UnitSurroundings.usual(),
            store),
        blocks);
  }

  private static TestTask out(Bench bench, Nexus nexus, int action, int type, String list) {
    byte[] bytes = hex(list);
    String cdb = "5F %02X %02X 00 00 %08X 00".formatted(action, type, bytes.length);
    return bench.start(nexus, hex(cdb), bytes);
  }

  private static String list(int key, int actionKey, int flags) {
    return "%016X %016X 00000000 %02X 000000".formatted(key, actionKey, flags);
  }

  private static byte[] in(Bench bench, int action) {
    return bench.data("5E %02X 00 00 00 00 00 1000 00".formatted(action));
  }

  /** The checksum is computed here by the polynomial, one bit after the other. */
  @Test
  void two_registrations_of_which_the_second_has_reserved_are_these_bytes() throws IOException {
    Map<Nexus, Long> keys = new LinkedHashMap<>();
    keys.put(new Nexus("a", "t1"), 0xAL);
    keys.put(new Nexus("b", "t2"), -1L);
    PersistentReservations state =
        new PersistentReservations(
            7,
            keys,
            Optional.of(
                new PersistentReservations.Held(
                    ReservationType.EXCLUSIVE_ACCESS, new Nexus("b", "t2"))));
    byte[] bytes = SavedReservations.encode(state);
    assertThat(Arrays.copyOf(bytes, bytes.length - 4))
        .isEqualTo(
            hex(
                "554E544F524E5052 00000001 00000002 03 00000001"
                    + "000000000000000A 0001 61 0002 7431"
                    + "FFFFFFFFFFFFFFFF 0001 62 0002 7432"));
    assertThat(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length))
        .isEqualTo(crc32c(Arrays.copyOf(bytes, bytes.length - 4)));
    assertThat(SavedReservations.decode(bytes)).isEqualTo(state.afterPowerLoss());
    assertThat(SavedReservations.decode(SavedReservations.encode(PersistentReservations.NONE)))
        .isEqualTo(PersistentReservations.NONE);
  }

  /** The Castagnoli polynomial, reflected, one bit after the other. */
  private static byte[] crc32c(byte[] bytes) {
    int crc = -1;
    for (byte one : bytes) {
      crc ^= one & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
      }
    }
    return hex("%08X".formatted(~crc));
  }

  @Test
  void every_damaged_byte_and_every_cut_is_found() {
    byte[] whole =
        SavedReservations.encode(
            new PersistentReservations(0, Map.of(ALICE, 1L), Optional.empty()));
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      assertThatThrownBy(() -> SavedReservations.decode(damaged)).isInstanceOf(IOException.class);
      byte[] cut = Arrays.copyOf(whole, i);
      assertThatThrownBy(() -> SavedReservations.decode(cut)).isInstanceOf(IOException.class);
    }
    byte[] newer = Arrays.copyOf(whole, whole.length - 4);
    newer[11] = 2;
    byte[] sealed = Arrays.copyOf(newer, whole.length);
    System.arraycopy(crc32c(newer), 0, sealed, newer.length, 4);
    assertThatThrownBy(() -> SavedReservations.decode(sealed))
        .hasMessage("their format is version 2, not 1");
  }

  @Test
  void with_aptpl_a_restart_finds_registrations_and_reservation_again() throws IOException {
    Bench before = start();
    assertThat(in(before, 2)).as("PTPL_C, not PTPL_A").isEqualTo(hex("0008 1D B0 EA 01 0000"));
    Bench.expectGood(out(before, ALICE, 0, 0, list(0, 0xA, 1)).result());
    Bench.expectGood(out(before, ALICE, 1, 3, list(0xA, 0, 0)).result());
    assertThat(in(before, 2)).isEqualTo(hex("0008 1D B1 EA 01 0000"));
    Bench after = start();
    assertThat(in(after, 1))
        .as("PRGENERATION begins anew")
        .isEqualTo(hex("00000000 00000010 000000000000000A 00000000 00 03 0000"));
    assertThat(in(after, 2)).isEqualTo(hex("0008 1D B1 EA 01 0000"));
    assertThat(after.send(BOB, READ).status()).isEqualTo(0x18);
    Bench.expectGood(after.send(ALICE, READ));
    Bench.expectGood(out(after, ALICE, 3, 0, list(0xA, 0, 0)).result());
    assertThat(in(start(), 0)).isEqualTo(hex("00000000 00000000"));
  }

  @Test
  void the_newest_aptpl_says_for_all() throws IOException {
    Bench before = start();
    Bench.expectGood(out(before, ALICE, 0, 0, list(0, 0xA, 1)).result());
    Bench.expectGood(out(before, BOB, 6, 0, list(0, 0xB, 0)).result());
    assertThat(in(before, 2)).as("PTPL_A").isEqualTo(hex("0008 1D B0 EA 01 0000"));
    assertThat(in(start(), 0)).isEqualTo(hex("00000000 00000000"));
    Bench.expectGood(out(before, BOB, 6, 0, list(0, 0xB, 1)).result());
    assertThat(in(start(), 0))
        .isEqualTo(hex("00000000 00000010 000000000000000A 000000000000000B"));
    assertThat(out(before, BOB, 0, 0, list(1, 0xB, 0)).result().status())
        .as("what is refused says nothing")
        .isEqualTo(0x18);
    assertThat(in(before, 2)).isEqualTo(hex("0008 1D B1 EA 01 0000"));
  }

  @Test
  void without_aptpl_a_power_cut_ends_reservations_and_with_it_not() throws IOException {
    Bench bench = start();
    Bench.expectGood(out(bench, ALICE, 0, 0, list(0, 0xA, 0)).result());
    Bench.expectGood(out(bench, ALICE, 1, 3, list(0xA, 0, 0)).result());
    var _ = bench.disk.unit().signal(new UnitSignal.PowerOn());
    Bench.expect(bench.send(ALICE, TEST_UNIT_READY), "06 29 01");
    assertThat(in(bench, 0)).isEqualTo(hex("00000000 00000000"));
    Bench.expectGood(out(bench, ALICE, 0, 0, list(0, 0xA, 1)).result());
    Bench.expectGood(out(bench, ALICE, 1, 3, list(0xA, 0, 0)).result());
    var _ = bench.disk.unit().signal(new UnitSignal.PowerOn());
    Bench.expect(bench.send(ALICE, TEST_UNIT_READY), "06 29 01");
    assertThat(in(bench, 0)).isEqualTo(hex("00000000 00000008 000000000000000A"));
    assertThat(bench.send(BOB, READ).status()).isEqualTo(2);
    assertThat(bench.send(BOB, READ).status()).isEqualTo(0x18);
  }

  @Test
  void the_answer_waits_until_the_change_is_saved_and_says_if_it_cannot_be() throws IOException {
    Bench bench = start();
    store.slow = true;
    TestTask register = out(bench, ALICE, 0, 0, list(0, 0xA, 1));
    assertThat(register.completed()).isFalse();
    TestTask reserve = out(bench, ALICE, 1, 3, list(0xA, 0, 0));
    assertThat(reserve.completed()).isFalse();
    store.waiting.remove().run();
    Bench.expectGood(register.result());
    store.problem = Optional.of(new IOException("the disk is full"));
    store.waiting.remove().run();
    Bench.expect(reserve.result(), "04 44 00");
    assertThat(in(start(), 1)).as("the one that was saved").isEqualTo(hex("00000000 00000000"));
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BLOCK;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;
import org.untorn.vpd.AtomicProfile;

/** POPULATE TOKEN, RECEIVE ROD TOKEN INFORMATION and WRITE USING TOKEN. */
class RodTokenTest {

  private static final int TOKEN = 512;

  private final AtomicLong now = new AtomicLong();
  private final MemoryBlocks store = new MemoryBlocks(BLOCK, Bench.BLOCKS);
  private final Bench bench =
      new Bench(
          DiskUnit.over(
              store,
              Bench.profile(AtomicProfile.DEFAULT.limits()),
              Provisioning.of(store.geometry()),
              Bench.SURROUNDINGS.with(Bench.copying(store, Runnable::run, now::get))),
          store);

  @BeforeEach
  void fill() {
    write(0, Bench.pattern(256, 7));
  }

  private void write(long lba, byte[] data) {
    store.submit(
        new BlockOperation.Write(lba, List.of(ByteBuffer.wrap(data)), Durability.APPENDED),
        outcome -> {});
  }

  private static String range(long lba, long blocks) {
    return "%016X %08X 00000000".formatted(lba, blocks);
  }

  private static byte[] populateList(int flags, int timeout, long type, String... ranges) {
    return hex(
        "%04X %02X 00 %08X %08X 0000 %04X"
                .formatted(14 + 16 * ranges.length, flags, timeout, type, 16 * ranges.length)
            + String.join("", ranges));
  }

  private static byte[] writeList(int flags, long offset, byte[] token, String... ranges) {
    return hex(
        "%04X %02X 0000000000 %016X %s 000000000000 %04X"
                .formatted(
                    534 + 16 * ranges.length,
                    flags,
                    offset,
                    HexFormat.of().formatHex(token),
                    16 * ranges.length)
            + String.join("", ranges));
  }

  private TestTask.Result command(Nexus nexus, int action, int id, byte[] list) {
    byte[] cdb = hex("83 %02X 00000000 %08X %08X 00 00".formatted(action, id, list.length));
    return bench.start(nexus, cdb, list).result();
  }

  private TestTask.Result populate(byte[] list) {
    return command(ALICE, 0x10, 1, list);
  }

  private TestTask.Result use(byte[] list) {
    return command(ALICE, 0x11, 2, list);
  }

  private byte[] information(int id) {
    return bench.data("84 07 %08X 00000000 00000400 00 00".formatted(id));
  }

  private byte[] token(String... ranges) {
    Bench.expectGood(populate(populateList(0, 0, 0, ranges)));
    byte[] data = information(1);
    return Arrays.copyOfRange(data, data.length - TOKEN, data.length);
  }

  private byte[] blocks(long lba, int count) {
    return Arrays.copyOfRange(store.contents(), (int) lba * BLOCK, ((int) lba + count) * BLOCK);
  }

  @Test
  void a_token_is_the_standards_five_hundred_and_twelve_bytes() {
    byte[] token = token(range(8, 16), range(100, 4));

    assertThat(information(1))
        .hasSize(32 + 4 + 2 + TOKEN)
        .startsWith(
            hex(
                "00000222 10 01 0000 FFFFFFFE 00 00 00 F1 0000000000000014 0000 000000000000"
                    + "00000202 0000 00800000 0000 01F8"));
    assertThat(Arrays.copyOfRange(token, 16, 48))
        .as("creator")
        .isEqualTo(hex("E4 00 0000 01 03 00 08 3000000000001234" + "00".repeat(12) + "00 000200"));
    assertThat(Arrays.copyOfRange(token, 48, 64))
        .as("bytes represented")
        .isEqualTo(hex("0000000000000000 0000000000002800"));
    assertThat(Arrays.copyOfRange(token, 96, 104))
        .as("block length, exponent, LBPME and LBPRZ")
        .isEqualTo(hex("00000200 00 03 C0 00"));
    assertThat(token("0000000000000000 00000001 00000000"))
        .as("nobody makes one up")
        .isNotEqualTo(token("0000000000000000 00000001 00000000"));
  }

  @Test
  void it_writes_what_the_blocks_held_when_it_was_made() {
    byte[] before = blocks(8, 16);
    byte[] token = token(range(8, 16));
    write(8, new byte[16 * BLOCK]);

    Bench.expectGood(use(writeList(0, 0, token, range(1000, 10), range(2000, 6))));

    assertThat(blocks(1000, 10)).isEqualTo(Arrays.copyOf(before, 10 * BLOCK));
    assertThat(blocks(2000, 6)).isEqualTo(Arrays.copyOfRange(before, 10 * BLOCK, 16 * BLOCK));
    assertThat(information(2))
        .startsWith(hex("00000020 11 01 0000 FFFFFFFE 00 00 00 F1" + "0000000000000010 0000"));
    Bench.expectGood(command(BOB, 0x11, 5, writeList(0, 12, token, range(3000, 4))));
    assertThat(blocks(3000, 4)).isEqualTo(Arrays.copyOfRange(before, 12 * BLOCK, 16 * BLOCK));
  }

  @Test
  void the_ranges_of_a_token_are_one_string_of_bytes() {
    byte[] token = token(range(0, 3), range(50, 0), range(20, 5));
    Bench.expectGood(use(writeList(0, 2, token, range(1000, 2), range(1100, 4))));
    assertThat(blocks(1000, 1)).isEqualTo(blocks(2, 1));
    assertThat(blocks(1001, 1)).isEqualTo(blocks(20, 1));
    assertThat(blocks(1100, 4)).isEqualTo(blocks(21, 4));
    Bench.expect(use(writeList(0, 3, token, range(1000, 6))), "05 26 00", "800008");
    Bench.expect(use(writeList(0, -1, token, range(1000, 1))), "05 26 00", "800008");
  }

  @Test
  void the_zero_token_gives_the_blocks_back() {
    byte[] zero = Arrays.copyOf(hex("FFFF0001 0000 01F8"), TOKEN);
    Bench.expectGood(use(writeList(0, 0, zero, range(0, 8), range(16, 8))));
    assertThat(blocks(0, 8)).containsOnly(0);
    assertThat(blocks(16, 8)).containsOnly(0);
    assertThat(blocks(8, 8))
        .isEqualTo(Arrays.copyOfRange(Bench.pattern(256, 7), 8 * BLOCK, 16 * BLOCK));
    assertThat(information(2)).startsWith(hex("00000020 11 01"));
  }

  @Test
  void a_token_that_is_none_says_why() {
    byte[] token = token(range(8, 16));
    String to = range(1000, 16);
    byte[] corrupt = token.clone();
    corrupt[500] ^= 1;
    Bench.expect(use(writeList(0, 0, corrupt, to)), "05 23 05");
    byte[] unknown = token.clone();
    unknown[9] ^= 1;
    Bench.expect(use(writeList(0, 0, unknown, to)), "05 23 04");
    byte[] type = token.clone();
    type[1] = 1;
    Bench.expect(use(writeList(0, 0, type, to)), "05 23 01");
    byte[] length = token.clone();
    length[7] = 0;
    Bench.expect(use(writeList(0, 0, length, to)), "05 23 0A");
    Bench.expectGood(use(writeList(2, 0, token, to)));
    Bench.expect(use(writeList(0, 0, token, to)), "05 23 09");
    assertThat(store.keeping()).isZero();
  }

  @Test
  void it_expires_when_nobody_uses_it_and_when_it_is_old() {
    byte[] token = token(range(8, 16));
    now.addAndGet(TimeUnit.SECONDS.toNanos(59));
    Bench.expectGood(use(writeList(0, 0, token, range(1000, 16))));
    now.addAndGet(TimeUnit.SECONDS.toNanos(59));
    Bench.expectGood(use(writeList(0, 0, token, range(1000, 16))));
    assertThat(store.keeping()).isEqualTo(1);
    now.addAndGet(TimeUnit.SECONDS.toNanos(60));
    Bench.expect(use(writeList(0, 0, token, range(1000, 16))), "05 23 07");
    assertThat(store.keeping()).isZero();

    Bench.expectGood(populate(populateList(0, 600, 0, range(0, 1))));
    byte[] data = information(1);
    byte[] used = Arrays.copyOfRange(data, data.length - TOKEN, data.length);
    for (int minutes = 9; minutes < 60; minutes += 9) {
      now.addAndGet(TimeUnit.MINUTES.toNanos(9));
      Bench.expectGood(use(writeList(0, 0, used, range(1000, 1))));
    }
    now.addAndGet(TimeUnit.MINUTES.toNanos(9));
    Bench.expect(use(writeList(0, 0, used, range(1000, 1))), "05 23 07");
  }

  @Test
  void what_was_erased_no_token_brings_back() {
    byte[] token = token(range(8, 16));
    Bench.expectGood(bench.send("48 02 00000000 00 0000 00"));
    Bench.expect(use(writeList(0, 0, token, range(1000, 16))), "05 23 08");
    assertThat(store.keeping()).isZero();
  }

  @Test
  void there_are_no_more_than_so_many_and_a_loss_of_power_takes_them_all() {
    byte[] first = token(range(0, 1));
    for (int i = 1; i < RodTokens.MOST; i++) {
      Bench.expectGood(populate(populateList(0, 0, 0, range(i, 1))));
    }
    Bench.expect(populate(populateList(0, 0, 0, range(0, 1))), "05 55 0D");
    assertThat(store.keeping()).isEqualTo(RodTokens.MOST);
    var _ = bench.disk.unit().signal(new UnitSignal.PowerOn());
    assertThat(store.keeping()).isZero();
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 29 01");
    Bench.expect(use(writeList(0, 0, first, range(1000, 1))), "05 23 04");
  }

  @Test
  void what_is_wrong_with_a_list_is_pointed_at() {
    byte[] good = populateList(0, 0, 0, range(0, 8));
    Bench.expectGood(populate(new byte[0]));
    Bench.expect(populate(Arrays.copyOf(good, 15)), "05 1A 00");
    Bench.expect(populate(Arrays.copyOf(good, 31)), "05 1A 00");
    Bench.expect(populate(populateList(0, 0, 0)), "05 26 00", "80000E");
    Bench.expect(populate(populateList(0, 601, 0, range(0, 8))), "05 26 00", "800004");
    Bench.expect(populate(populateList(2, 0, 0x00010000, range(0, 8))), "05 26 00", "800008");
    Bench.expectGood(populate(populateList(2, 0, 0x0080FFFF, range(0, 8))));
    Bench.expect(
        populate(populateList(0, 0, 0, range(0, 8), range(Bench.BLOCKS - 7, 8))),
        "05 21 00",
        "800020");
    Bench.expect(populate(populateList(0, 0, 0, range(8, 8), range(0, 9))), "05 26 00", "80000E");
    String[] many = new String[65];
    Arrays.setAll(many, i -> range(i, 1));
    Bench.expect(populate(populateList(0, 0, 0, many)), "05 1A 00");
    byte[] tooLong = populateList(0, 0, 0, range(0, 8));
    tooLong[14] = 4;
    tooLong[15] = 0x10;
    Bench.expect(populate(tooLong), "05 26 08", "80000E");
    byte[] shortData = populateList(0, 0, 0, range(0, 8));
    shortData[1] = 20;
    Bench.expect(populate(shortData), "05 26 00", "800000");
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_medium_error_behind_a_token_is_the_sources_answer_and_one_here_this_units() {
    byte[] token = token(range(8, 16));
    store.failing(
        operation ->
            operation instanceof BlockOperation.Write
                ? Optional.of(new BlockOutcome.OutOfSpace())
                : Optional.empty());
    Bench.expect(use(writeList(2, 0, token, range(1000, 16))), "07 27 07");
    store.failing(operation -> Optional.empty());
    Bench.expectGood(use(writeList(2, 0, token, range(1000, 16))));

    store.failing(
        operation ->
            operation instanceof BlockOperation.Read
                ? Optional.of(new BlockOutcome.Unreadable(9, "rot"))
                : Optional.empty());
    byte[] unreadable = token(range(8, 16));
    Bench.expect(use(writeList(0, 0, unreadable, range(1000, 16))), "0A 0D 01");
  }

  @Test
  void a_write_protected_unit_takes_no_token_but_makes_one() {
    byte[] token = token(range(8, 16));
    Bench.expectGood(
        bench.send("15 10 00 00 10 00", hex("00 00 00 00  0A 0A 00 10 08 00 00 00 FF FF 00 00")));
    Bench.expect(use(writeList(0, 0, token, range(1000, 16))), "07 27 02");
    token(range(8, 16));
  }

  @Test
  void a_disk_that_cannot_keep_its_blocks_has_no_tokens() {
    MemoryBlocks plain = new MemoryBlocks(BLOCK, 100);
    Bench without =
        new Bench(DiskUnit.over(plain, Bench.profile(AtomicProfile.DEFAULT.limits())), plain);
    Bench.expect(without.send("83 10 00000000 00000000 00000000 00 00"), "05 24 00");
    assertThat(without.data("12 01 8F 0400 00"))
        .startsWith(hex("00 8F 0068  0001 0010 0D 83 03 00 01 1C 84 06 00 01 03 04 05 06"));
  }
}

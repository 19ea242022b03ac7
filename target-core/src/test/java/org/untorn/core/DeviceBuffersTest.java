package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** READ BUFFER and WRITE BUFFER. */
class DeviceBuffersTest {

  private static final String ECHO = "3C 0A 00 000000 001000 00";

  private final Bench bench = new Bench();

  @Test
  void the_descriptors_say_how_much_the_buffers_hold() {
    assertThat(bench.data("3C 03 00 000000 0000FF 00")).isEqualTo(hex("00 010000"));
    assertThat(bench.data("3C 03 01 000000 0000FF 00")).isEqualTo(hex("00 000000"));
    assertThat(bench.data("3C 0B 00 000000 0000FF 00")).isEqualTo(hex("01 00 1000"));
    assertThat(bench.data("9B 03 0000000000000000 000000FF 00 00")).isEqualTo(hex("00 010000"));
    assertThat(bench.data("9B 03 0000000000000000 00000003 01 00")).isEqualTo(hex("00 0000"));
    assertThat(bench.data("9B 0B 0000000000000000 000000FF 00 00")).isEqualTo(hex("01 00 1000"));
  }

  @Test
  void all_nexuses_read_what_was_written_to_the_shared_buffer_and_zeros_where_nothing_was() {
    Bench.expectGood(bench.send("3B 02 00 000010 000004 00", hex("01 02 03 04")));
    assertThat(bench.send(Bench.BOB, "3C 02 00 00000E 000008 00").data())
        .isEqualTo(hex("0000 01020304 0000"));
    Bench.expectGood(bench.send("3B 02 00 000012 000001 00", hex("FF")));
    assertThat(bench.data("9B 02 0000000000000010 00000004 00 00")).isEqualTo(hex("0102FF04"));
    assertThat(bench.data("3C 02 00 00FFFE 000008 00")).isEqualTo(hex("0000"));
    assertThat(bench.data("3C 02 00 010000 000008 00")).isEmpty();
    assertThat(bench.data("9B 02 0000000000000000 FFFFFFFF 00 00")).hasSize(0x10000);
  }

  @Test
  void the_shared_buffer_has_an_end() {
    byte[] all = new byte[0x10000];
    Arrays.fill(all, (byte) 0x5A);
    Bench.expectGood(bench.send("3B 02 00 000000 010000 00", all));
    assertThat(bench.data("3C 02 00 000000 010000 00")).isEqualTo(all);
    Bench.expectGood(bench.send("3B 02 00 010000 000000 00"));
    Bench.expect(bench.send("3B 02 00 000001 010000 00", all), "05 24 00", Bench.atByte(6));
    Bench.expect(bench.send("3B 02 00 010001 000000 00"), "05 24 00", Bench.atByte(3));
    Bench.expect(bench.send("3C 02 00 010001 000001 00"), "05 24 00", Bench.atByte(3));
    for (String beyond : List.of("0000000000010001", "0000000100000000", "FFFFFFFFFFFFFFFF")) {
      Bench.expect(bench.send("9B 02 " + beyond + " 00000001 00 00"), "05 24 00", Bench.atByte(2));
    }
  }

  @Test
  void each_nexus_has_an_echo_buffer_of_its_own() {
    Bench.expect(bench.send(ECHO), "05 2C 00");
    Bench.expectGood(bench.send("3B 0A 00 000000 000003 00", hex("0A 0B 0C")));
    Bench.expect(bench.send(Bench.BOB, ECHO), "05 2C 00");
    Bench.expectGood(bench.start(Bench.BOB, hex("3B 0A 00 000000 000001 00"), hex("0D")).result());
    assertThat(bench.data(ECHO)).isEqualTo(hex("0A 0B 0C"));
    assertThat(bench.data(ECHO)).as("as often as it is asked for").isEqualTo(hex("0A 0B 0C"));
    assertThat(bench.data("9B 0A 0000000000000000 00000002 00 00")).isEqualTo(hex("0A 0B"));
    assertThat(bench.send(Bench.BOB, ECHO).data()).isEqualTo(hex("0D"));
    Bench.expectGood(bench.send("3B 0A 00 000000 001000 00", new byte[4096]));
    Bench.expect(
        bench.send("3B 0A 00 000000 001001 00", new byte[4097]), "05 24 00", Bench.atByte(6));
    assertThat(bench.data(ECHO)).hasSize(4096);
  }

  @Test
  void an_echo_buffer_goes_with_its_nexus_and_all_buffers_with_a_reset() {
    Bench.expectGood(bench.send("3B 0A 00 000000 000001 00", hex("0A")));
    Bench.expectGood(bench.send("3B 02 00 000000 000001 00", hex("0B")));
    bench.target.nexusLost(Bench.ALICE);
    bench.target.nexusEstablished(Bench.ALICE);
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 29 00");
    Bench.expect(bench.send(ECHO), "05 2C 00");
    assertThat(bench.data("3C 02 00 000000 000001 00")).isEqualTo(hex("0B"));
    Bench.expectGood(bench.send("3B 0A 00 000000 000001 00", hex("0A")));
    bench.target.manage(new TaskManagement.LogicalUnitReset(Bench.BOB, 0), response -> {});
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 29 03");
    Bench.expect(bench.send(ECHO), "05 2C 00");
    assertThat(bench.data("3C 02 00 000000 000001 00")).isEqualTo(hex("00"));
  }

  @Test
  void a_write_exclusive_reservation_lets_others_read_the_buffer_and_not_write_it() {
    byte[] register = hex("0000000000000000 00000000000000A1 0000000000000000");
    byte[] reserve = hex("00000000000000A1 0000000000000000 0000000000000000");
    Bench.expectGood(bench.send("5F 00 00 0000 00000018 00", register));
    Bench.expectGood(bench.send("5F 01 01 0000 00000018 00", reserve));
    Bench.expectGood(bench.send(Bench.BOB, "3C 02 00 000000 000001 00"));
    assertThat(bench.send(Bench.BOB, "3B 02 00 000000 000000 00").status()).isEqualTo(0x18);
    Bench.expectGood(bench.send("5F 02 01 0000 00000018 00", reserve));
    Bench.expectGood(bench.send("5F 01 03 0000 00000018 00", reserve));
    assertThat(bench.send(Bench.BOB, "3C 02 00 000000 000001 00").status()).isEqualTo(0x18);
  }

  @Test
  void no_other_mode_and_no_other_buffer_is_there() {
    for (int mode = 0; mode < 32; mode++) {
      boolean read = mode == 0x02 || mode == 0x03 || mode == 0x0A || mode == 0x0B;
      if (!read) {
        Bench.expect(
            bench.send("3C %02X 00 000000 000004 00".formatted(mode)),
            "05 24 00",
            Bench.atBit(1, 4));
      }
      if (mode != 0x02 && mode != 0x0A) {
        Bench.expect(
            bench.send("3B %02X 00 000000 000004 00".formatted(mode), new byte[4]),
            "05 24 00",
            Bench.atBit(1, 4));
      }
    }
    Bench.expect(bench.send("3C 22 00 000000 000004 00"), "05 24 00", Bench.atBit(1, 7));
    Bench.expect(bench.send("3C 02 01 000000 000004 00"), "05 24 00", Bench.atByte(2));
    Bench.expect(bench.send("3B 02 01 000000 000001 00", hex("01")), "05 24 00", Bench.atByte(2));
    Bench.expect(bench.send("3B 02 00 000000 000002 00", hex("01")), "05 1A 00");
  }
}

package org.untorn.vpd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransportIdTest {

  /** 4 bytes of header, 36 characters, and the null that ends them fills four more bytes. */
  @Test
  void a_port_is_its_name_with_the_isid_ended_by_a_null_and_filled_up() {
    TransportId port = new TransportId("iqn.2026-11.org.x:abc,i,0x00023d000001");
    byte[] expected =
        Arrays.copyOf(
            Hex.bytes(
                "45 00 0028",
                "69716e2e 32303236 2d31312e 6f72672e", // iqn.2026-11.org.
                "783a6162 632c692c 30783030 30323364", // x:abc,i,0x00023d
                "30303030 3031"), // 000001
            4 + 40);
    assertThat(port.encode()).isEqualTo(expected);
    assertThat(TransportId.length(expected, 0)).contains(44);
    assertThat(TransportId.decode(expected)).contains(port);
    assertThat(port.isPort()).isTrue();
  }

  @Test
  void a_device_is_its_name_alone_in_at_least_twenty_bytes() {
    TransportId device = new TransportId("iqn.2026-11.org.x");
    byte[] expected =
        Arrays.copyOf(Hex.bytes("05 00 0014", "69716e2e323032362d31312e6f72672e78"), 4 + 20);
    assertThat(device.encode()).isEqualTo(expected);
    assertThat(TransportId.decode(expected)).contains(device);
    assertThat(device.isPort()).isFalse();
  }

  @Test
  void a_name_that_ends_on_a_word_gets_a_word_of_nulls() {
    assertThat(new TransportId("iqn.2026-11.org.abcdefgh").encode()).hasSize(4 + 28);
  }

  @Test
  void an_isid_may_be_written_short_and_in_capitals() {
    byte[] bytes = new byte[4 + 40];
    bytes[0] = 0x45;
    bytes[3] = 40;
    byte[] name = "iqn.2026-11.org.x:abc,i,0x23D000001".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(name, 0, bytes, 4, name.length);
    assertThat(TransportId.decode(bytes))
        .contains(new TransportId("iqn.2026-11.org.x:abc,i,0x00023d000001"));
  }

  @Test
  void a_device_names_all_its_ports_and_a_port_itself() {
    String port = "iqn.2026-11.org.x:abc,i,0x00023d000001";
    assertThat(new TransportId("iqn.2026-11.org.x:abc").names(port)).isTrue();
    assertThat(new TransportId("iqn.2026-11.org.x:ab").names(port)).isFalse();
    assertThat(new TransportId(port).names(port)).isTrue();
    assertThat(new TransportId(port.replace('1', '2')).names(port)).isFalse();
  }

  @Test
  void what_is_not_one_is_not_read() {
    byte[] good = new TransportId("iqn.2026-11.org.x").encode();
    for (int[] change :
        List.of(
            new int[] {0, 0x06}, // another protocol
            new int[] {0, 0x45}, // a port without an ISID
            new int[] {0, (byte) 0x85}, // a format that is reserved
            new int[] {4, 0})) { // no name
      byte[] wrong = good.clone();
      wrong[change[0]] = (byte) change[1];
      assertThat(TransportId.decode(wrong)).isEmpty();
    }
    byte[] port = new TransportId("iqn.2026-11.org.x:abc,i,0x00023d000001").encode();
    port[0] = 0x05;
    assertThat(TransportId.decode(port)).as("a device with an ISID").isEmpty();
    byte[] endless = good.clone();
    Arrays.fill(endless, 4, endless.length, (byte) 'x');
    assertThat(TransportId.decode(endless)).as("no null").isEmpty();
  }

  @Test
  void a_length_must_fit_the_list_and_be_one_that_there_is() {
    byte[] good = new TransportId("iqn.2026-11.org.x").encode();
    assertThat(TransportId.length(good, 0)).contains(24);
    assertThat(TransportId.length(Arrays.copyOf(good, 23), 0)).isEmpty();
    assertThat(TransportId.length(Arrays.copyOf(good, 3), 0)).isEmpty();
    for (int length : List.of(16, 19, 21, 24)) {
      byte[] wrong = good.clone();
      wrong[3] = (byte) length;
      assertThat(TransportId.length(wrong, 0)).as("%s bytes", length).isEmpty();
    }
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.TransportId;

/** Persistent reservations of a disk behind two target ports: Alice has a path through each. */
class TwoPortReservationsTest {

  private static final String READ = "28 00 00000000 00 0000 00";
  private static final int CONFLICT = 0x18;
  private static final String SECOND_PORT = "iqn.t,t,0x2";
  private static final Nexus ALICE_2 = new Nexus(ALICE.initiatorPort(), SECOND_PORT);

  private final Bench bench =
      new Bench(
          Bench.profile(AtomicProfile.DEFAULT.limits())
              .reachedBy(
                  List.of(
                      new TargetPort(1, 1, ALICE.targetPort()),
                      new TargetPort(0x0203, 2, SECOND_PORT))));

  @BeforeEach
  void establish() {
    bench.target.nexusEstablished(ALICE_2);
    Bench.expect(bench.send(ALICE_2, "00 00 00 00 00 00"), "06 29 00");
  }

  private TestTask.Result out(Nexus nexus, int action, int type, String list) {
    byte[] bytes = hex(list);
    String cdb = "5F %02X %02X 00 00 %08X 00".formatted(action, type, bytes.length);
    return bench.start(nexus, hex(cdb), bytes).result();
  }

  private static String list(int key, int actionKey, int flags) {
    return "%016X %016X 00000000 %02X 000000".formatted(key, actionKey, flags);
  }

  private static String id(Nexus nexus) {
    return HexFormat.of().formatHex(new TransportId(nexus.initiatorPort()).encode());
  }

  @Test
  void a_registration_is_of_one_path_and_so_is_a_reservation() {
    Bench.expectGood(out(ALICE, 0, 0, list(0, 0xA, 0)));
    Bench.expectGood(out(ALICE, 1, 3, list(0xA, 0, 0)));
    Bench.expectGood(bench.send(ALICE, READ));
    assertThat(bench.send(ALICE_2, READ).status()).isEqualTo(CONFLICT);
    assertThat(out(ALICE_2, 2, 3, list(0xA, 0, 0)).status()).isEqualTo(CONFLICT);
  }

  @Test
  void with_all_tg_pt_every_port_is_registered_and_full_status_names_each() {
    Bench.expectGood(out(ALICE, 0, 0, list(0, 0xA, 0x04)));
    Bench.expectGood(out(ALICE_2, 1, 3, list(0xA, 0, 0)));
    assertThat(bench.data("5E 03 00 00 00 00 00 1000 00"))
        .isEqualTo(
            hex(
                "00000001 00000098"
                    + "000000000000000A 00000000 00 00 00000000 0001 00000034"
                    + id(ALICE)
                    + "000000000000000A 00000000 01 03 00000000 0203 00000034"
                    + id(ALICE)));
    assertThat(bench.send(ALICE, READ).status()).isEqualTo(CONFLICT);
    Bench.expectGood(bench.send(ALICE_2, READ));
  }

  @Test
  void register_and_move_hands_a_reservation_to_another_initiator_at_the_other_port() {
    Bench.expectGood(out(ALICE, 0, 0, list(0, 0xA, 0)));
    Bench.expectGood(out(ALICE, 1, 3, list(0xA, 0, 0)));
    byte[] bob = new TransportId(BOB.initiatorPort()).encode();
    String keys = "%016X %016X".formatted(0xA, 0xB);
    Bench.expectGood(out(ALICE, 7, 0, keys + "00 02 0203 %08X".formatted(bob.length) + id(BOB)));
    assertThat(bench.data("5E 03 00 00 00 00 00 1000 00"))
        .isEqualTo(
            hex(
                "00000002 00000048"
                    + "000000000000000B 00000000 01 03 00000000 0203 00000030"
                    + id(BOB)));
    assertThat(bench.send(BOB, READ).status()).as("at the first port").isEqualTo(CONFLICT);
    Nexus bobAtTheSecond = new Nexus(BOB.initiatorPort(), SECOND_PORT);
    bench.target.nexusEstablished(bobAtTheSecond);
    Bench.expect(bench.send(bobAtTheSecond, READ), "06 29 00");
    Bench.expectGood(bench.send(bobAtTheSecond, READ));
  }
}

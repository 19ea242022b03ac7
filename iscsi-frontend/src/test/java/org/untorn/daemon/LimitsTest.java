package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.limits.Limit;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.VpdPage;

/** The limits of disks that are being used, set from the command line, seen on the wire. */
class LimitsTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

  private Optional<Daemon> daemon = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    List<LunConfig> luns = List.of(lun(0), lun(1));
    daemon =
        Optional.of(
            Daemon.start(
                new DaemonConfig(
                    ANYWHERE,
                    new Advertised.Reached(),
                    ANYWHERE,
                    new Storage.Memory(),
                    Optional.empty(),
                    AccessConfig.OPEN,
                    List.of(new TargetConfig(TARGET, luns)))));
  }

  private static LunConfig lun(int number) {
    return new LunConfig(
        number,
        "disk" + number,
        Optional.of(new Size(1 << 20)),
        512,
        4096,
        AtomicProfile.DEFAULT.limits());
  }

  @AfterEach
  void close() {
    daemon.ifPresent(Daemon::close);
  }

  private InitiatorSession login(long isid) {
    InitiatorSession session =
        InitiatorSession.login(
            daemon.orElseThrow().ready().portal().bound(),
            LoginOptions.to(TARGET).from("iqn.2026-11.org.untorn:initiator", isid));
    for (int lun = 0; lun < 2; lun++) {
      assertThat(testUnitReady(session, lun).senseCode()).isEqualTo("06/29/00");
    }
    return session;
  }

  private ProgramRun run(String... arguments) {
    return ProgramRun.at(daemon.orElseThrow(), arguments);
  }

  private static CommandResult testUnitReady(InitiatorSession session, int lun) {
    return session.execute(Command.of(lun, new byte[6]));
  }

  private static BlockLimits advertised(InitiatorSession session, int lun) {
    byte[] cdb = HexFormat.of().parseHex("1201b0004000");
    byte[] page = session.execute(Command.read(lun, cdb, 64)).dataIn();
    return (BlockLimits) VpdPage.decode(page).orElseThrow();
  }

  private static CommandResult writeAtomic(InitiatorSession session, int lba, int blocks) {
    byte[] cdb = new byte[16];
    cdb[0] = (byte) 0x9C;
    cdb[9] = (byte) lba;
    cdb[13] = (byte) blocks;
    return session.execute(Command.write(0, cdb, new byte[blocks * 512]));
  }

  @Test
  void what_is_set_is_advertised_and_enforced_at_once_and_every_initiator_is_told() {
    try (InitiatorSession one = login(1);
        InitiatorSession other = login(2)) {
      ProgramRun set =
          run(
              "limits",
              "set",
              "--lun",
              "0",
              "atomic_max_len=21",
              "atomic_wr_gran=7",
              "atomic-alignment=5",
              "atomicMaxWithBoundary=0",
              "atomic_wr_max_bndry=0");

      assertThat(set.err()).isEmpty();
      assertThat(set.exitCode()).isZero();
      assertThat(set.out()).containsPattern("atomicMax +21 ").contains("Linux uses no atomic");
      for (InitiatorSession session : List.of(one, other)) {
        assertThat(testUnitReady(session, 0).senseCode()).isEqualTo("06/3F/03");
        assertThat(testUnitReady(session, 0).isGood()).isTrue();
        assertThat(testUnitReady(session, 1).isGood()).as("the other unit").isTrue();
        assertThat(advertised(session, 0).atomic()).isEqualTo(new AtomicLimits(21, 5, 7, 0, 0));
        assertThat(advertised(session, 1).atomic()).isEqualTo(AtomicProfile.DEFAULT.limits());
      }
      assertThat(writeAtomic(one, 5, 21).isGood()).isTrue();
      assertThat(writeAtomic(one, 8, 8).senseCode()).isEqualTo("05/24/00");
      assertThat(run("limits", "set", "--lun", "0", "profile=default").exitCode()).isZero();
      assertThat(advertised(other, 0).atomic()).isEqualTo(AtomicProfile.DEFAULT.limits());
    }
  }

  @Test
  void values_that_cannot_be_get_one_line_that_names_the_field_and_change_nothing() {
    try (InitiatorSession session = login(1)) {
      BlockLimits before = advertised(session, 0);
      expectWrong("atomicMax cannot be 9000: 0 to 8192 can", "atomic_max_len=9000");
      expectWrong("atomicMax: '-1' is neither a number", "atomic-max=-1");
      expectWrong("atomicMax: 700 is not a whole number of blocks", "atomic-max=700B");
      expectWrong("must be a multiple of ATOMIC TRANSFER LENGTH GRANULARITY (8)", "atomicMax=9");
      expectWrong("must not be above MAXIMUM TRANSFER LENGTH (8)", "maximumTransferLength=8");
      expectWrong("no limit is named 'speed'; there are maximumTransferLength,", "speed=9");
      expectWrong("atomicMax is given twice", "atomicMax=8", "atomic_max_len=16");
      expectWrong("no profile is named 'best'; there are default,", "profile=best");
      expectWrong("cannot be 0: 1 to 255 can", "atomicMax=8", "maximumCompareAndWriteLength=0");
      assertThat(run("limits", "set", "atomicMax=8").err()).contains("that means 2 disks");
      assertThat(run("limits", "set", "--lun", "7", "atomicMax=8").exitCode()).isEqualTo(2);

      assertThat(testUnitReady(session, 0).isGood()).as("nobody is told").isTrue();
      assertThat(advertised(session, 0)).isEqualTo(before);
    }
  }

  private void expectWrong(String why, String... values) {
    String[] arguments = new String[values.length + 4];
    System.arraycopy(new String[] {"limits", "set", "--lun", "0"}, 0, arguments, 0, 4);
    System.arraycopy(values, 0, arguments, 4, values.length);
    ProgramRun run = run(arguments);
    assertThat(run.err()).contains(why).hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void the_limits_are_shown_for_people_and_for_programs() {
    assertThat(run("limits").out())
        .contains(TARGET + " lun 1 (disk1), in blocks of 512 bytes:")
        .contains("atomic_max_len, atomic_wr_max_length")
        .contains("Linux: atomic writes of 4096 to 524288 bytes");
    ProgramRun json = run("limits", "show", "--lun", "1", "--json");
    assertThat(json.exitCode()).isZero();
    assertThat(json.out()).hasLineCount(1).contains("\"atomicMax\":8192").contains("\"lun\":1");
    assertThat(run("limits", "show", "--lun", "9").exitCode()).isEqualTo(2);
  }

  @Test
  void no_two_limits_have_a_name_in_common_and_each_is_found_by_all_of_its_names() {
    Set<String> names = new TreeSet<>();
    for (Limit limit : Limit.values()) {
      assertThat(names.add(limit.key())).isTrue();
      assertThat(Limit.named(limit.key())).isEqualTo(Parsed.value(limit));
      for (String alias : limit.aliases()) {
        assertThat(Limit.named(alias)).isEqualTo(Parsed.value(limit));
      }
    }
  }
}

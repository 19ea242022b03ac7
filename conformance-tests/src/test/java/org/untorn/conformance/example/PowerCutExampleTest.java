package org.untorn.conformance.example;

// README: from here
import static org.untorn.testkit.UntornAssertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.testkit.Fault;
import org.untorn.testkit.Untorn;
import org.untorn.testkit.UntornExtension;

class PowerCutExampleTest {

  @RegisterExtension
  static final UntornExtension untorn = UntornExtension.breakable("--size", "64MiB");

  @Test
  void pages_that_are_written_atomically_are_whole_after_every_power_cut(Untorn disk) {
    for (int cut = 0; cut < 20; cut++) {
      try (InitiatorSession session = login(disk)) {
        for (int page = 0; page < 8; page++) {
          write(session, page * 128L, (byte) (8 * cut + page));
        }
        disk.power().cycle();
      }
    }
    assertThat(disk).hasKeptItsPromises().hasNoTornWrite();
    assertThat(disk).lun(0).hasReceivedAtomicWritesOnly().hasReceivedAtomicWrites(160);
  }

  @Test
  void a_write_that_the_disk_answers_and_loses_is_found(Untorn disk) {
    disk.faults().add(Fault.on("write-atomic").nth(3).does("lost"));
    try (InitiatorSession session = login(disk)) {
      for (int page = 0; page < 8; page++) {
        write(session, page * 128L, (byte) (1 + page));
      }
      session.execute(Command.of(0, new byte[] {0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0})); // flush
    }
    disk.power().cycle();
    org.assertj.core.api.Assertions.assertThat(disk.verdict().broken())
        .isNotEmpty()
        .allMatch(broken -> broken.promise().equals("DURABILITY"));
  }

  /** Your own initiator, a kernel or QEMU would take the {@code @IscsiUrl} of the disk. */
  private static InitiatorSession login(Untorn disk) {
    InitiatorSession session =
        InitiatorSession.login(disk.ready().address(), LoginOptions.to(disk.ready().target()));
    session.execute(Command.of(0, new byte[6])); // TEST UNIT READY hears POWER ON
    return session;
  }

  /** WRITE ATOMIC(16) of 64 KiB. */
  private static void write(InitiatorSession session, long lba, byte content) {
    byte[] cdb = new byte[16];
    ByteBuffer.wrap(cdb).put((byte) 0x9C).putLong(2, lba).putShort(12, (short) 128);
    byte[] page = new byte[128 * 512];
    java.util.Arrays.fill(page, content);
    org.assertj.core.api.Assertions.assertThat(
            session.execute(Command.write(0, cdb, page)).isGood())
        .isTrue();
  }
}
// README: to here

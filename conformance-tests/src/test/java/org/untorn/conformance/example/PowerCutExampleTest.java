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
          session.execute(writeAtomic(page * 128L, 128, (byte) (8 * cut + page)));
        }
        disk.power().cycle();
      }
    }
    assertThat(disk).hasKeptItsPromises().hasNoTornWrite();
    assertThat(disk).lun(0).hasReceivedAtomicWritesOnly().hasReceivedAtomicWrites(160);
  }

  @Test
  void a_page_that_the_disk_refuses_is_not_half_there(Untorn disk) {
    long rule = disk.faults().add(Fault.on("write-atomic").nth(3).sense("03/0c/00"));
    try (InitiatorSession session = login(disk)) {
      for (int page = 0; page < 8; page++) {
        session.execute(writeAtomic(page * 128L, 128, (byte) page));
      }
    }
    org.assertj.core.api.Assertions.assertThat(disk.faults().fired(rule)).isEqualTo(1);
    disk.power().cycle();
    assertThat(disk).hasNoTornAtomicWrite();
  }

  /** Your own initiator, a kernel or QEMU would take the {@code @IscsiUrl} of the disk. */
  private static InitiatorSession login(Untorn disk) {
    InitiatorSession session =
        InitiatorSession.login(disk.ready().address(), LoginOptions.to(disk.ready().target()));
    session.execute(Command.of(0, new byte[6])); // TEST UNIT READY hears POWER ON
    return session;
  }

  private static Command writeAtomic(long lba, int blocks, byte content) {
    byte[] cdb = new byte[16];
    ByteBuffer.wrap(cdb).put((byte) 0x9C).putLong(2, lba).putShort(12, (short) blocks);
    byte[] data = new byte[blocks * 512];
    java.util.Arrays.fill(data, content);
    return Command.write(0, cdb, data);
  }
}
// README: to here

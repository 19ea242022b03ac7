package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.Medium;
import org.untorn.backstore.MemoryMedium;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.fault.DeviceFaults;
import org.untorn.daemon.history.Histories;
import org.untorn.iscsi.fault.WireFaults;
import org.untorn.iscsi.fault.WireSwitch;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.PduEncoder;

/** What stands in the way of a command and of its bytes: nothing that was not asked for. */
@SuppressWarnings("ReferenceEquality") // what is asked is whether it is the very same
class AbsentFiltersTest {

  /** At which of the seams something stands. */
  private static List<String> seams(FaultConfig config, Histories histories) throws IOException {
    List<String> seams = new ArrayList<>();
    try (OneDisk working = new OneDisk(FaultConfig.NONE)) {
      ServedLun lun = working.daemon().ready().luns().getFirst();
      DeviceFaults faults = DeviceFaults.of(config, List.of("disk"));
      Medium medium = new MemoryMedium();
      if (faults.over(medium) != medium) {
        seams.add("medium");
      }
      if (faults.over(lun.target(), lun.config(), lun.store()) != lun.store()) {
        seams.add("blocks");
      }
      if (faults.around(lun.target(), lun.config(), lun.disk().unit()) != lun.disk().unit()) {
        seams.add("commands");
      }
      if (stands(faults)) {
        seams.add("wire");
      }
      if (histories.over(lun.store()) != lun.store()) {
        seams.add("history");
      }
    }
    return seams;
  }

  private static boolean stands(DeviceFaults faults) {
    return !between(faults).isEmpty();
  }

  /** What stands between the codec, or the socket, and the connection. */
  private static List<Class<?>> between(DeviceFaults faults) {
    ChannelInboundHandlerAdapter connection = new ChannelInboundHandlerAdapter();
    EmbeddedChannel channel =
        new EmbeddedChannel(new PduDecoder(Opcode.Sender.INITIATOR), new PduEncoder(), connection);
    faults.between(channel.pipeline(), channel.pipeline().context(connection).name());
    List<Class<?>> all = new ArrayList<>();
    channel.pipeline().forEach(entry -> all.add(entry.getValue().getClass()));
    all.removeAll(List.of(PduDecoder.class, PduEncoder.class, connection.getClass()));
    channel.finishAndReleaseAll();
    return all;
  }

  @Test
  void where_only_the_power_can_fail_nothing_looks_into_a_pdu() throws IOException {
    assertThat(between(DeviceFaults.of(FaultConfig.NONE, List.of("disk")))).isEmpty();
    assertThat(between(DeviceFaults.of(FaultConfig.power(1), List.of("disk"))))
        .containsExactly(WireSwitch.class);
    assertThat(between(DeviceFaults.of(FaultConfig.power(1).withRules(), List.of("disk"))))
        .contains(WireFaults.class)
        .doesNotContain(WireSwitch.class);
  }

  @Test
  void a_device_that_works_has_no_filter_at_any_seam() throws IOException {
    assertThat(seams(FaultConfig.NONE, Histories.none())).isEmpty();
    try (OneDisk disk = new OneDisk(FaultConfig.NONE)) {
      assertThat(disk.daemon().ready().luns().getFirst().store().getClass().getPackageName())
          .as("what a served disk has below it")
          .isEqualTo("org.untorn.backstore");
    }
  }

  @Test
  void what_is_asked_for_stands_where_it_belongs_and_nowhere_else() throws IOException {
    assertThat(seams(FaultConfig.NONE.withRules(), Histories.none()))
        .containsExactly("medium", "blocks", "commands", "wire");
    assertThat(seams(FaultConfig.power(1), Histories.none())).containsExactly("blocks", "wire");
    assertThat(seams(FaultConfig.NONE.withDefects("fua-lies"), Histories.none()))
        .containsExactly("blocks");
    assertThat(seams(FaultConfig.NONE.withDefects("ignores-boundary"), Histories.none()))
        .containsExactly("commands");
    assertThat(seams(FaultConfig.NONE.withDefects("fua-lies@disk"), Histories.none()))
        .containsExactly("blocks");
    assertThat(seams(FaultConfig.NONE, Histories.of(List.of("disk")))).containsExactly("history");
  }
}

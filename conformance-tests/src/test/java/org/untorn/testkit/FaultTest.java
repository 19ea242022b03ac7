package org.untorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultTest {

  @Test
  void a_rule_in_java_is_the_rule_in_words() {
    assertThat(Fault.on("read").lba(100, 8).nth(3).sense("03/11/00").text())
        .isEqualTo("op=read lba=100+8 nth=3 sense 03/11/00");
    assertThat(Fault.on("write", "write-atomic").lun(1).initiator("iqn.x:*").every(2).busy().text())
        .isEqualTo("op=write,write-atomic lun=1 initiator=iqn.x:* every=2 busy");
    assertThat(Fault.onPdu("scsi-response").next(2).does("drop-pdu").text())
        .isEqualTo("pdu=scsi-response next=2 drop-pdu");
    assertThat(Fault.onAny().chance(0.25).delay(Duration.ofMillis(5)).text())
        .isEqualTo("chance=0.25 delay 5ms");
    assertThat(Fault.onAny().chance(1).busy().text()).isEqualTo("chance=1 busy");
    assertThat(Fault.onAny().chance(0.0005).busy().text()).isEqualTo("chance=0.0005 busy");
    assertThat(Fault.onAny().chance(1 / 3.0).busy().text()).isEqualTo("chance=0.333333333333 busy");
    assertThat(Fault.on("2a").hold().text()).isEqualTo("op=2a hold");
    assertThat(Fault.on("write").cutPower().text()).isEqualTo("op=write cut-power");
  }
}

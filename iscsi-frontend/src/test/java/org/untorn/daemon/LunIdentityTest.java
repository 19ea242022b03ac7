package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.core.TargetPort;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.vpd.Association;
import org.untorn.vpd.Designator;

class LunIdentityTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:disk0";

  @Test
  void the_default_disk_has_these_names_for_ever() {
    assertThat(LunIdentity.of(TARGET, 0))
        .isEqualTo(new LunIdentity(0x3a82_c538_f1ba_f7e3L, "bceb3fd08ed5530c"));
  }

  @Test
  void another_lun_and_another_target_have_other_names() {
    assertThat(LunIdentity.of(TARGET, 1)).isNotEqualTo(LunIdentity.of(TARGET, 0));
    assertThat(LunIdentity.of(TARGET + "1", 0)).isNotEqualTo(LunIdentity.of(TARGET, 10));
  }

  @Test
  void the_page_names_the_unit_and_its_device() {
    LunIdentity identity = LunIdentity.of(TARGET, 0);

    assertThat(identity.designators(TARGET))
        .containsExactly(
            new Designator.T10VendorId("UNTORN", "ATOMIC DISK     " + identity.serialNumber()),
            new Designator.NaaLocallyAssigned(Association.LOGICAL_UNIT, identity.naa()),
            new Designator.ScsiName(Association.TARGET_DEVICE, TARGET));
  }

  @Test
  void portal_groups_are_target_ports_whose_names_have_the_tag_in_four_digits() {
    Endpoint anywhere = new Endpoint("127.0.0.1", 0);
    assertThat(
            LunIdentity.ports(
                TARGET,
                List.of(
                    new PortalConfig(anywhere, 0xABCD),
                    new PortalConfig(anywhere, 1),
                    new PortalConfig(anywhere, 1))))
        .containsExactly(
            new TargetPort(1, 1, TARGET + ",t,0x0001"),
            new TargetPort(0xABCD, 0xABCD, TARGET + ",t,0xabcd"));
  }
}

package org.untorn.conformance.libiscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.ExternalTool;
import org.untorn.testkit.UntornExtension;

/** libiscsi's small tools find the target by discovery and see what it is. */
class IscsiToolsTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "512MiB");

  @Test
  void a_discovery_session_finds_the_target_and_its_unit() {
    String listed =
        ExternalTool.find("iscsi-ls", "Debian: libiscsi-bin")
            .run(LIMIT, "--show-luns", "iscsi://" + target.ready().portal())
            .successfulOutput();

    assertThat(listed)
        .contains("Target:" + target.ready().target())
        .contains("Portal:" + target.ready().portal())
        .containsPattern("Lun:0 +Type:DIRECT_ACCESS \\(Size:5\\d\\dM\\)");
  }

  @Test
  void its_inquiry_data_is_understood() {
    String inquiry =
        ExternalTool.find("iscsi-inq", "Debian: libiscsi-bin")
            .run(LIMIT, target.url())
            .successfulOutput();

    assertThat(inquiry).contains("UNTORN", "ATOMIC DISK");
  }
}

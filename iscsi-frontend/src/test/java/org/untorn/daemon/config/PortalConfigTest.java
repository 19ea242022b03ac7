package org.untorn.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where to listen, as users write it and as it is settled. */
class PortalConfigTest {

  private static Parsed<List<PortalConfig>> settled(String... written) {
    return Parsed.all(Arrays.stream(written).map(PortalConfig.Settings::parse).toList())
        .then(asked -> PortalConfig.settle(asked, new Endpoint("127.0.0.1", 3260)));
  }

  private static String text(String... written) {
    return switch (settled(written)) {
      case Parsed.Value<List<PortalConfig>>(List<PortalConfig> portals) -> portals.toString();
      case Parsed.Wrong<List<PortalConfig>>(String why) -> why;
    };
  }

  @Test
  void each_portal_is_a_group_of_its_own_unless_it_says_which() {
    assertThat(text()).isEqualTo("[127.0.0.1:3260,1]");
    assertThat(text("127.0.0.1:0", "[::1]:0")).isEqualTo("[127.0.0.1:0,1, [::1]:0,2]");
    assertThat(text("127.0.0.1:0", "a:1,1", "b:1,1", "c:1", "d:1,65535"))
        .isEqualTo("[127.0.0.1:0,2, a:1,1, b:1,1, c:1,3, d:1,65535]");
  }

  @Test
  void what_cannot_be_is_said_in_one_line() {
    for (String tag : List.of("0", "65536", "-1", "x", "", "123456")) {
      assertThat(text("a:1," + tag))
          .isEqualTo(
              "'" + tag + "' is no portal group tag; write HOST:PORT,TAG with a TAG of 1 to 65535");
    }
    assertThat(text("a,1")).startsWith("'a' is no place to listen");
    assertThat(text("a:1", "a:1,7")).isEqualTo("two portals are at a:1: one will do");
  }
}

package org.untorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

class ReadyTest {

  @Test
  void the_ready_line_is_read() {
    Ready ready =
        Ready.parse(
            """
            {"event":"ready","portal":"127.0.0.1:43210","target":"iqn.2026-11.org.untorn:disk0",\
            "lun":0,"url":"iscsi://127.0.0.1:43210/iqn.2026-11.org.untorn:disk0/0",\
            "portals":[{"portal":"127.0.0.1:43210","tag":1},{"portal":"[::1]:5","tag":7}],\
            "control":"http://127.0.0.1:5"}""");

    assertThat(ready.portals()).hasToString("[127.0.0.1:43210,1, [0:0:0:0:0:0:0:1]:5,7]");
    assertThat(ready.url(1))
        .isEqualTo("iscsi://[0:0:0:0:0:0:0:1]:5/iqn.2026-11.org.untorn:disk0/0");
    assertThat(ready.portal()).isEqualTo("127.0.0.1:43210");
    assertThat(ready.address().getPort()).isEqualTo(43210);
    assertThat(ready.target()).isEqualTo("iqn.2026-11.org.untorn:disk0");
    assertThat(ready.url()).isEqualTo("iscsi://127.0.0.1:43210/iqn.2026-11.org.untorn:disk0/0");
    assertThat(ready.control()).isEqualTo(URI.create("http://127.0.0.1:5"));
  }

  @Test
  void anything_else_is_refused_and_quoted() {
    assertThatThrownBy(() -> Ready.parse("Listening on 1234")).hasMessageContaining("Listening");
    assertThatThrownBy(() -> Ready.parse("{\"event\":\"bye\"}")).hasMessageContaining("bye");
    assertThatThrownBy(() -> Ready.parse("{\"event\":\"ready\",\"portal\":\"127.0.0.1:1\"}"))
        .hasMessageContaining("no \"target\"");
  }
}

package org.untorn.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointTest {

  @Test
  void names_and_addresses_of_both_families_are_places_to_listen() {
    assertThat(Endpoint.parse("127.0.0.1:3260"))
        .isEqualTo(Parsed.value(new Endpoint("127.0.0.1", 3260)));
    assertThat(Endpoint.parse("localhost:0")).isEqualTo(Parsed.value(new Endpoint("localhost", 0)));
    assertThat(Endpoint.parse("[::1]:65535")).isEqualTo(Parsed.value(new Endpoint("::1", 65535)));
  }

  @Test
  void an_endpoint_is_written_as_it_is_read() {
    for (String text : List.of("127.0.0.1:3260", "[::1]:0", "example.org:1")) {
      assertThat(Endpoint.parse(text).then(e -> Parsed.value(e.toString())))
          .isEqualTo(Parsed.value(text));
    }
  }

  @Test
  void what_has_no_port_or_too_large_a_one_is_refused() {
    for (String text : List.of("127.0.0.1", ":3260", "::1:3260", "host:65536", "host:", "a b:1")) {
      assertThat(Endpoint.parse(text))
          .isEqualTo(
              Parsed.wrong(
                  "'"
                      + text
                      + "' is no place to listen; write HOST:PORT, for example 127.0.0.1:3260"));
    }
  }
}

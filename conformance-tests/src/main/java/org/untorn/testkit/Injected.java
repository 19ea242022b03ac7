package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What a parameter of a test is given. */
final class Injected {

  private Injected() {}

  /** The URL of a unit of the first target. */
  static Object url(Ready ready, int lun, Class<?> type) {
    JsonNode luns = new ControlChannel(ready.control()).get("/targets").at("/targets/0/luns");
    for (JsonNode one : luns) {
      if (one.path("lun").asInt() == lun) {
        String url = one.path("url").asText();
        if (type == String.class) {
          return url;
        }
        if (type == URI.class) {
          return URI.create(url);
        }
        throw new ParameterResolutionException("an @IscsiUrl is a String or a URI, no " + type);
      }
    }
    throw new ParameterResolutionException("the target has no lun " + lun);
  }
}

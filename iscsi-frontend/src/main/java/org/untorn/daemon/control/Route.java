package org.untorn.daemon.control;

import java.util.Arrays;
import java.util.List;

/**
 * One thing that the control API does: {@code GET /power/cuts/{number}}.
 *
 * @param method of HTTP
 * @param path from the root; a segment in braces stands for any one that is not empty
 */
public record Route(String method, String path) {

  /** Reads routes, each a method, a blank and a path. */
  public static List<Route> all(String... routes) {
    return Arrays.stream(routes)
        .map(route -> route.split(" ", 2))
        .map(words -> new Route(words[0], words[1]))
        .toList();
  }

  /** Whether a path, cut at its slashes, is of this form. */
  boolean leadsTo(List<String> segments) {
    String[] form = path.substring(1).split("/", -1);
    if (form.length != segments.size()) {
      return false;
    }
    for (int i = 0; i < form.length; i++) {
      boolean fits =
          form[i].startsWith("{") ? !segments.get(i).isEmpty() : form[i].equals(segments.get(i));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** The same in one line. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}

package org.untorn.daemon.control;

import java.io.InputStream;
import java.util.List;

/**
 * A request to the control API.
 *
 * @param method GET, POST and so on
 * @param path as it was sent, for messages
 * @param below what follows the resource's own path, cut at the slashes
 * @param mediaType of the body, without parameters; empty if it says none
 * @param body what was sent with it
 */
public record Request(
    String method, String path, List<String> below, String mediaType, InputStream body) {

  public Request {
    below = List.copyOf(below);
  }
}

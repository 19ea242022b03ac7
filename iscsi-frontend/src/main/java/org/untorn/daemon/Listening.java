package org.untorn.daemon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.untorn.daemon.config.Endpoint;

/** Makes something that listens. */
@FunctionalInterface
interface Listening<T> {

  T on(InetSocketAddress address) throws IOException;

  /**
   * Has it listen at an endpoint.
   *
   * @param option what a user says the endpoint by
   * @throws IOException that says in one line why it cannot, and what to do
   */
  static <T> T bound(Endpoint endpoint, String option, Listening<T> listening) throws IOException {
    try {
      return listening.on(endpoint.resolve());
    } catch (UnknownHostException problem) {
      throw new IOException(
          "there is no host '%s' to listen on; give another %s".formatted(endpoint.host(), option),
          problem);
    } catch (IOException problem) {
      throw new IOException(
          "cannot listen on %s (%s); give another %s, or port 0 for any that is free"
              .formatted(endpoint, problem.getMessage(), option),
          problem);
    }
  }
}

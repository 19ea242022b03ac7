package org.untorn.daemon.control;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Refuses what a web page may have made a browser on this host send: without a {@link ControlToken}
 * the control API asks for no password, for it trusts who can run programs here, and a page is not
 * that.
 *
 * <ul>
 *   <li>A page of another site betrays itself by {@code Origin} or {@code Sec-Fetch-Site}, which
 *       scripts cannot leave out.
 *   <li>A page whose name was made to point here (DNS rebinding) is of the same site to the
 *       browser, but {@code Host} has that name: only addresses, and names that are this host by
 *       definition, are taken.
 *   <li>Changes take media types that no form can send without asking first.
 *   <li>Changes come from this host, wherever the API listens.
 * </ul>
 */
final class CrossSite {

  private static final Pattern ADDRESS =
      Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|\\[[0-9a-f:.%]+]");

  /** What a form of a web page can send (the safelisted types of the Fetch standard). */
  private static final List<String> OF_FORMS =
      List.of("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data");

  private CrossSite() {}

  /** Why a request is refused, if it is; the media type is without parameters. */
  static Optional<Answer> refusal(HttpExchange exchange, String listening, String mediaType) {
    Headers headers = exchange.getRequestHeaders();
    String site = String.valueOf(headers.getFirst("Sec-Fetch-Site"));
    if (headers.containsKey("Origin") || site.equals("cross-site") || site.equals("same-site")) {
      return refused("web pages may not use the control API");
    }
    String host = host(String.valueOf(headers.getFirst("Host")));
    if (!ADDRESS.matcher(host).matches() && !host.equals("localhost") && !host.equals(listening)) {
      return refused("'" + host + "' is not the control API's name; use its address");
    }
    if (exchange.getRequestMethod().equals("GET")) {
      return Optional.empty();
    }
    if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
      return refused("changes are taken from this host only");
    }
    boolean hasBody = !exchange.getRequestMethod().equals("DELETE");
    return hasBody && OF_FORMS.contains(mediaType)
        ? Optional.of(
            Answer.error(415, "send it with a Content-Type, for example application/json"))
        : Optional.empty();
  }

  private static Optional<Answer> refused(String why) {
    return Optional.of(Answer.error(403, why));
  }

  /** The host of a {@code Host} header, without the port. */
  private static String host(String header) {
    try {
      return String.valueOf(URI.create("http://" + header).getHost());
    } catch (IllegalArgumentException _) {
      return header;
    }
  }
}

package org.untorn.daemon.portal;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Listener;

/**
 * The resource {@code /portals} of the control API: where initiators connect.
 *
 * <pre>
 *   GET   /portals                 {"portals": [{"number": 1, "portal": "127.0.0.1:3260", "tag": 1,
 *                                    "open": true, "connections": 2}, ...]}
 *   POST  /portals/NUMBER/close    it listens no more, and its connections are reset; the same, and
 *                                    {"cut": 2}
 *   POST  /portals/NUMBER/open     it listens again, at the same address
 * </pre>
 *
 * Numbers count from 1 in the order of the configuration.
 */
public record PortalsApi(IscsiServer server) implements ControlApi.Tree {

  @Override
  public List<Route> routes() {
    return Route.all("GET /portals", "POST /portals/{number}/close", "POST /portals/{number}/open");
  }

  @Override
  public Answer answer(Request request) {
    List<String> below = request.below();
    if (below.isEmpty()) {
      return Answer.json(200, Json.object(this::all));
    }
    String number = below.getFirst();
    List<Listener> portals = server.listeners();
    if (!number.matches("[1-9]\\d{0,4}") || Integer.parseInt(number) > portals.size()) {
      return Answer.error(
          404, "there is no portal %s; 'untorn portal' lists them".formatted(number));
    }
    Listener portal = portals.get(Integer.parseInt(number) - 1);
    return below.get(1).equals("close")
        ? done(portal, OptionalInt.of(server.close(portal)))
        : open(portal);
  }

  private Answer open(Listener portal) {
    try {
      server.open(portal);
    } catch (Exception problem) {
      // A bind throws what it declares not: its IOException.
      return Answer.error(
          409,
          "cannot listen on %s (%s)"
              .formatted(Endpoint.of(portal.portal().address()), problem.getMessage()));
    }
    return done(portal, OptionalInt.empty());
  }

  private Answer done(Listener portal, OptionalInt cut) {
    return Answer.json(
        200,
        Json.object(
            json -> {
              write(json, portal);
              if (cut.isPresent()) {
                json.writeNumberField("cut", cut.getAsInt());
              }
            }));
  }

  private void all(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("portals");
    for (Listener portal : server.listeners()) {
      json.writeStartObject();
      write(json, portal);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(JsonGenerator json, Listener portal) throws IOException {
    json.writeNumberField("number", server.listeners().indexOf(portal) + 1);
    json.writeStringField("portal", Endpoint.of(portal.portal().address()).toString());
    json.writeNumberField("tag", portal.portal().portalGroupTag());
    json.writeBooleanField("open", portal.isOpen());
    json.writeNumberField("connections", server.connections(portal));
  }
}

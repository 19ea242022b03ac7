package org.untorn.daemon.session;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.iscsi.session.SessionInfo;

/**
 * The resource {@code /sessions} of the control API.
 *
 * <pre>
 *   GET    /sessions          {"sessions": [{"tsih": 1, "initiator": ..., "target": ...}, ...]}
 *   DELETE /sessions/TSIH     drops its connection; the initiator may log in again
 * </pre>
 *
 * @param sessions the sessions that there are now
 * @param drop drops the session with a TSIH; false if there is none
 * @param clock what ages are told by
 */
public record SessionsApi(
    Supplier<List<SessionInfo>> sessions, IntPredicate drop, InstantSource clock)
    implements ControlApi.Tree {

  @Override
  public List<Route> routes() {
    return Route.all("GET /sessions", "DELETE /sessions/{tsih}");
  }

  @Override
  public Answer answer(Request request) {
    if (request.below().isEmpty()) {
      return Answer.json(200, json());
    }
    String handle = request.below().getFirst();
    return handle.matches("\\d{1,5}") && drop.test(Integer.parseInt(handle))
        ? Answer.json(
            200, Json.object(json -> json.writeNumberField("dropped", Integer.parseInt(handle))))
        : Answer.error(404, "there is no session " + handle + "; 'untorn sessions' lists them");
  }

  private String json() {
    return Json.object(
        json -> {
          json.writeArrayFieldStart("sessions");
          List<SessionInfo> sorted =
              sessions.get().stream().sorted(Comparator.comparingInt(SessionInfo::tsih)).toList();
          for (SessionInfo session : sorted) {
            json.writeStartObject();
            SessionJson.write(json, session, clock.instant());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}

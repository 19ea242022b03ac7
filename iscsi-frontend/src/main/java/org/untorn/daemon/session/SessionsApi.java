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
  public Answer answer(Request request) {
    List<String> below = request.below();
    if (below.isEmpty()) {
      return request.method().equals("GET")
          ? Answer.json(200, json())
          : Answer.notAllowed(request, "GET");
    }
    if (!request.method().equals("DELETE")) {
      return Answer.notAllowed(request, "DELETE");
    }
    boolean isHandle = below.size() == 1 && below.getFirst().matches("\\d{1,5}");
    return isHandle && drop.test(Integer.parseInt(below.getFirst()))
        ? Answer.json(
            200,
            Json.object(
                json -> json.writeNumberField("dropped", Integer.parseInt(below.getFirst()))))
        : Answer.error(
            404,
            "there is no session " + String.join("/", below) + "; 'untorn sessions' lists them");
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

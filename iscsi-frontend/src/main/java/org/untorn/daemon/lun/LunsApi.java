package org.untorn.daemon.lun;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.untorn.daemon.config.LunSettings;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.limits.LimitedUnit;
import org.untorn.daemon.limits.LimitsApi;
import org.untorn.daemon.volume.VolumeAnswer;

/**
 * The resource {@code /luns} of the control API: which logical units there are. What their limits
 * are is {@link LimitsApi}'s.
 *
 * <pre>
 *   POST   /luns                 target, lun, volume, size, blockSize, physicalBlockSize, profile
 *   DELETE /luns/TARGET/LUN
 * </pre>
 *
 * What is added or removed is so until the daemon ends.
 */
public record LunsApi(LimitsApi limits, LunAdmin admin) implements ControlApi.Tree {

  private static final int GONE = 200;
  private static final int ADDED = 201;

  private static final String TARGET = "target";
  private static final String NUMBER = "lun";
  private static final String VOLUME = "volume";
  private static final String SIZE = "size";
  private static final String BLOCK_SIZE = "blockSize";
  private static final String PHYSICAL_BLOCK_SIZE = "physicalBlockSize";
  private static final String PROFILE = "profile";
  private static final Set<String> NAMES =
      Set.of(TARGET, NUMBER, VOLUME, SIZE, BLOCK_SIZE, PHYSICAL_BLOCK_SIZE, PROFILE);

  @Override
  public List<Route> routes() {
    return Stream.concat(
            limits.routes().stream(),
            Route.all("POST /luns", "DELETE /luns/{target}/{lun}").stream())
        .toList();
  }

  @Override
  public Answer answer(Request request) throws IOException {
    List<String> below = request.below();
    return switch (below.size()) {
      case 0 -> request.method().equals("POST") ? add(request) : limits.answer(request);
      case 2 -> answer(admin.remove(below.getFirst(), below.getLast()), GONE);
      default -> limits.answer(request);
    };
  }

  private Answer add(Request request) throws IOException {
    return switch (JsonBody.read(request, NAMES)) {
      case Parsed.Wrong<JsonNode>(String why) -> Answer.error(400, why);
      case Parsed.Value<JsonNode>(JsonNode body) ->
          switch (settings(body)) {
            case Parsed.Wrong<LunSettings>(String why) -> Answer.error(400, why);
            case Parsed.Value<LunSettings>(LunSettings asked) ->
                answer(admin.add(body.path(TARGET).asText(), asked), ADDED);
          };
    };
  }

  private static Parsed<LunSettings> settings(JsonNode body) {
    for (String name : List.of(NUMBER, BLOCK_SIZE, PHYSICAL_BLOCK_SIZE)) {
      if (body.has(name) && !body.path(name).canConvertToInt()) {
        return Parsed.wrong("%s: %s is no number".formatted(name, body.path(name)));
      }
    }
    if (!body.has(SIZE)) {
      return Parsed.value(settings(body, Optional.empty()));
    }
    return Size.parse(body.path(SIZE).asText())
        .then(size -> Parsed.value(settings(body, Optional.of(size))));
  }

  private static LunSettings settings(JsonNode body, Optional<Size> size) {
    return new LunSettings(
        number(body, NUMBER),
        text(body, VOLUME),
        size,
        number(body, BLOCK_SIZE),
        number(body, PHYSICAL_BLOCK_SIZE),
        text(body, PROFILE),
        LunSettings.Atomic.UNSAID);
  }

  private static Optional<Integer> number(JsonNode body, String name) {
    return body.has(name) ? Optional.of(body.path(name).asInt()) : Optional.empty();
  }

  private static Optional<String> text(JsonNode body, String name) {
    return body.has(name) ? Optional.of(body.path(name).asText()) : Optional.empty();
  }

  private static Answer answer(LunAdmin.Answer answer, int statusWhenDone) {
    return switch (answer) {
      case LunAdmin.Answer.Done(LimitedUnit unit, boolean ended) ->
          Answer.json(
              statusWhenDone,
              Json.object(
                  json -> {
                    LimitsApi.write(json, unit);
                    if (statusWhenDone == GONE) {
                      json.writeBooleanField("ended", ended);
                    }
                  }));
      case LunAdmin.Answer.Refused(VolumeAnswer.Reason reason, String why) ->
          Answer.error(reason.httpStatus(), why);
    };
  }
}

package org.untorn.daemon.fault;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.core.fault.HeldCommands;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;

/**
 * The resource {@code /reset} of the control API: puts an end to faults between two tests.
 *
 * <pre>
 *   POST /reset            {} or {"seed": 7}; answers {"released": 0}
 * </pre>
 *
 * Rules and planned cuts are forgotten, held commands go on, the power is on. What is stored, and
 * defects, stay. With a seed all chance of rules and power cuts begins anew from it, and what is at
 * risk is made durable: what follows does not depend on what was before.
 */
public final class ResetApi implements ControlApi.Tree {

  private static final String SEED = "seed";

  private final Optional<FaultPlan> plan;
  private final HeldCommands held;
  private final Optional<PowerSupply> power;

  ResetApi(Optional<FaultPlan> plan, HeldCommands held, Optional<PowerSupply> power) {
    this.plan = plan;
    this.held = held;
    this.power = power;
  }

  @Override
  public List<Route> routes() {
    return Route.all("POST /reset");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    return switch (JsonBody.read(request, Set.of(SEED)).then(ResetApi::seed)) {
      case Parsed.Wrong<OptionalLong>(String why) -> Answer.error(400, why);
      case Parsed.Value<OptionalLong>(OptionalLong seed) -> {
        long released = reset();
        seed.ifPresent(this::startOver);
        yield Answer.json(200, Json.object(json -> json.writeNumberField("released", released)));
      }
    };
  }

  private static Parsed<OptionalLong> seed(JsonNode body) {
    if (!body.has(SEED)) {
      return Parsed.value(OptionalLong.empty());
    }
    return body.path(SEED).isIntegralNumber() && body.path(SEED).canConvertToLong()
        ? Parsed.value(OptionalLong.of(body.path(SEED).asLong()))
        : Parsed.wrong("'seed' is a whole number of 64 bits");
  }

  /** Returns how many commands were released. */
  private long reset() {
    plan.ifPresent(FaultPlan::clear);
    long released = held.releaseAll();
    power.ifPresent(PowerSupply::clear);
    power.ifPresent(supply -> supply.on().join());
    return released;
  }

  private void startOver(long seed) {
    plan.ifPresent(loaded -> loaded.startOver(seed));
    power.ifPresent(supply -> supply.startOver(seed));
  }
}

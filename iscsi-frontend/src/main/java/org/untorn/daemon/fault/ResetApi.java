package org.untorn.daemon.fault;

import java.util.Optional;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.core.fault.HeldCommands;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.Request;

/**
 * The resource {@code /reset} of the control API: {@code POST} puts an end to faults between two
 * tests. Rules and planned cuts are forgotten, held commands go on, the power is on. What is
 * stored, and defects, stay.
 */
public final class ResetApi implements ControlApi.Tree {

  private final Optional<FaultPlan> plan;
  private final HeldCommands held;
  private final Optional<PowerSupply> power;

  ResetApi(Optional<FaultPlan> plan, HeldCommands held, Optional<PowerSupply> power) {
    this.plan = plan;
    this.held = held;
    this.power = power;
  }

  @Override
  public Answer answer(Request request) {
    if (!request.below().isEmpty()) {
      return Answer.error(404, "there is no " + request.path() + "; there is /reset");
    }
    if (!request.method().equals("POST")) {
      return Answer.notAllowed(request, "POST");
    }
    plan.ifPresent(FaultPlan::clear);
    long released = held.releaseAll();
    power.ifPresent(PowerSupply::clear);
    power.ifPresent(supply -> supply.on().join());
    return Answer.json(200, Json.object(json -> json.writeNumberField("released", released)));
  }
}

package org.untorn.core;

import java.util.concurrent.CompletableFuture;

/**
 * Ends a command in RESERVATION CONFLICT if a reservation keeps its nexus from it. Unit attentions
 * of a reset come first and all others after it (SAM-5 5.3.3, status precedence), so it stands
 * before the filter that reports them.
 */
final class ReservationFilter implements LogicalUnit {

  private final LogicalUnit next;
  private final Reservations reservations;
  private final UnitAttentions attentions;

  ReservationFilter(LogicalUnit next, Reservations reservations, UnitAttentions attentions) {
    this.next = next;
    this.reservations = reservations;
    this.attentions = attentions;
  }

  @Override
  public CommandTable commands() {
    return next.commands();
  }

  @Override
  public boolean descriptorSense() {
    return next.descriptorSense();
  }

  @Override
  public void execute(CommandTask task) {
    if (reservations.conflicts(task) && !attentions.isResetPending(task.nexus())) {
      task.complete(new Outcome.ReservationConflict());
    } else {
      next.execute(task);
    }
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    switch (signal) {
      case UnitSignal.NexusLost(Nexus nexus) -> reservations.end(nexus);
      case UnitSignal.NexusReset(Nexus nexus) -> reservations.end(nexus);
      case UnitSignal.Reset _ -> reservations.reset();
      case UnitSignal.PowerOn _ -> reservations.powerOn();
      case UnitSignal.NexusEstablished _,
          UnitSignal.QueryAsynchronousEvent _,
          UnitSignal.InventoryReported _,
          UnitSignal.Changed _,
          UnitSignal.Removed _,
          UnitSignal.OfTasks _ -> {}
    }
    return next.signal(signal);
  }
}

package org.untorn.core;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Ends a command with its nexus's pending unit attention instead of carrying it out, unless the
 * command is one of those that are carried out all the same: INQUIRY, REPORT LUNS and REQUEST SENSE
 * (SAM-5 5.14). It also turns what happens to the unit into conditions.
 */
final class UnitAttentionFilter implements LogicalUnit {

  private final LogicalUnit next;
  private final UnitAttentions attentions;
  private final Supplier<TaskRules> rules;

  UnitAttentionFilter(LogicalUnit next, UnitAttentions attentions, Supplier<TaskRules> rules) {
    this.next = next;
    this.attentions = attentions;
    this.rules = rules;
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
    if (!task.command().is(Command.Trait.SKIPS_UNIT_ATTENTION)
        && attentions.isPending(task.nexus())) {
      Optional<AdditionalSense> condition =
          rules.get().keepsAttentions()
              ? attentions.pending(task.nexus()).stream().findFirst()
              : attentions.take(task.nexus());
      if (condition.isPresent()) {
        if (condition.get().equals(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED)
            && !rules.get().keepsAttentions()) {
          task.inventory().reported(task.nexus());
        }
        task.refuse(SenseData.unitAttention(condition.get()));
        return;
      }
    }
    next.execute(task);
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    switch (signal) {
      case UnitSignal.NexusEstablished(Nexus nexus) -> attentions.established(nexus);
      case UnitSignal.NexusLost(Nexus nexus) -> attentions.lost(nexus);
      case UnitSignal.NexusReset(Nexus nexus) -> attentions.nexusLoss(nexus);
      case UnitSignal.Reset(boolean hard, Optional<Nexus> _) ->
          attentions.reset(
              hard
                  ? AdditionalSense.SCSI_BUS_RESET_OCCURRED
                  : AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
      case UnitSignal.PowerOn _ -> attentions.powerOn();
      case UnitSignal.Changed(AdditionalSense condition) -> attentions.raise(condition);
      case UnitSignal.InventoryReported(Nexus nexus) ->
          attentions.withdraw(nexus, AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
      case UnitSignal.QueryAsynchronousEvent(Nexus nexus, var pending) ->
          pending.accept(attentions.pending(nexus));
      case UnitSignal.OfTasks _, UnitSignal.Removed _ -> {}
    }
    return next.signal(signal);
  }
}

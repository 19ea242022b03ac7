package org.untorn.core;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Ends a command with its nexus's pending unit attention instead of carrying it out, unless the
 * command is one of those that are carried out all the same: INQUIRY, REPORT LUNS and REQUEST SENSE
 * (SAM-5 5.14). It also turns what happens to the unit into conditions.
 */
final class UnitAttentionFilter implements LogicalUnit {

  private final LogicalUnit next;
  private final UnitAttentions attentions;

  UnitAttentionFilter(LogicalUnit next, UnitAttentions attentions) {
    this.next = next;
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
    if (!task.command().is(Command.Trait.SKIPS_UNIT_ATTENTION)) {
      Optional<AdditionalSense> condition = attentions.take(task.nexus());
      if (condition.isPresent()) {
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
      case UnitSignal.Reset(boolean hard) ->
          attentions.reset(
              hard
                  ? AdditionalSense.SCSI_BUS_RESET_OCCURRED
                  : AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
      case UnitSignal.PowerOn _ -> attentions.powerOn();
      case UnitSignal.Changed(AdditionalSense condition) -> attentions.raise(condition);
      case UnitSignal.AbortTask _,
          UnitSignal.AbortTaskSet _,
          UnitSignal.ClearTaskSet _,
          UnitSignal.Preempted _ -> {}
    }
    return next.signal(signal);
  }
}

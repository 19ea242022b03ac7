package org.untorn.core;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Ends a command in NOT READY that comes through a target port whose group is in standby,
 * unavailable, or between two states, unless the command is one of those that are carried out all
 * the same (SPC-5 5.16.2). A pending unit attention is told before (SAM-5 5.3.3).
 */
final class AccessStateFilter implements LogicalUnit {

  private final LogicalUnit next;
  private final TargetPortGroups groups;

  AccessStateFilter(LogicalUnit next, TargetPortGroups groups) {
    this.next = next;
    this.groups = groups;
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
    AccessState state = groups.through(task.nexus());
    Optional<SenseData> why =
        state.admits(task.command().reach()) ? Optional.empty() : state.notReady();
    if (why.isPresent()) {
      task.refuse(why.get());
    } else {
      next.execute(task);
    }
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    return next.signal(signal);
  }
}

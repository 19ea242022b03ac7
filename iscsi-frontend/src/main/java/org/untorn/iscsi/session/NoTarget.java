package org.untorn.iscsi.session;

import java.util.SortedMap;
import java.util.function.Consumer;
import org.untorn.core.Nexus;
import org.untorn.core.Outcome;
import org.untorn.core.Task;
import org.untorn.core.TaskManagement;

/** What a discovery session drives: no device, and nobody asks it for anything. */
enum NoTarget implements ScsiTarget {
  INSTANCE;

  @Override
  public void nexusEstablished(Nexus nexus) {}

  @Override
  public void nexusLost(Nexus nexus) {}

  @Override
  public void execute(Task task) {
    task.complete(new Outcome.Busy());
  }

  @Override
  public void manage(TaskManagement function, Consumer<TaskManagement.Response> then) {
    then.accept(TaskManagement.Response.FUNCTION_REJECTED);
  }

  @Override
  public ScsiTarget showing(SortedMap<Integer, Integer> luns) {
    return this;
  }
}

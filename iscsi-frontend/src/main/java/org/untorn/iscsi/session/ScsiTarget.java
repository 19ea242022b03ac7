package org.untorn.iscsi.session;

import java.util.SortedMap;
import java.util.function.Consumer;
import org.untorn.core.Nexus;
import org.untorn.core.TargetDevice;
import org.untorn.core.Task;
import org.untorn.core.TaskManagement;

/** What a session drives: a {@link TargetDevice}, or something in front of one. */
public interface ScsiTarget {

  void nexusEstablished(Nexus nexus);

  void nexusLost(Nexus nexus);

  void execute(Task task);

  void manage(TaskManagement function, Consumer<TaskManagement.Response> then);

  /**
   * The same for an initiator that may use some of its units.
   *
   * @param luns the numbers that units have here, by the numbers that they are seen under
   */
  ScsiTarget showing(SortedMap<Integer, Integer> luns);

  /** A device as it is. */
  static ScsiTarget of(TargetDevice device) {
    return new ScsiTarget() {
      @Override
      public void nexusEstablished(Nexus nexus) {
        device.nexusEstablished(nexus);
      }

      @Override
      public void nexusLost(Nexus nexus) {
        device.nexusLost(nexus);
      }

      @Override
      public void execute(Task task) {
        device.execute(task);
      }

      @Override
      public void manage(TaskManagement function, Consumer<TaskManagement.Response> then) {
        device.manage(function, then);
      }

      @Override
      public ScsiTarget showing(SortedMap<Integer, Integer> luns) {
        return ScsiTarget.of(device.showing(luns));
      }
    };
  }
}

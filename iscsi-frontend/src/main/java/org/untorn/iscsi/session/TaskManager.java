package org.untorn.iscsi.session;

import static org.untorn.iscsi.pdu.TaskManagementResponse.FUNCTION_COMPLETE;
import static org.untorn.iscsi.pdu.TaskManagementResponse.FUNCTION_NOT_SUPPORTED;
import static org.untorn.iscsi.pdu.TaskManagementResponse.FUNCTION_REJECTED;
import static org.untorn.iscsi.pdu.TaskManagementResponse.FUNCTION_SUCCEEDED;
import static org.untorn.iscsi.pdu.TaskManagementResponse.LUN_DOES_NOT_EXIST;
import static org.untorn.iscsi.pdu.TaskManagementResponse.TASK_ALLEGIANCE_REASSIGNMENT_NOT_SUPPORTED;
import static org.untorn.iscsi.pdu.TaskManagementResponse.TASK_DOES_NOT_EXIST;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.untorn.core.Nexus;
import org.untorn.core.TaskManagement;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;

/**
 * The task management functions of a session (RFC 7143 4.2.3, 11.5, 11.6; RFC 7144).
 *
 * <p>A function first takes back what has not reached the device: commands that wait for the
 * outbound side. Then the device carries it out; then what still lives of the tasks that were there
 * before it is dropped, so that no status follows, and the response is sent. The response does not
 * wait for data that open R2Ts asked for: widespread initiators stop sending it as soon as they ask
 * for an abort. Owned by the session's event loop.
 */
final class TaskManager {

  /** The iSCSIProtocolLevel from which on there are queries (RFC 7144). */
  private static final int WITH_QUERIES = 2;

  private final Session session;
  private final ScsiTarget target;
  private final Node node;

  TaskManager(Session session, ScsiTarget target, Node node) {
    this.session = session;
    this.target = target;
    this.node = node;
  }

  void manage(TaskManagementRequest pdu) {
    Nexus nexus = session.nexus();
    long lun = pdu.lun();
    switch (pdu.function()) {
      case 1 -> abortTask(pdu);
      case 2 -> carryOut(pdu, new TaskManagement.AbortTaskSet(nexus, lun), inUnit(lun));
      case 3 -> carryOut(pdu, new TaskManagement.ClearAca(nexus, lun), _ -> false);
      case 4 -> carryOut(pdu, new TaskManagement.ClearTaskSet(nexus, lun), inUnit(lun));
      case 5 -> carryOut(pdu, new TaskManagement.LogicalUnitReset(nexus, lun), inUnit(lun));
      case 6 -> carryOut(pdu, new TaskManagement.TargetReset(nexus, false), _ -> true);
      case 7 -> carryOut(pdu, new TaskManagement.TargetReset(nexus, true), _ -> true);
      case 8 -> respond(pdu, TASK_ALLEGIANCE_REASSIGNMENT_NOT_SUPPORTED);
      default -> later(pdu);
    }
  }

  /** What RFC 7144 adds; only where both sides said that they know it. */
  private void later(TaskManagementRequest pdu) {
    Nexus nexus = session.nexus();
    long lun = pdu.lun();
    switch (session.parameters().protocolLevel() < WITH_QUERIES ? 0 : pdu.function()) {
      case 9 -> {
        long tag = Integer.toUnsignedLong(pdu.referencedTaskTag());
        carryOut(pdu, new TaskManagement.QueryTask(nexus, lun, tag), _ -> false);
      }
      case 10 -> carryOut(pdu, new TaskManagement.QueryTaskSet(nexus, lun), _ -> false);
      case 11 -> carryOut(pdu, new TaskManagement.NexusReset(nexus), _ -> true);
      case 12 -> carryOut(pdu, new TaskManagement.QueryAsynchronousEvent(nexus, lun), _ -> false);
      default -> respond(pdu, FUNCTION_NOT_SUPPORTED);
    }
  }

  private static Predicate<ScsiCommand> inUnit(long lun) {
    return command -> command.lun() == lun;
  }

  /** Aborts one task; where there is none, RefCmdSN tells whether it never arrived (11.6.1). */
  private void abortTask(TaskManagementRequest pdu) {
    int tag = pdu.referencedTaskTag();
    Optional<ScsiTask> task = session.task(tag).filter(t -> t.isStarted() && t.lun() == pdu.lun());
    if (task.isPresent()) {
      carryOut(
          pdu,
          new TaskManagement.AbortTask(session.nexus(), pdu.lun(), task.get().tag()),
          command -> command.initiatorTaskTag() == tag);
    } else if (takeBack(pdu, command -> command.initiatorTaskTag() == tag)
        || session.window().skip(pdu.refCmdSN(), pdu.cmdSN())) {
      respond(pdu, FUNCTION_COMPLETE);
      session.resume();
    } else {
      respond(pdu, TASK_DOES_NOT_EXIST);
    }
  }

  /** Takes commands back that were sent before the function and have not been delivered. */
  private boolean takeBack(TaskManagementRequest pdu, Predicate<ScsiCommand> which) {
    return session.takeBack(
        request ->
            request instanceof ScsiCommand command
                && command.cmdSN() - pdu.cmdSN() < 0
                && which.test(command));
  }

  private void carryOut(
      TaskManagementRequest pdu, TaskManagement function, Predicate<ScsiCommand> affected) {
    takeBack(pdu, affected);
    List<ScsiTask> tasks = session.started(affected);
    target.manage(
        function, response -> session.run(() -> done(pdu, function, tasks, response), () -> {}));
  }

  private void done(
      TaskManagementRequest pdu,
      TaskManagement function,
      List<ScsiTask> affected,
      TaskManagement.Response response) {
    if (response.service() == TaskManagement.Service.FUNCTION_COMPLETE) {
      affected.forEach(ScsiTask::drop);
    }
    respond(
        pdu,
        switch (response.service()) {
          case FUNCTION_COMPLETE -> FUNCTION_COMPLETE;
          case FUNCTION_SUCCEEDED -> FUNCTION_SUCCEEDED;
          case FUNCTION_REJECTED -> FUNCTION_REJECTED;
          case INCORRECT_LOGICAL_UNIT_NUMBER -> LUN_DOES_NOT_EXIST;
        },
        response.additional());
    if (function instanceof TaskManagement.TargetReset(Nexus _, boolean cold) && cold) {
      node.dropAll(session.login().targetName());
    }
    session.resume();
  }

  private void respond(TaskManagementRequest pdu, int response) {
    respond(pdu, response, 0);
  }

  private void respond(TaskManagementRequest pdu, int response, int additional) {
    session
        .link()
        .send(
            new TaskManagementResponse(
                response, additional, pdu.initiatorTaskTag(), session.nextNumbers()));
  }
}

package org.untorn.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.untorn.core.Nexus;
import org.untorn.core.Outcome;
import org.untorn.core.TaskManagement;
import org.untorn.iscsi.login.LoginResult;
import org.untorn.iscsi.login.SessionParameters;
import org.untorn.iscsi.pdu.BadPdu;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.Request;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.SnackRequest;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.TargetPdu.Numbers;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TextRequest;

/**
 * A session in the full feature phase, with its one connection (RFC 7143 4.2.5). Error recovery
 * level 0: what fails beyond a task ends the session.
 *
 * <pre>
 *  PDU ─► broken? ─► legal? ─► immediate ───────────────────► deliver ─► task, ping, text, ...
 *         Reject     Reject       └─► CommandWindow, in order ──┘  (SCSI commands wait here while
 *                                                                   the outbound side is full)
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>StatSN counts the PDUs that carry a status or answer a request; others carry the next one.
 *   <li>A task is in {@code tasks} from its arrival until it is answered or terminated; so data
 *       that comes while its command waits finds it.
 *   <li>After {@link #end} the nexus is lost, and no task holds a buffer.
 * </ol>
 *
 * What belongs to the session (window, tasks, nexus) and what to the connection (link, StatSN)
 * would part where several connections share a session. Owned by the connection's event loop.
 */
final class Session {

  /** How many immediate commands are taken beyond what the window allows. */
  private static final int MAX_IMMEDIATE = 8;

  private final LoginResult login;
  private final ScsiTarget target;
  private final Nexus nexus;
  private final Link link;
  private final CommandWindow window;
  private final DataBudget.Account budget;
  private final IntObjectMap<ScsiTask> tasks = new IntObjectHashMap<>();
  private final Responder responder;
  private final TaskManager taskManager;
  private final TextExchange text;
  private final SessionCounters counters;
  private int statSN;
  private int transferTag;
  private boolean delivering;
  private boolean ended;

  Session(
      LoginResult login,
      ScsiTarget target,
      Nexus nexus,
      Link link,
      Node node,
      DataBudget budget,
      int commandWindow,
      SessionCounters counters) {
    this.login = login;
    this.target = target;
    this.nexus = nexus;
    this.link = link;
    this.window = new CommandWindow(login.nextCmdSN(), commandWindow);
    this.budget = budget.open(link);
    this.statSN = login.nextStatSN();
    this.responder = new Responder(this, login.parameters());
    this.taskManager = new TaskManager(this, target, node);
    this.text = new TextExchange(this, node, login);
    this.counters = counters;
    if (!login.isDiscovery()) {
      target.nexusEstablished(nexus);
    }
  }

  LoginResult login() {
    return login;
  }

  SessionParameters parameters() {
    return login.parameters();
  }

  Nexus nexus() {
    return nexus;
  }

  Link link() {
    return link;
  }

  DataBudget.Account budget() {
    return budget;
  }

  Responder responder() {
    return responder;
  }

  CommandWindow window() {
    return window;
  }

  /** The numbers of a PDU without a StatSN of its own. */
  Numbers numbers() {
    return new Numbers(statSN, window.expCmdSN(), window.maxCmdSN());
  }

  /** The numbers of a PDU that takes a StatSN. */
  Numbers nextNumbers() {
    Numbers numbers = numbers();
    statSN++;
    return numbers;
  }

  /** A target transfer tag that is not in use. */
  int nextTransferTag() {
    transferTag++;
    if (transferTag == Pdu.RESERVED_TAG) {
      transferTag++;
    }
    return transferTag;
  }

  /**
   * Runs an action on the event loop, now if it is the caller's; or {@code otherwise} if it ended.
   */
  void run(Runnable action, Runnable otherwise) {
    if (link.inEventLoop()) {
      action.run();
    } else if (!link.execute(action)) {
      otherwise.run();
    }
  }

  /** Takes what the decoder delivers; its buffers are the session's now. */
  void receive(Received received) {
    if (ended) {
      received.release();
      return;
    }
    switch (received) {
      case BadPdu bad -> reject(bad);
      case DataOut data -> dataOut(data);
      case SnackRequest snack -> reject(snack, Reject.Reason.SNACK_REJECT);
      case Request request -> request(request);
      case TargetPdu pdu -> reject(pdu, Reject.Reason.COMMAND_NOT_SUPPORTED);
    }
  }

  private void reject(BadPdu bad) {
    Reject.Reason reason =
        switch (bad.fault()) {
          case DATA_DIGEST -> Reject.Reason.DATA_DIGEST_ERROR;
          case UNKNOWN_OPCODE -> Reject.Reason.COMMAND_NOT_SUPPORTED;
          case DATA_SEGMENT_TOO_LONG, ILLEGAL_FIELD -> Reject.Reason.INVALID_PDU_FIELD;
          case HEADER_DIGEST -> Reject.Reason.PROTOCOL_ERROR;
        };
    if (bad.fault() == BadPdu.Fault.HEADER_DIGEST) {
      bad.release();
      link.close();
    } else if (bad.fault().endsConnection()) {
      link.sendAndClose(new Reject(reason, nextNumbers(), 0, bad.header()));
    } else {
      Optional<DataOut> lost = bad.asDataOut();
      link.send(new Reject(reason, nextNumbers(), 0, bad.header()));
      lost.flatMap(header -> Optional.ofNullable(tasks.get(header.initiatorTaskTag())))
          .ifPresent(task -> task.lost(lost.orElseThrow()));
    }
  }

  /** Answers a PDU with a Reject and releases it. */
  void reject(Pdu pdu, Reject.Reason reason) {
    ByteBuf header = BadPdu.headerOf(pdu);
    pdu.release();
    link.send(new Reject(reason, nextNumbers(), 0, header));
  }

  /**
   * Data for a task that is gone is discarded: it was on its way when the task was aborted, and an
   * initiator need not stop it.
   */
  private void dataOut(DataOut pdu) {
    counters.dataOut(pdu.data().readableBytes());
    ScsiTask task = tasks.get(pdu.initiatorTaskTag());
    if (task == null) {
      pdu.release();
    } else if (task.knows(pdu)) {
      task.dataOut(pdu);
    } else {
      reject(pdu, Reject.Reason.PROTOCOL_ERROR);
    }
  }

  /**
   * What is outside the window or comes twice is ignored, whatever else is wrong (4.2.2.1). A
   * rejected request does not count as received, so it is checked before it enters (7.3).
   */
  private void request(Request request) {
    if (!request.immediate() && !window.takes(request.cmdSN())) {
      request.release();
      return;
    }
    Optional<Reject.Reason> illegal = illegal(request);
    if (illegal.isPresent()) {
      reject(request, illegal.get());
      return;
    }
    if (request instanceof ScsiCommand command) {
      tasks.put(command.initiatorTaskTag(), new ScsiTask(this, command));
    }
    if (request.immediate()) {
      deliver(request);
    } else {
      window.add(request);
      resume();
    }
  }

  private Optional<Reject.Reason> illegal(Request request) {
    boolean discoverable = request instanceof TextRequest || request instanceof LogoutRequest;
    if (login.isDiscovery() && !discoverable) {
      return Optional.of(Reject.Reason.PROTOCOL_ERROR); // 4.3
    }
    return switch (request) {
      case LoginRequest _ -> Optional.of(Reject.Reason.PROTOCOL_ERROR);
      case ScsiCommand command -> illegal(command);
      case NopOut _, TaskManagementRequest _, TextRequest _, LogoutRequest _ -> Optional.empty();
    };
  }

  private Optional<Reject.Reason> illegal(ScsiCommand command) {
    if (!command.isConsistent()
        || command.attribute() > 4
        || command.initiatorTaskTag() == Pdu.RESERVED_TAG) {
      return Optional.of(Reject.Reason.INVALID_PDU_FIELD);
    }
    if (tasks.containsKey(command.initiatorTaskTag())) {
      return Optional.of(Reject.Reason.TASK_IN_PROGRESS);
    }
    boolean tooMany = !link.isWritable() || tasks.size() >= window.depth() + MAX_IMMEDIATE;
    return command.immediate() && tooMany
        ? Optional.of(Reject.Reason.TOO_MANY_IMMEDIATE_COMMANDS)
        : Optional.empty();
  }

  /** Delivers what is in order, as long as the outbound side has room for the answers. */
  void resume() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (!ended && link.isWritable()) {
      Optional<Request> next = window.poll();
      if (next.isEmpty()) {
        break;
      }
      deliver(next.get());
    }
    delivering = false;
  }

  private void deliver(Request request) {
    switch (request) {
      case ScsiCommand command -> start(command);
      case NopOut nop -> ping(nop);
      case TaskManagementRequest function -> taskManager.manage(function);
      case TextRequest pdu -> text.request(pdu);
      case LogoutRequest pdu -> logout(pdu);
      case LoginRequest pdu -> pdu.release(); // request() lets none through
    }
  }

  private void start(ScsiCommand command) {
    ScsiTask task = task(command.initiatorTaskTag()).orElseThrow();
    counters.command(task.cdb()[0] & 0xFF, task.immediateData());
    window.started();
    task.start(target);
  }

  /** Answers a ping with its data, as much as the initiator takes (11.18). */
  private void ping(NopOut nop) {
    if (nop.initiatorTaskTag() == Pdu.RESERVED_TAG) {
      nop.release();
      return;
    }
    ByteBuf data = nop.data();
    int length = Math.min(data.readableBytes(), responder.segmentLength());
    data.writerIndex(data.readerIndex() + length);
    link.send(new NopIn(nop.lun(), nop.initiatorTaskTag(), Pdu.RESERVED_TAG, nextNumbers(), data));
  }

  /** Asks the initiator whether it is there; a discovery session knows no ping (4.3). */
  void pingInitiator() {
    if (login.isDiscovery()) {
      return;
    }
    link.send(new NopIn(0, Pdu.RESERVED_TAG, nextTransferTag(), numbers(), Unpooled.EMPTY_BUFFER));
  }

  private void logout(LogoutRequest pdu) {
    int response =
        switch (pdu.reasonCode()) {
          case LogoutRequest.CLOSE_SESSION -> LogoutResponse.CLOSED;
          case LogoutRequest.CLOSE_CONNECTION ->
              pdu.cid() == login.cid() ? LogoutResponse.CLOSED : LogoutResponse.CID_NOT_FOUND;
          default -> LogoutResponse.RECOVERY_NOT_SUPPORTED;
        };
    if (response == LogoutResponse.CLOSED) {
      end();
      link.sendAndClose(new LogoutResponse(response, pdu.initiatorTaskTag(), nextNumbers(), 0, 0));
    } else {
      link.send(new LogoutResponse(response, pdu.initiatorTaskTag(), nextNumbers(), 0, 0));
    }
  }

  /** Sends a task's answer; the task has ended. */
  void respond(ScsiTask task, Outcome outcome) {
    counters.dataIn(responder.respond(task, outcome));
  }

  /** Makes the device forget a task whose transfer failed. */
  void abort(ScsiTask task, Runnable then) {
    target.manage(
        new TaskManagement.AbortTask(nexus, task.lun(), task.tag()), _ -> run(then, () -> {}));
  }

  /** A task was answered or terminated. */
  void ended(ScsiTask task) {
    tasks.remove(task.command().initiatorTaskTag());
    if (task.isStarted()) {
      window.ended();
    }
  }

  /** A live task, if there is one. */
  Optional<ScsiTask> task(int initiatorTaskTag) {
    return Optional.ofNullable(tasks.get(initiatorTaskTag));
  }

  /** The live tasks of commands that have left the window. */
  List<ScsiTask> started(Predicate<ScsiCommand> which) {
    return tasks.values().stream()
        .filter(task -> task.isStarted() && which.test(task.command()))
        .toList();
  }

  /** Takes requests back that have not been delivered; false if there are none. */
  boolean takeBack(Predicate<Request> which) {
    List<Request> taken = window.remove(which);
    for (Request request : taken) {
      if (request instanceof ScsiCommand command) {
        task(command.initiatorTaskTag()).ifPresent(ScsiTask::drop);
      } else {
        request.release();
      }
    }
    return !taken.isEmpty();
  }

  /** Ends the session: the nexus is lost, every task is terminated, every buffer released. */
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    takeBack(_ -> true);
    if (!login.isDiscovery()) {
      target.nexusLost(nexus);
    }
    List.copyOf(tasks.values()).forEach(ScsiTask::drop);
    text.discard();
  }
}

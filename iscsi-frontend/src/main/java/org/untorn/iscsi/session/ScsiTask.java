package org.untorn.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.untorn.core.Nexus;
import org.untorn.core.Outcome;
import org.untorn.core.Task;
import org.untorn.core.TaskAttribute;
import org.untorn.iscsi.pdu.AdditionalHeaderSegment;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.ScsiCommand;

/**
 * A SCSI command between its arrival and its response.
 *
 * <pre>
 *   waiting: in the command window; unsolicited data may come
 *      │ its turn
 *      ▼          receiveDataOut           all data there            complete
 *   started ─────────────────────► collecting ─────────► executing ─────────► ended
 *      │ no room, bad data             │ bad data                               ▲
 *      └──────────────┬────────────────┘                                        │
 *                     ▼             no data owed any more                       │
 *                  answered  ────────────────────────────────────────────────────┤
 *                                                                     terminate │
 *   any ───────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>It is answered at most once, and not before the initiator has sent all data that it owes
 *       (RFC 7143 7.8 asks for it after a digest error; here it holds always).
 *   <li>The bytes it may have to hold are reserved in the connection's budget while it may hold
 *       them: its unsolicited data from the start, the rest before the first R2T. While it waits it
 *       holds FirstBurstLength at most, and the command window bounds how many wait.
 *   <li>After the end it holds no buffer and no reservation.
 * </ol>
 *
 * {@code receiveDataOut}, {@code complete} and {@code terminate} may be called from any thread; the
 * rest, and all state, belongs to the session's event loop.
 */
final class ScsiTask implements Task {

  private static final int MIN_CDB = 16;

  private final Session session;
  private final ScsiCommand command;
  private final byte[] cdb;
  private final DataOutTransfer transfer;
  private final DataBudget.Reservation room;
  private final int immediateData;
  private long requested;
  private Consumer<ByteBuf> continuation = ScsiTask::nobody;
  private boolean started;
  private boolean collecting;
  private Optional<Outcome> answer = Optional.empty();
  private boolean failed;
  private boolean ended;

  ScsiTask(Session session, ScsiCommand command) {
    this.session = session;
    this.command = command;
    byte[] whole = command.wholeCdb();
    this.cdb = whole.length < MIN_CDB ? Arrays.copyOf(whole, MIN_CDB) : whole;
    this.immediateData = command.data().readableBytes();
    this.transfer = new DataOutTransfer(command, session.parameters(), session.link().allocator());
    this.room = session.budget().reservation();
  }

  private static void nobody(ByteBuf data) {
    data.release();
  }

  /** Hands the command to the device, unless something is wrong already. */
  void start(ScsiTarget target) {
    started = true;
    Optional<ProtocolSense> wrong = transfer.violation();
    if (wrong.isPresent()) {
      answer(wrong.get().outcome());
    } else if (!room.reserve(transfer.unsolicited())) {
      transfer.discard();
      answer(new Outcome.TaskSetFull());
    } else {
      target.execute(this);
    }
  }

  ScsiCommand command() {
    return command;
  }

  /** Whether it is out of the command window. */
  boolean isStarted() {
    return started;
  }

  /** How many bytes of Data-Out came with the command. */
  int immediateData() {
    return immediateData;
  }

  /** How many bytes of Data-Out the device asked for. */
  long requested() {
    return requested;
  }

  /** How many R2Ts were sent. */
  int r2tCount() {
    return transfer.r2tCount();
  }

  /** The bytes of Data-In that the initiator expects. */
  long expectedDataIn() {
    if (!command.read()) {
      return 0;
    }
    if (!command.write()) {
      return Integer.toUnsignedLong(command.expectedDataTransferLength());
    }
    for (AdditionalHeaderSegment segment : command.ahs()) {
      if (segment instanceof AdditionalHeaderSegment.BidirectionalReadLength(int length)) {
        return Integer.toUnsignedLong(length);
      }
    }
    return 0;
  }

  @Override
  public Nexus nexus() {
    return session.nexus();
  }

  @Override
  public long lun() {
    return command.lun();
  }

  @Override
  public long tag() {
    return Integer.toUnsignedLong(command.initiatorTaskTag());
  }

  @Override
  public TaskAttribute attribute() {
    return switch (command.attribute()) {
      case 2 -> TaskAttribute.ORDERED;
      case 3 -> TaskAttribute.HEAD_OF_QUEUE;
      case 4 -> TaskAttribute.ACA;
      default -> TaskAttribute.SIMPLE;
    };
  }

  @Override
  public byte[] cdb() {
    return cdb;
  }

  @Override
  public long dataOutBufferSize() {
    return transfer.offered();
  }

  @Override
  public void execute(Runnable action) {
    session.run(action, action);
  }

  @Override
  public ByteBufAllocator allocator() {
    return session.link().allocator();
  }

  @Override
  public void receiveDataOut(int length, Consumer<ByteBuf> then) {
    session.run(() -> collect(length, then), () -> {});
  }

  private void collect(int length, Consumer<ByteBuf> then) {
    if (ended || failed) {
      return;
    }
    requested = length;
    continuation = then;
    collecting = true;
    long wanted = Math.min(length, transfer.offered());
    transfer.want(wanted);
    room.await(wanted, this::proceed);
  }

  /** Asks for more data, or goes on with what is there. */
  private void proceed() {
    if (!transfer.isComplete()) {
      sendR2Ts();
      return;
    }
    collecting = false;
    Consumer<ByteBuf> then = continuation;
    continuation = ScsiTask::nobody;
    then.accept(transfer.take());
  }

  private void sendR2Ts() {
    int tag = session.nextTransferTag();
    Optional<DataOutTransfer.Ask> ask = transfer.ask(tag);
    while (ask.isPresent()) {
      session
          .link()
          .send(
              new R2T(
                  lun(),
                  command.initiatorTaskTag(),
                  tag,
                  session.numbers(),
                  ask.get().r2tSN(),
                  (int) ask.get().offset(),
                  ask.get().length()));
      tag = session.nextTransferTag();
      ask = transfer.ask(tag);
    }
  }

  /** Whether a Data-Out PDU answers something that this task asked for or may be sent. */
  boolean knows(DataOut pdu) {
    return transfer.knows(pdu);
  }

  /** Takes a Data-Out PDU that it knows. What is wrong with it is said after the start. */
  void dataOut(DataOut pdu) {
    Optional<ProtocolSense> wrong = transfer.accept(pdu);
    if (!started) {
      return;
    }
    if (wrong.isPresent()) {
      fail(wrong.get());
    } else if (answer.isPresent()) {
      answerIfNothingIsOwed();
    } else if (collecting && !failed && room.isServed()) {
      proceed();
    }
  }

  /** A Data-Out PDU of this task was lost to a digest error. */
  void lost(DataOut header) {
    transfer.accept(header);
    transfer.breakWith(ProtocolSense.PROTOCOL_SERVICE_CRC_ERROR);
    if (started) {
      fail(ProtocolSense.PROTOCOL_SERVICE_CRC_ERROR);
    }
  }

  /**
   * The transfer failed: the device forgets the task, and then it is answered. If the device has
   * answered already, that answer stands: its data was not needed.
   */
  private void fail(ProtocolSense why) {
    if (failed || answer.isPresent()) {
      answerIfNothingIsOwed();
      return;
    }
    failed = true;
    room.release();
    session.abort(this, () -> answer(why.outcome()));
  }

  @Override
  public void complete(Outcome outcome) {
    session.run(() -> completed(outcome), () -> Outcome.discard(outcome));
  }

  private void completed(Outcome outcome) {
    if (ended || failed || answer.isPresent()) {
      Outcome.discard(outcome);
    } else {
      answer(outcome);
    }
  }

  private void answer(Outcome outcome) {
    if (ended) {
      Outcome.discard(outcome);
      return;
    }
    answer = Optional.of(outcome);
    answerIfNothingIsOwed();
  }

  private void answerIfNothingIsOwed() {
    if (answer.isPresent() && !ended && !transfer.isOwed()) {
      Outcome outcome = answer.get();
      answer = Optional.empty();
      end();
      session.respond(this, outcome);
    }
  }

  @Override
  public void terminate() {
    session.run(this::terminated, () -> {});
  }

  /** Ends without an answer, unless it failed: then the answer is on its way. */
  private void terminated() {
    if (!failed) {
      drop();
    }
  }

  /** Ends without an answer. */
  void drop() {
    if (!ended) {
      answer.ifPresent(Outcome::discard);
      answer = Optional.empty();
      end();
    }
  }

  private void end() {
    ended = true;
    collecting = false;
    continuation = ScsiTask::nobody;
    transfer.discard();
    room.release();
    session.ended(this);
  }
}

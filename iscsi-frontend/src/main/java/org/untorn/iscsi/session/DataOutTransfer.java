package org.untorn.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import org.untorn.iscsi.login.SessionParameters;
import org.untorn.iscsi.pdu.ByteCollector;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.ScsiCommand;

/**
 * The Data-Out of one command: immediate data, then unsolicited Data-Out PDUs, then what R2Ts ask
 * for (RFC 7143 4.2.5.2, 11.7, 11.8).
 *
 * <pre>
 *   0            immediate           FirstBurstLength                      wanted     offered
 *   ├── immediate data ──┼── unsolicited ──┼── R2T ──┼── R2T ──┼── R2T ──────┤ - - - - - ┤
 *                                          │◄ MaxBurstLength ►│
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>DataPDUInOrder and DataSequenceInOrder are Yes, so each byte's offset is the number of
 *       bytes that came before it.
 *   <li>At most MaxOutstandingR2T bursts are open; they are filled in the order of their R2Ts.
 *   <li>After a violation nothing more is kept, but sequences still end with their F bit, so that
 *       it is known when the initiator has sent all that it owes.
 * </ol>
 *
 * Owned by the session's event loop.
 */
final class DataOutTransfer {

  /** What an R2T asked for. */
  private static final class Burst {
    private final int targetTransferTag;
    private final long end;
    private int nextDataSN;

    Burst(int targetTransferTag, long end) {
      this.targetTransferTag = targetTransferTag;
      this.end = end;
    }
  }

  /** A part of the data to ask for. */
  record Ask(long offset, int length, int r2tSN) {}

  private final SessionParameters parameters;
  private final ByteBufAllocator allocator;
  private final long offered;
  private final ByteCollector collector = new ByteCollector();
  private final Deque<Burst> bursts = new ArrayDeque<>(1);
  private ByteBuf first = Unpooled.EMPTY_BUFFER;
  private boolean unsolicitedOpen;
  private int unsolicitedSN;
  private long received;
  private long wanted;
  private long asked;
  private int r2tSN;
  private boolean broken;
  private Optional<ProtocolSense> violation = Optional.empty();

  /** Begins with a command; its immediate data is this object's now. */
  DataOutTransfer(ScsiCommand command, SessionParameters parameters, ByteBufAllocator allocator) {
    this.parameters = parameters;
    this.allocator = allocator;
    this.offered =
        command.write() ? Integer.toUnsignedLong(command.expectedDataTransferLength()) : 0;
    this.unsolicitedOpen = command.write() && !command.isFinal();
    this.first = command.data();
    this.received = first.readableBytes();
    Optional<ProtocolSense> wrong = checkCommand();
    if (wrong.isPresent()) {
      breakWith(wrong.get());
    }
  }

  private Optional<ProtocolSense> checkCommand() {
    boolean unexpected =
        (received > 0 && (!parameters.immediateData() || offered == 0))
            || (unsolicitedOpen && parameters.initialR2T());
    if (unexpected) {
      return Optional.of(ProtocolSense.UNEXPECTED_UNSOLICITED_DATA);
    }
    return received > unsolicitedLimit()
        ? Optional.of(ProtocolSense.INCORRECT_AMOUNT_OF_DATA)
        : Optional.empty();
  }

  /** What was wrong first, with the command or its data, if anything. */
  Optional<ProtocolSense> violation() {
    return violation;
  }

  /** The size of the initiator's buffer in bytes. */
  long offered() {
    return offered;
  }

  /** The bytes that may come without being asked for; more is a violation. */
  long unsolicitedLimit() {
    return Math.min(offered, parameters.firstBurstLength());
  }

  /** The bytes that come without being asked for, at most. */
  long unsolicited() {
    return unsolicitedOpen ? unsolicitedLimit() : received;
  }

  /** Says how many bytes are needed; at most what is offered. */
  void want(long length) {
    this.wanted = length;
    this.asked = received;
  }

  /** Whether the initiator still owes data, be it needed or not. */
  boolean isOwed() {
    return unsolicitedOpen || !bursts.isEmpty();
  }

  /** Whether all that is needed is there. */
  boolean isComplete() {
    return !isOwed() && received >= wanted;
  }

  /** The next part to ask for, if one may be asked for now. */
  Optional<Ask> ask(int targetTransferTag) {
    if (broken || unsolicitedOpen || bursts.size() >= parameters.maxOutstandingR2T()) {
      return Optional.empty();
    }
    asked = Math.max(asked, received);
    int length = (int) Math.min(parameters.maxBurstLength(), wanted - asked);
    if (length <= 0) {
      return Optional.empty();
    }
    Ask ask = new Ask(asked, length, r2tSN++);
    asked += length;
    bursts.add(new Burst(targetTransferTag, asked));
    return Optional.of(ask);
  }

  /** How many R2Ts there were. */
  int r2tCount() {
    return r2tSN;
  }

  /** Whether a Data-Out PDU belongs here at all. */
  boolean knows(DataOut pdu) {
    return pdu.targetTransferTag() == Pdu.RESERVED_TAG || find(pdu).isPresent();
  }

  private Optional<Burst> find(DataOut pdu) {
    for (Burst burst : bursts) {
      if (burst.targetTransferTag == pdu.targetTransferTag()) {
        return Optional.of(burst);
      }
    }
    return Optional.empty();
  }

  /** Takes a PDU and its data; says what is wrong with it, if anything. */
  Optional<ProtocolSense> accept(DataOut pdu) {
    Optional<ProtocolSense> wrong =
        pdu.targetTransferTag() == Pdu.RESERVED_TAG ? unsolicited(pdu) : solicited(pdu);
    if (wrong.isPresent() || broken) {
      pdu.release();
      return broken ? Optional.empty() : breakWith(wrong.orElseThrow());
    }
    received += pdu.data().readableBytes();
    keep(pdu.data());
    return Optional.empty();
  }

  private Optional<ProtocolSense> unsolicited(DataOut pdu) {
    if (!unsolicitedOpen) {
      return Optional.of(ProtocolSense.UNEXPECTED_UNSOLICITED_DATA);
    }
    unsolicitedOpen = !pdu.isFinal();
    return check(pdu, unsolicitedSN++, unsolicitedLimit());
  }

  private Optional<ProtocolSense> solicited(DataOut pdu) {
    Burst burst = find(pdu).orElseThrow();
    boolean inTurn = burst == bursts.element();
    Optional<ProtocolSense> wrong = check(pdu, burst.nextDataSN++, burst.end);
    if (pdu.isFinal()) {
      remove(burst);
      boolean full = received + pdu.data().readableBytes() == burst.end;
      return wrong.isPresent() || (inTurn && full)
          ? wrong
          : Optional.of(ProtocolSense.INCORRECT_AMOUNT_OF_DATA);
    }
    return wrong;
  }

  private void remove(Burst burst) {
    Iterator<Burst> all = bursts.iterator();
    while (all.hasNext()) {
      if (all.next() == burst) {
        all.remove();
        return;
      }
    }
  }

  /** A gap in DataSN means that a PDU was lost, which is what a digest error means too (7.9). */
  private Optional<ProtocolSense> check(DataOut pdu, int dataSN, long end) {
    if (pdu.dataSN() != dataSN) {
      return Optional.of(ProtocolSense.PROTOCOL_SERVICE_CRC_ERROR);
    }
    long offset = Integer.toUnsignedLong(pdu.bufferOffset());
    return offset == received && offset + pdu.data().readableBytes() <= end
        ? Optional.empty()
        : Optional.of(ProtocolSense.INCORRECT_AMOUNT_OF_DATA);
  }

  private void keep(ByteBuf piece) {
    if (collector.missing() == 0) {
      collector.open((int) Math.min(Integer.MAX_VALUE, offered));
      collector.add(first, allocator);
      first = Unpooled.EMPTY_BUFFER;
    }
    collector.add(piece, allocator);
  }

  /** Gives up: what came is released, and what comes is not kept. */
  Optional<ProtocolSense> breakWith(ProtocolSense why) {
    discard();
    violation = violation.or(() -> Optional.of(why));
    return Optional.of(why);
  }

  /** Releases what came, and keeps nothing more. */
  void discard() {
    broken = true;
    first.release();
    first = Unpooled.EMPTY_BUFFER;
    collector.discard();
  }

  /** Hands over the bytes that are needed. */
  ByteBuf take() {
    ByteBuf all = first;
    if (!all.isReadable()) {
      all = collector.take(allocator);
    }
    first = Unpooled.EMPTY_BUFFER;
    if (all.readableBytes() > wanted) {
      all.writerIndex(all.readerIndex() + (int) wanted);
    }
    return all;
  }
}

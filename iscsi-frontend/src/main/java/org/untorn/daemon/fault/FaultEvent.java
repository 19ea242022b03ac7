package org.untorn.daemon.fault;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.untorn.core.CommandCode;
import org.untorn.iscsi.fault.Passing;
import org.untorn.iscsi.login.TextPairs;

/**
 * Something that passes a seam, and may go wrong there. What a seam does not know is empty.
 *
 * @param operation a name as rules have it; of a command, and of a PDU that belongs to one, {@code
 *     code} says more
 * @param purpose of an I/O of the medium
 * @param lba the first block; {@code blocks} how many
 * @param pdu what passes the wire
 */
record FaultEvent(
    Seam seam,
    String target,
    OptionalInt lun,
    String initiator,
    String operation,
    Optional<CommandCode> code,
    String purpose,
    OptionalLong lba,
    long blocks,
    Optional<Passing> pdu) {

  /** Where things pass. */
  enum Seam {
    COMMAND,
    BLOCK,
    MEDIUM,
    WIRE;

    /** Whether a rule for what passes here can have a key. */
    boolean knows(String key) {
      return switch (key) {
        case "nth", "next", "every", "chance", "state", "then" -> true;
        case "lun", "target" -> this != MEDIUM;
        case "lba" -> this == COMMAND || this == BLOCK;
        case "initiator" -> this == COMMAND || this == WIRE;
        case "op" -> true;
        case "purpose" -> this == MEDIUM;
        default -> this == WIRE;
      };
    }
  }

  /** One of a logical unit. */
  static FaultEvent of(
      Seam seam, String target, int lun, String operation, OptionalLong lba, long blocks) {
    return new FaultEvent(
        seam,
        target,
        OptionalInt.of(lun),
        "",
        operation,
        Optional.empty(),
        "",
        lba,
        blocks,
        Optional.empty());
  }

  /** One of the medium. */
  static FaultEvent ofMedium(String io, String purpose) {
    return new FaultEvent(
        Seam.MEDIUM,
        "",
        OptionalInt.empty(),
        "",
        io,
        Optional.empty(),
        purpose,
        OptionalLong.empty(),
        0,
        Optional.empty());
  }

  /** A PDU. */
  static FaultEvent ofPdu(Passing pdu) {
    return new FaultEvent(
        Seam.WIRE,
        pdu.target(),
        pdu.lun(),
        pdu.initiator(),
        pdu.function().isPresent() ? FaultRule.function(pdu.function().getAsInt()) : "",
        pdu.code(),
        "",
        OptionalLong.empty(),
        0,
        Optional.of(pdu));
  }

  /** The same, with what only a command has. */
  FaultEvent withCommand(String from, CommandCode command) {
    return new FaultEvent(
        seam, target, lun, from, operation, Optional.of(command), purpose, lba, blocks, pdu);
  }

  /** One line for the journal; names are as a peer sent them, and shown so that they do no harm. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(pdu.map(Passing::kind).orElse(operation));
    if (pdu.isPresent()) {
      text.append(operation.isEmpty() ? "" : " op=" + operation);
      code.ifPresent(command -> text.append(" op=").append(command));
    }
    lba.ifPresent(first -> text.append(" lba=").append(first).append('+').append(blocks));
    lun.ifPresent(number -> text.append(" lun=").append(number));
    text.append(target.isEmpty() ? "" : " target=" + TextPairs.printable(target));
    text.append(initiator.isEmpty() ? "" : " initiator=" + TextPairs.printable(initiator));
    text.append(purpose.isEmpty() ? "" : " purpose=" + purpose);
    return text.toString();
  }
}

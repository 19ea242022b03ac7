package org.untorn.daemon.fault;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Something that passes a seam, and may go wrong there. What a seam does not know is empty.
 *
 * @param operation a name as rules have it; of a command {@code opcode} says more
 * @param purpose of an I/O of the medium
 * @param lba the first block; {@code blocks} how many
 */
record FaultEvent(
    Seam seam,
    String target,
    OptionalInt lun,
    String initiator,
    String operation,
    OptionalInt opcode,
    String purpose,
    OptionalLong lba,
    long blocks) {

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
        case "lun", "target", "lba" -> this == COMMAND || this == BLOCK;
        case "initiator" -> this == COMMAND;
        case "op" -> this != WIRE;
        case "purpose" -> this == MEDIUM;
        default -> this == WIRE;
      };
    }
  }

  /** One of a logical unit. */
  static FaultEvent of(
      Seam seam, String target, int lun, String operation, OptionalLong lba, long blocks) {
    return new FaultEvent(
        seam, target, OptionalInt.of(lun), "", operation, OptionalInt.empty(), "", lba, blocks);
  }

  /** One of the medium. */
  static FaultEvent ofMedium(String io, String purpose) {
    return new FaultEvent(
        Seam.MEDIUM,
        "",
        OptionalInt.empty(),
        "",
        io,
        OptionalInt.empty(),
        purpose,
        OptionalLong.empty(),
        0);
  }

  /** A PDU of a kind. */
  static FaultEvent ofPdu(String kind) {
    return new FaultEvent(
        Seam.WIRE,
        "",
        OptionalInt.empty(),
        "",
        kind,
        OptionalInt.empty(),
        "",
        OptionalLong.empty(),
        0);
  }

  /** The same, with what only a command has. */
  FaultEvent withCommand(String from, int operationCode) {
    return new FaultEvent(
        seam, target, lun, from, operation, OptionalInt.of(operationCode), purpose, lba, blocks);
  }

  /** One line for the journal. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(operation);
    lba.ifPresent(first -> text.append(" lba=").append(first).append('+').append(blocks));
    lun.ifPresent(number -> text.append(" lun=").append(number));
    text.append(target.isEmpty() ? "" : " target=" + target);
    text.append(initiator.isEmpty() ? "" : " initiator=" + initiator);
    text.append(purpose.isEmpty() ? "" : " purpose=" + purpose);
    return text.toString();
  }
}

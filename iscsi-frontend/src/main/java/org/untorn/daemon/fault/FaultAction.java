package org.untorn.daemon.fault;

import java.util.OptionalLong;
import org.untorn.core.fault.CommandFault;
import org.untorn.iscsi.fault.WireFault;

/** What a rule does: at which seam, and what. */
sealed interface FaultAction {

  /** At the command seam. */
  record OnCommand(CommandFault fault) implements FaultAction {}

  /**
   * The power is cut now, which needs {@code --power}.
   *
   * @param seam at a command, or at a PDU
   */
  record CutPower(FaultEvent.Seam seam) implements FaultAction {}

  /**
   * At the block seam.
   *
   * @param argument of {@code torn}: how many blocks are written; of {@code misdirected}: to which
   *     LBA
   */
  record OnBlocks(BlockEffect effect, OptionalLong argument) implements FaultAction {
    OnBlocks(BlockEffect effect) {
      this(effect, OptionalLong.empty());
    }
  }

  /** At the medium seam: the I/O fails. */
  record OnMedium() implements FaultAction {}

  /** At the wire. */
  record OnWire(WireFault fault) implements FaultAction {}

  /** What can happen to block operations. */
  enum BlockEffect {
    READ_ERROR,
    WRITE_ERROR,
    NO_SPACE,
    LOST,
    TORN,
    MISDIRECTED,
    BIT_ROT
  }
}

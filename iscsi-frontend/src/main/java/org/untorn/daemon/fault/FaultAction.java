package org.untorn.daemon.fault;

import org.untorn.core.fault.CommandFault;
import org.untorn.iscsi.fault.WireFault;

/** What a rule does: at which seam, and what. */
sealed interface FaultAction {

  /** At the command seam. */
  record OnCommand(CommandFault fault) implements FaultAction {}

  /** At the command seam: the power is cut now, which needs {@code --power}. */
  record CutPower() implements FaultAction {}

  /** At the block seam. */
  record OnBlocks(BlockEffect effect) implements FaultAction {}

  /** At the medium seam: the I/O fails. */
  record OnMedium() implements FaultAction {}

  /** At the wire. */
  record OnWire(WireFault fault) implements FaultAction {}

  /**
   * What can happen to block operations; {@code readable} ones concern reads, the others changes.
   */
  enum BlockEffect {
    READ_ERROR(true),
    WRITE_ERROR(false),
    NO_SPACE(false),
    LOST(false),
    BIT_ROT(true);

    private final boolean ofReads;

    BlockEffect(boolean ofReads) {
      this.ofReads = ofReads;
    }

    boolean isOfReads() {
      return ofReads;
    }
  }
}

package org.untorn.iscsi.fault;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.untorn.core.CommandCode;

/**
 * A PDU that passes between an initiator and the device.
 *
 * @param kind as rules have it, like {@code scsi-response}
 * @param initiator its name as it has sent it; empty before
 * @param target the name of the target that it logs in to, as it has sent it; empty in a discovery
 *     session
 * @param lun of the command or function that it belongs to, as the initiator sees it
 * @param code of the command that it belongs to
 * @param function the task management function that it belongs to (RFC 7143 11.5.1)
 * @param digests those that it has
 */
public record Passing(
    Direction direction,
    String kind,
    String initiator,
    String target,
    OptionalInt lun,
    Optional<CommandCode> code,
    OptionalInt function,
    Set<WireFault.Digest> digests) {

  public Passing {
    digests = Set.copyOf(digests);
  }

  /** Which way a PDU goes. */
  public enum Direction {
    IN,
    OUT
  }
}

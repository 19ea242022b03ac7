package org.untorn.core;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.untorn.core.PersistentReservations.Result;
import org.untorn.vpd.Field;
import org.untorn.vpd.TransportId;

/**
 * PERSISTENT RESERVE OUT with the service action REGISTER AND MOVE (SPC-5): hands the reservation
 * to another nexus, and registers that.
 *
 * <pre>
 *    0-7    RESERVATION KEY: what the nexus is registered with
 *    8-15   SERVICE ACTION RESERVATION KEY: what the other nexus gets, not zero
 *    17     reserved | UNREG | APTPL
 *    18-19  RELATIVE TARGET PORT IDENTIFIER: the other nexus's target port
 *    20-23  TRANSPORTID LENGTH
 *    24..   the TransportID of its initiator port
 * </pre>
 */
record RegisterAndMoveCommand(Disk disk) implements Command.Handler {

  private static final Field UNREG = Field.bit("UNREG", 17, 1);
  private static final Field APTPL = Field.bit("APTPL", 17, 0);
  private static final Field TARGET_PORT = Field.bytes("RELATIVE TARGET PORT IDENTIFIER", 18, 2);
  private static final Field TRANSPORT_ID_LENGTH = Field.bytes("TRANSPORTID LENGTH", 20, 4);
  private static final Field TRANSPORT_ID = Field.bytes("TRANSPORTID", 24, 1);

  Command row() {
    return PersistentReserveOutCommand.row(0x07, "REGISTER AND MOVE", false).handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    PersistentReserveOutCommand.receive(
        disk,
        task,
        list ->
            disk.reservations()
                .change(
                    before -> carryOut(task.nexus(), list, before),
                    Optional.of(APTPL.isSet(list)),
                    result -> PersistentReserveOutCommand.answer(task, result)));
  }

  private Result carryOut(Nexus nexus, byte[] list, PersistentReservations before) {
    int header = PersistentReserveOutCommand.BASIC_LENGTH;
    boolean rightKey =
        before.isRegistered(nexus, PersistentReserveOutCommand.RESERVATION_KEY.get(list));
    if (!rightKey || !before.isHolder(nexus)) {
      return PersistentReservations.CONFLICT;
    }
    if (header + TRANSPORT_ID_LENGTH.get(list) != list.length) {
      return new Result.Refused(ParameterList.LENGTH_ERROR);
    }
    if (!PersistentReserveOutCommand.ACTION_KEY.isSet(list)) {
      return PersistentReserveOutCommand.refused(PersistentReserveOutCommand.ACTION_KEY);
    }
    Optional<String> port = disk.profile().targetPort(TARGET_PORT.getInt(list));
    if (port.isEmpty()) {
      return PersistentReserveOutCommand.refused(TARGET_PORT);
    }
    Optional<Nexus> to =
        TransportId.length(list, header)
            .filter(length -> header + length == list.length)
            .flatMap(length -> TransportId.decode(Arrays.copyOfRange(list, header, list.length)))
            .flatMap(initiator -> only(initiator, port.get()))
            .filter(other -> !other.initiatorPort().equals(nexus.initiatorPort()));
    return to.map(
            other ->
                before.move(
                    nexus,
                    other,
                    PersistentReserveOutCommand.ACTION_KEY.get(list),
                    UNREG.isSet(list)))
        .orElseGet(() -> PersistentReserveOutCommand.refused(TRANSPORT_ID));
  }

  /** The one nexus that is meant: a reservation cannot be moved to several ports of a device. */
  private Optional<Nexus> only(TransportId initiator, String targetPort) {
    Set<Nexus> named =
        TransportIdList.nexuses(initiator, Set.of(targetPort), disk.attentions().established());
    return named.size() == 1 ? named.stream().findFirst() : Optional.empty();
  }
}

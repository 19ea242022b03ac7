package org.untorn.core;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * SET TARGET PORT GROUPS (SPC-5): puts target port groups into other states, all that are named or
 * none. Every other nexus is told by ASYMMETRIC ACCESS STATE CHANGED.
 *
 * <pre>
 *  0-3    reserved
 *  a descriptor per group
 *    0    reserved | ASYMMETRIC ACCESS STATE
 *    2-3  TARGET PORT GROUP
 * </pre>
 */
record SetTargetPortGroups(TargetPortGroups groups, UnitAttentions attentions)
    implements Command.Handler {

  private static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 6, 4);

  private static final int HEADER = 4;
  private static final int DESCRIPTOR = 4;
  private static final Field STATE = new Field("ASYMMETRIC ACCESS STATE", 0, 3, 4);
  private static final Field TARGET_PORT_GROUP = Field.bytes("TARGET PORT GROUP", 2, 2);

  /** A descriptor for each group that there can be. */
  private static final int LONGEST_LIST = HEADER + (1 << 16) * DESCRIPTOR;

  Command row() {
    return Command.row("SET TARGET PORT GROUPS", "SPC-5", 0xA4, 0x0A, 12)
        .fields(PARAMETER_LIST_LENGTH)
        .dataOut()
        .reservation(UnderReservation.CONFLICT)
        .reach(Reach.UNAVAILABLE)
        .handledBy(this);
  }

  /** No list at all changes nothing, which is GOOD. */
  @Override
  public void execute(CommandTask task) {
    long length = task.get(PARAMETER_LIST_LENGTH);
    if (length == 0) {
      task.complete(Outcome.GOOD);
    } else if (length < HEADER + DESCRIPTOR
        || length > LONGEST_LIST
        || (length - HEADER) % DESCRIPTOR != 0) {
      task.refuse(ParameterList.LENGTH_ERROR);
    } else {
      ParameterList.receive(task, (int) length, list -> carryOut(task, list));
    }
  }

  private void carryOut(CommandTask task, byte[] list) {
    Map<Integer, AccessState> to = new LinkedHashMap<>();
    for (int at = HEADER; at < list.length; at += DESCRIPTOR) {
      byte[] descriptor = Arrays.copyOfRange(list, at, at + DESCRIPTOR);
      Optional<AccessState> state =
          AccessState.of(STATE.getInt(descriptor)).filter(AccessState::mayBeSet);
      int tag = TARGET_PORT_GROUP.getInt(descriptor);
      if (state.isEmpty()) {
        refuse(task, at, STATE);
        return;
      }
      if (!groups.tags().contains(tag)) {
        refuse(task, at, TARGET_PORT_GROUP);
        return;
      }
      to.put(tag, state.get());
    }
    if (groups.set(to, TargetPortGroups.Status.SET_BY_COMMAND)) {
      attentions.raiseForOthers(task.nexus(), AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);
    }
    task.complete(Outcome.GOOD);
  }

  private static void refuse(CommandTask task, int descriptor, Field field) {
    task.refuse(
        SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(descriptor, field)));
  }
}

package org.untorn.core;

import java.io.ByteArrayOutputStream;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * REPORT TARGET PORT GROUPS (SPC-5): the state of each target port group, with the ports in it.
 *
 * <pre>
 *  0-3    RETURN DATA LENGTH
 *  extended header only
 *    4    reserved | RETURN DATA FORMAT (001b) | reserved
 *    5    IMPLICIT TRANSITION TIME (zero: none is known)
 *  a descriptor per group
 *    0    PREF (zero) | reserved | ASYMMETRIC ACCESS STATE
 *    1    T_SUP | O_SUP | reserved | LBD_SUP | U_SUP | S_SUP | AN_SUP | AO_SUP
 *    2-3  TARGET PORT GROUP
 *    5    STATUS CODE
 *    7    TARGET PORT COUNT
 *    8..  per port 4 bytes, the last two the RELATIVE TARGET PORT IDENTIFIER
 * </pre>
 */
record ReportTargetPortGroups(TargetPortGroups groups) implements Command.Handler {

  private static final Field PARAMETER_DATA_FORMAT = new Field("PARAMETER DATA FORMAT", 1, 7, 3);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 6, 4);

  private static final int LENGTH_ONLY = 0b000;
  private static final int EXTENDED = 0b001;

  private static final int SHORT_HEADER = 4;
  private static final int EXTENDED_HEADER = 8;
  private static final Field RETURN_DATA_LENGTH = Field.bytes("RETURN DATA LENGTH", 0, 4);
  private static final Field RETURN_DATA_FORMAT = new Field("RETURN DATA FORMAT", 4, 6, 3);

  private static final int DESCRIPTOR = 8;
  private static final Field STATE = new Field("ASYMMETRIC ACCESS STATE", 0, 3, 4);
  private static final Field SUPPORTED = Field.bytes("T_SUP to AO_SUP", 1, 1);
  private static final Field TARGET_PORT_GROUP = Field.bytes("TARGET PORT GROUP", 2, 2);
  private static final Field STATUS_CODE = Field.bytes("STATUS CODE", 5, 1);
  private static final Field TARGET_PORT_COUNT = Field.bytes("TARGET PORT COUNT", 7, 1);

  /** T_SUP, U_SUP, S_SUP, AN_SUP and AO_SUP: all but offline and dependent on the LBA. */
  private static final int ALL_STATES = 0b1000_1111;

  private static final int PORT = 4;
  private static final Field RELATIVE_TARGET_PORT =
      Field.bytes("RELATIVE TARGET PORT IDENTIFIER", 2, 2);

  Command row() {
    return Command.row("REPORT TARGET PORT GROUPS", "SPC-5", 0xA3, 0x0A, 12)
        .fields(PARAMETER_DATA_FORMAT, ALLOCATION_LENGTH)
        .dataIn()
        .reservation(UnderReservation.ALLOWED_UNDER_PERSISTENT)
        .reach(Reach.ALWAYS)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    int format = task.getInt(PARAMETER_DATA_FORMAT);
    if (format != LENGTH_ONLY && format != EXTENDED) {
      task.refuse(PARAMETER_DATA_FORMAT);
    } else {
      task.answer(data(format == EXTENDED), ALLOCATION_LENGTH);
    }
  }

  private byte[] data(boolean extended) {
    ByteArrayOutputStream descriptors = new ByteArrayOutputStream();
    groups.all().forEach(group -> descriptors.writeBytes(descriptor(group)));
    byte[] header = new byte[extended ? EXTENDED_HEADER : SHORT_HEADER];
    RETURN_DATA_LENGTH.put(header, header.length - SHORT_HEADER + descriptors.size());
    if (extended) {
      RETURN_DATA_FORMAT.put(header, EXTENDED);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(header);
    whole.writeBytes(descriptors.toByteArray());
    return whole.toByteArray();
  }

  private static byte[] descriptor(TargetPortGroups.Group group) {
    byte[] descriptor = new byte[DESCRIPTOR];
    STATE.put(descriptor, group.state().code());
    SUPPORTED.put(descriptor, ALL_STATES);
    TARGET_PORT_GROUP.put(descriptor, group.tag());
    STATUS_CODE.put(descriptor, group.status().code());
    TARGET_PORT_COUNT.put(descriptor, group.ports().size());
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(descriptor);
    for (int identifier : group.ports()) {
      byte[] port = new byte[PORT];
      RELATIVE_TARGET_PORT.put(port, identifier);
      whole.writeBytes(port);
    }
    return whole.toByteArray();
  }
}

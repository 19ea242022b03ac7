package org.untorn.core;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Supplier;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;
import org.untorn.vpd.TransportId;

/**
 * PERSISTENT RESERVE IN (SPC-5): who is registered, who has reserved, and what this device can do.
 *
 * <pre>
 *  READ KEYS          0-3 PRGENERATION | 4-7 ADDITIONAL LENGTH | 8.. the keys, 8 bytes each
 *  READ RESERVATION   the same header | 8-15 RESERVATION KEY | 21 SCOPE, TYPE | 23 the end
 *  REPORT CAPABILITIES
 *    0-1  LENGTH (8)
 *    2    RLR_C | reserved | CRH | SIP_C | ATP_C | reserved | PTPL_C
 *    3    TMV | ALLOW COMMANDS | reserved | PTPL_A
 *    4-5  PERSISTENT RESERVATION TYPE MASK
 *  READ FULL STATUS   the same header as READ KEYS, then per registration
 *    0-7    RESERVATION KEY
 *    12     ALL_TG_PT (zero: each target port has a descriptor of its own) | R_HOLDER
 *    13     SCOPE (zero), TYPE
 *    18-19  RELATIVE TARGET PORT IDENTIFIER
 *    20-23  ADDITIONAL DESCRIPTOR LENGTH
 *    24..   the initiator port's TransportID
 * </pre>
 */
record PersistentReserveInCommand(Disk disk, Supplier<byte[]> data) implements Command.Handler {

  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 7, 2);

  private static final Field PRGENERATION = Field.bytes("PRGENERATION", 0, 4);
  private static final Field ADDITIONAL_LENGTH = Field.bytes("ADDITIONAL LENGTH", 4, 4);
  private static final int HEADER = 8;

  /** The layout of the reservation that READ RESERVATION returns. */
  private static final class Reservation {
    private static final int LENGTH = 16;
    private static final Field KEY = Field.bytes("RESERVATION KEY", 0, 8);
    private static final Field TYPE = new Field("TYPE", 13, 3, 4);
  }

  /** The layout of what READ FULL STATUS returns for a registration. */
  private static final class FullStatus {
    private static final int LENGTH = 24;
    private static final Field KEY = Field.bytes("RESERVATION KEY", 0, 8);
    private static final Field R_HOLDER = Field.bit("R_HOLDER", 12, 0);
    private static final Field TYPE = new Field("TYPE", 13, 3, 4);
    private static final Field RELATIVE_TARGET_PORT =
        Field.bytes("RELATIVE TARGET PORT IDENTIFIER", 18, 2);
    private static final Field ADDITIONAL_LENGTH =
        Field.bytes("ADDITIONAL DESCRIPTOR LENGTH", 20, 4);
  }

  /** The layout of REPORT CAPABILITIES. */
  private static final class Capabilities {
    private static final int LENGTH = 8;
    private static final Field OWN_LENGTH = Field.bytes("LENGTH", 0, 2);
    private static final Field CRH = Field.bit("CRH", 2, 4);
    private static final Field SIP_C = Field.bit("SIP_C", 2, 3);
    private static final Field ATP_C = Field.bit("ATP_C", 2, 2);
    private static final Field PTPL_C = Field.bit("PTPL_C", 2, 0);
    private static final Field PTPL_A = Field.bit("PTPL_A", 3, 0);
    private static final Field TMV = Field.bit("TMV", 3, 7);
    private static final Field ALLOW_COMMANDS = new Field("ALLOW COMMANDS", 3, 6, 3);

    /** TEST UNIT READY under all types, MODE SENSE and its like under Write Exclusive. */
    private static final int ALLOWED = 0b011;
  }

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "READ KEYS", 0x00, () -> keys(disk.reservations().persistent())),
        row(disk, "READ RESERVATION", 0x01, () -> reservation(disk.reservations().persistent())),
        row(
            disk,
            "REPORT CAPABILITIES",
            0x02,
            () -> capabilities(disk.reservations().persistThroughPowerLoss())),
        row(disk, "READ FULL STATUS", 0x03, () -> fullStatus(disk)));
  }

  private static Command row(Disk disk, String name, int action, Supplier<byte[]> data) {
    return Command.row("PERSISTENT RESERVE IN: " + name, "SPC-5", 0x5E, action, 10)
        .fields(ALLOCATION_LENGTH)
        .dataIn()
        .reservation(UnderReservation.ALLOWED_UNDER_PERSISTENT)
        .reach(Reach.STANDBY)
        .handledBy(new PersistentReserveInCommand(disk, data));
  }

  /** While a RESERVE command holds the unit this conflicts even for its holder (SPC-2 5.5.1). */
  @Override
  public void execute(CommandTask task) {
    if (disk.reservations().isReserved()) {
      task.complete(new Outcome.ReservationConflict());
    } else {
      task.answer(data.get(), ALLOCATION_LENGTH);
    }
  }

  private static byte[] withHeader(PersistentReservations persistent, byte[] rest) {
    byte[] header = new byte[HEADER];
    PRGENERATION.put(header, Integer.toUnsignedLong(persistent.generation()));
    ADDITIONAL_LENGTH.put(header, rest.length);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(header);
    whole.writeBytes(rest);
    return whole.toByteArray();
  }

  private static byte[] keys(PersistentReservations persistent) {
    ByteArrayOutputStream keys = new ByteArrayOutputStream();
    for (long key : persistent.keys().values()) {
      byte[] bytes = new byte[Long.BYTES];
      Field.bytes("RESERVATION KEY", 0, Long.BYTES).put(bytes, key);
      keys.writeBytes(bytes);
    }
    return withHeader(persistent, keys.toByteArray());
  }

  /** Under an all registrants type the key is zero, for there is no one holder. */
  private static byte[] reservation(PersistentReservations persistent) {
    byte[] reservation =
        persistent
            .held()
            .map(
                held -> {
                  byte[] bytes = new byte[Reservation.LENGTH];
                  if (!held.type().allRegistrants()) {
                    Reservation.KEY.put(bytes, persistent.keys().getOrDefault(held.holder(), 0L));
                  }
                  Reservation.TYPE.put(bytes, held.type().code());
                  return bytes;
                })
            .orElse(new byte[0]);
    return withHeader(persistent, reservation);
  }

  private static byte[] capabilities(boolean aptpl) {
    byte[] data = new byte[Capabilities.LENGTH];
    Capabilities.OWN_LENGTH.put(data, data.length);
    Capabilities.CRH.put(data, 1);
    Capabilities.SIP_C.put(data, 1);
    Capabilities.ATP_C.put(data, 1);
    Capabilities.PTPL_C.put(data, 1);
    Capabilities.PTPL_A.put(data, aptpl ? 1 : 0);
    Capabilities.TMV.put(data, 1);
    Capabilities.ALLOW_COMMANDS.put(data, Capabilities.ALLOWED);
    for (ReservationType type : ReservationType.values()) {
      typeMask(type).put(data, 1);
    }
    return data;
  }

  /** Bits 0 to 7 of byte 4 are types 0 to 7, the bits of byte 5 are types from 8 on. */
  private static Field typeMask(ReservationType type) {
    return Field.bit(type.name(), 4 + type.code() / 8, type.code() % 8);
  }

  private static byte[] fullStatus(Disk disk) {
    PersistentReservations persistent = disk.reservations().persistent();
    ByteArrayOutputStream descriptors = new ByteArrayOutputStream();
    persistent
        .keys()
        .forEach(
            (nexus, key) -> {
              byte[] initiator = new TransportId(nexus.initiatorPort()).encode();
              byte[] descriptor = new byte[FullStatus.LENGTH];
              FullStatus.KEY.put(descriptor, key);
              if (persistent.isHolder(nexus)) {
                FullStatus.R_HOLDER.put(descriptor, 1);
                FullStatus.TYPE.put(descriptor, persistent.held().orElseThrow().type().code());
              }
              FullStatus.RELATIVE_TARGET_PORT.put(
                  descriptor, disk.profile().relativeTargetPort(nexus.targetPort()));
              FullStatus.ADDITIONAL_LENGTH.put(descriptor, initiator.length);
              descriptors.writeBytes(descriptor);
              descriptors.writeBytes(initiator);
            });
    return withHeader(persistent, descriptors.toByteArray());
  }
}

package org.untorn.core;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.untorn.core.PersistentReservations.Held;

/**
 * Persistent reservations as bytes, for a {@link ReservationStore}. Big-endian:
 *
 * <pre>
 *   0-7    55 4E 54 4F 52 4E 50 52   "UNTORNPR"
 *   8-11   format version: 1
 *  12-15   n, the number of registrations
 *  16      TYPE of the reservation; 0: there is none
 *  17-20   which registration holds it, from 0; 0 if there is none
 *  21..    per registration
 *            0-7  its reservation key
 *            8-9  length of the initiator port's name; the name in UTF-8
 *            2 bytes length of the target port's name; the name in UTF-8
 *  last 4  CRC-32C of all before
 * </pre>
 *
 * <p>PRGENERATION is not kept: a power on sets it to zero (SPC-5, PERSISTENT RESERVE IN).
 */
final class SavedReservations {

  private static final byte[] MAGIC = "UNTORNPR".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int CHECKSUM = Integer.BYTES;

  private SavedReservations() {}

  static byte[] encode(PersistentReservations state) {
    List<Nexus> nexuses = List.copyOf(state.keys().keySet());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(MAGIC);
    bytes.writeBytes(
        ByteBuffer.allocate(13)
            .putInt(VERSION)
            .putInt(nexuses.size())
            .put((byte) state.held().map(held -> held.type().code()).orElse(0).intValue())
            .putInt(state.held().map(held -> nexuses.indexOf(held.holder())).orElse(0))
            .array());
    state
        .keys()
        .forEach(
            (nexus, key) -> {
              bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(key).array());
              put(bytes, nexus.initiatorPort());
              put(bytes, nexus.targetPort());
            });
    bytes.writeBytes(checksum(bytes.toByteArray(), bytes.size()));
    return bytes.toByteArray();
  }

  private static void put(ByteArrayOutputStream bytes, String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    bytes.writeBytes(ByteBuffer.allocate(Short.BYTES).putShort((short) utf8.length).array());
    bytes.writeBytes(utf8);
  }

  private static byte[] checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return ByteBuffer.allocate(CHECKSUM).putInt((int) crc.getValue()).array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IOException that says what is wrong if it is something else
   */
  static PersistentReservations decode(byte[] bytes) throws IOException {
    int end = bytes.length - CHECKSUM;
    if (end < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
      throw new IOException("these are no saved reservations");
    }
    if (!Arrays.equals(checksum(bytes, end), Arrays.copyOfRange(bytes, end, bytes.length))) {
      throw new IOException("the checksum does not fit");
    }
    try {
      return read(ByteBuffer.wrap(bytes, MAGIC.length, end - MAGIC.length));
    } catch (BufferUnderflowException cut) {
      throw new IOException("the end is missing", cut);
    }
  }

  private static PersistentReservations read(ByteBuffer bytes) throws IOException {
    int version = bytes.getInt();
    if (version != VERSION) {
      throw new IOException("their format is version %d, not %d".formatted(version, VERSION));
    }
    int count = bytes.getInt();
    int type = bytes.get();
    int holder = bytes.getInt();
    Map<Nexus, Long> keys = new LinkedHashMap<>();
    List<Nexus> nexuses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long key = bytes.getLong();
      Nexus nexus = new Nexus(name(bytes), name(bytes));
      nexuses.add(nexus);
      keys.put(nexus, key);
    }
    if (type == 0) {
      return new PersistentReservations(0, keys, Optional.empty());
    }
    Optional<ReservationType> known = ReservationType.of(type);
    if (known.isEmpty() || holder < 0 || holder >= count) {
      throw new IOException("a reservation of type %d by number %d".formatted(type, holder));
    }
    return new PersistentReservations(
        0, keys, Optional.of(new Held(known.get(), nexuses.get(holder))));
  }

  private static String name(ByteBuffer bytes) {
    byte[] utf8 = new byte[Short.toUnsignedInt(bytes.getShort())];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}

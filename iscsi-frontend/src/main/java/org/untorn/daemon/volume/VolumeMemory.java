package org.untorn.daemon.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.Volumes;
import org.untorn.core.UnitMemory;

/**
 * The memory of a unit, in a small volume of the pool beside that of its blocks. It is made when
 * there is something to keep, and each change replaces the whole by one atomic write that is
 * durable; no power cut of the device touches it.
 *
 * <pre>
 *  byte 0-7   "UNTORNUM"
 *  byte 8-11  the number of pieces; for each:
 *             length of the name (2), name, length of the value (4), value
 * </pre>
 *
 * Its state is guarded by its monitor.
 */
public final class VolumeMemory implements UnitMemory {

  private static final int BLOCK = 512;
  private static final int CAPACITY = 64 << 10;
  private static final long MAGIC = 0x554E_544F_524E_554DL;
  private static final int LONGEST_VOLUME = 64 - ".unit-".length();

  private final Volumes pool;
  private final String name;

  /**
   * The memory of the unit of a volume.
   *
   * @param volume its name
   */
  public VolumeMemory(Volumes pool, String volume) {
    this.pool = pool;
    this.name = nameFor(volume);
  }

  /** The name of the memory of a volume's unit: with a dot first, which no user's name has. */
  static String nameFor(String volume) {
    return ".unit-" + (volume.length() <= LONGEST_VOLUME ? volume : digest(volume));
  }

  private static String digest(String volume) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(volume.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 20);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public synchronized Optional<byte[]> load(String key) throws IOException {
    return Optional.ofNullable(all().get(key));
  }

  @Override
  public synchronized void keep(String key, byte[] value) throws IOException {
    Map<String, byte[]> all = all();
    if (value.length == 0 && !all.containsKey(key)) {
      return;
    }
    if (value.length == 0) {
      all.remove(key);
    } else {
      all.put(key, value);
    }
    ByteBuffer bytes = encode(all);
    try {
      if (!exists()) {
        pool.create(name, new Geometry(BLOCK, CAPACITY / BLOCK));
      }
      require(new BlockOperation.AtomicWrite(0, List.of(bytes), Durability.STABLE));
    } catch (IllegalArgumentException gone) {
      throw new IOException(name + " cannot be written", gone);
    }
  }

  private boolean exists() {
    return pool.list().stream().anyMatch(volume -> volume.name().equals(name));
  }

  private Map<String, byte[]> all() throws IOException {
    Map<String, byte[]> all = new TreeMap<>();
    if (!exists()) {
      return all;
    }
    ByteBuffer bytes = ByteBuffer.allocate(CAPACITY);
    require(new BlockOperation.Read(0, bytes));
    if (bytes.getLong() != MAGIC) {
      return all; // made, and then nothing was written any more
    }
    for (int pieces = bytes.getInt(); pieces > 0; pieces--) {
      byte[] key = new byte[bytes.getShort()];
      bytes.get(key);
      byte[] value = new byte[bytes.getInt()];
      bytes.get(value);
      all.put(new String(key, StandardCharsets.UTF_8), value);
    }
    return all;
  }

  private static ByteBuffer encode(Map<String, byte[]> all) throws IOException {
    int length = Long.BYTES + Integer.BYTES;
    for (Map.Entry<String, byte[]> piece : all.entrySet()) {
      length += Short.BYTES + Integer.BYTES + key(piece).length + piece.getValue().length;
    }
    if (length > CAPACITY) {
      throw new IOException("a unit keeps " + CAPACITY + " bytes at most, and not " + length);
    }
    ByteBuffer bytes = ByteBuffer.allocate((length + BLOCK - 1) / BLOCK * BLOCK);
    bytes.putLong(MAGIC).putInt(all.size());
    for (Map.Entry<String, byte[]> piece : all.entrySet()) {
      byte[] key = key(piece);
      bytes.putShort((short) key.length).put(key);
      bytes.putInt(piece.getValue().length).put(piece.getValue());
    }
    return bytes.clear();
  }

  private static byte[] key(Map.Entry<String, byte[]> piece) {
    return piece.getKey().getBytes(StandardCharsets.UTF_8);
  }

  private void require(BlockOperation operation) throws IOException {
    BlockStore store = pool.open(name);
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(operation, outcome::complete);
    if (!(outcome.join() instanceof BlockOutcome.Done)) {
      throw new IOException(name + ": " + outcome.join());
    }
  }
}

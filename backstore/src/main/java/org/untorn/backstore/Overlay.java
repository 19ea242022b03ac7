package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A medium over another one that is not to change: what is written stays in memory, by sector, and
 * only where it differs from what is there. So a pool can be opened, recovery and all, and nothing
 * has happened.
 *
 * <p>Once it {@linkplain #forget forgets}, what is written goes nowhere: a pool that is closed then
 * writes a checkpoint that nobody will read.
 */
final class Overlay implements Medium {

  private static final int SECTOR = 512;

  private final Medium below;
  private final Map<String, Map<Long, byte[]>> written = new ConcurrentHashMap<>();
  private volatile boolean forgets;

  Overlay(Medium below) {
    this.below = below;
  }

  /** Keeps nothing that is written from now on. */
  void forget() {
    forgets = true;
  }

  @Override
  public List<String> files() throws IOException {
    Set<String> names = new TreeSet<>(below.files());
    names.addAll(written.keySet());
    return List.copyOf(names);
  }

  @Override
  public long length(String file) throws IOException {
    long end =
        written.getOrDefault(file, Map.of()).keySet().stream()
            .mapToLong(sector -> (sector + 1) * SECTOR)
            .max()
            .orElse(0);
    return Math.max(end, below.length(file));
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    below.read(file, offset, into, purpose);
    Map<Long, byte[]> sectors = written.getOrDefault(file, Map.of());
    if (sectors.isEmpty()) {
      return;
    }
    for (int i = 0; i < into.remaining(); ) {
      long at = offset + i;
      int from = (int) (at % SECTOR);
      int length = Math.min(SECTOR - from, into.remaining() - i);
      byte[] sector = sectors.get(at / SECTOR);
      if (sector != null) {
        into.put(into.position() + i, sector, from, length);
      }
      i += length;
    }
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    if (forgets) {
      return;
    }
    long at = offset;
    for (ByteBuffer each : data) {
      ByteBuffer bytes = each.duplicate();
      while (bytes.hasRemaining()) {
        int length = (int) Math.min(SECTOR - at % SECTOR, bytes.remaining());
        put(file, at, bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
        at += length;
      }
    }
  }

  /** Changes one sector or a part of it; one that cannot be read can be replaced. */
  private void put(String file, long at, ByteBuffer bytes) throws IOException {
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    long start = at - at % SECTOR;
    boolean differs = false;
    try {
      read(file, start, sector, Purpose.DATA);
    } catch (IOException bad) {
      if (bytes.remaining() < SECTOR) {
        throw bad;
      }
      differs = true;
    }
    ByteBuffer there = sector.slice((int) (at - start), bytes.remaining());
    if (differs || !there.equals(bytes)) {
      there.put(bytes.duplicate());
      written
          .computeIfAbsent(file, name -> new ConcurrentHashMap<>())
          .put(start / SECTOR, sector.array());
    }
  }

  @Override
  public void sync(String file, Purpose purpose) {}

  @Override
  public void delete(String file) {
    // A file that a pool no longer needs may as well stay.
  }

  @Override
  public void close() {
    // The medium below is not this one's.
  }
}

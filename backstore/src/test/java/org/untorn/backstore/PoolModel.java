package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a pool must hold: plain arrays, by name. Two models are equal if no reader can tell. */
final class PoolModel {

  private final Map<String, Disk> disks;

  PoolModel() {
    this(new TreeMap<>());
  }

  private PoolModel(Map<String, Disk> disks) {
    this.disks = disks;
  }

  /** Reads everything back that a pool holds. */
  static PoolModel of(Pool pool) {
    PoolModel model = new PoolModel();
    for (Volumes.Description line : pool.list()) {
      BlockStore store = pool.open(line.name());
      Disk disk = new Disk(line.geometry(), line.writable());
      int blocks = (int) line.geometry().blocks();
      System.arraycopy(Operations.read(store, 0, blocks), 0, disk.data, 0, disk.data.length);
      for (BlockOutcome.Mapping.Run run : Operations.status(store, 0, blocks)) {
        int from = (int) run.lba();
        Arrays.fill(disk.mapped, from, from + (int) run.count(), run.mapped());
      }
      if (disk.mappedBlocks() != line.mappedBlocks()) {
        throw new AssertionError(line + " maps " + disk.mappedBlocks());
      }
      model.disks.put(line.name(), disk);
    }
    return model;
  }

  PoolModel copy() {
    Map<String, Disk> copies = new TreeMap<>();
    disks.forEach((name, disk) -> copies.put(name, disk.copy(disk.writable)));
    return new PoolModel(copies);
  }

  List<String> names() {
    return List.copyOf(disks.keySet());
  }

  List<String> writableNames() {
    return disks.entrySet().stream()
        .filter(entry -> entry.getValue().writable)
        .map(Map.Entry::getKey)
        .toList();
  }

  List<String> snapshots() {
    return disks.keySet().stream().filter(name -> !disk(name).writable).toList();
  }

  Geometry geometry(String name) {
    return disk(name).geometry;
  }

  boolean isWritable(String name) {
    return disk(name).writable;
  }

  byte[] read(String name, long lba, int count) {
    Disk disk = disk(name);
    int length = disk.geometry.blockLength();
    return Arrays.copyOfRange(disk.data, (int) lba * length, (int) (lba + count) * length);
  }

  boolean holds(String name, long lba, byte[] data) {
    Disk disk = disk(name);
    int from = (int) lba * disk.geometry.blockLength();
    return Arrays.equals(disk.data, from, from + data.length, data, 0, data.length);
  }

  /** The runs that {@link BlockOperation.Status} must answer. */
  List<BlockOutcome.Mapping.Run> status(String name, long lba, int count) {
    boolean[] mapped = disk(name).mapped;
    List<BlockOutcome.Mapping.Run> runs = new ArrayList<>();
    int end = (int) lba + count;
    for (int from = (int) lba; from < end; ) {
      int to = from + 1;
      while (to < end && mapped[to] == mapped[from]) {
        to++;
      }
      runs.add(new BlockOutcome.Mapping.Run(from, to - from, mapped[from]));
      from = to;
    }
    return runs;
  }

  void create(String name, Geometry geometry) {
    disks.put(name, new Disk(geometry, true));
  }

  void branch(String origin, String name, boolean writable) {
    disks.put(name, disk(origin).copy(writable));
  }

  void resize(String name, long blocks) {
    Disk old = disk(name);
    Disk resized = new Disk(old.geometry.withBlocks(blocks), true);
    int kept = (int) Math.min(blocks, old.geometry.blocks());
    System.arraycopy(old.data, 0, resized.data, 0, kept * old.geometry.blockLength());
    System.arraycopy(old.mapped, 0, resized.mapped, 0, kept);
    disks.put(name, resized);
  }

  void rollback(String name, String snapshot) {
    disks.put(name, disk(snapshot).copy(true));
  }

  void delete(String name) {
    disks.remove(name);
  }

  void write(String name, long lba, byte[] data) {
    Disk disk = disk(name);
    int length = disk.geometry.blockLength();
    System.arraycopy(data, 0, disk.data, (int) lba * length, data.length);
    Arrays.fill(disk.mapped, (int) lba, (int) lba + data.length / length, true);
  }

  void unmap(String name, BlockExtent extent) {
    Disk disk = disk(name);
    int length = disk.geometry.blockLength();
    int from = (int) extent.lba();
    int to = (int) (extent.lba() + extent.count());
    Arrays.fill(disk.data, from * length, to * length, (byte) 0);
    Arrays.fill(disk.mapped, from, to, false);
  }

  /** Whether this is {@code before} with any of the blocks of one write already written. */
  boolean liesBetween(PoolModel before, PoolModel after) {
    if (!disks.keySet().equals(before.disks.keySet())) {
      return false;
    }
    return disks.entrySet().stream()
        .allMatch(
            entry ->
                entry
                    .getValue()
                    .liesBetween(before.disk(entry.getKey()), after.disk(entry.getKey())));
  }

  private Disk disk(String name) {
    return Objects.requireNonNull(disks.get(name), name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PoolModel model && disks.equals(model.disks);
  }

  @Override
  public int hashCode() {
    return disks.hashCode();
  }

  @Override
  public String toString() {
    return disks.toString();
  }

  private static final class Disk {
    private final Geometry geometry;
    private final boolean writable;
    private final byte[] data;
    private final boolean[] mapped;

    Disk(Geometry geometry, boolean writable) {
      this.geometry = geometry;
      this.writable = writable;
      this.data = new byte[(int) geometry.blocks() * geometry.blockLength()];
      this.mapped = new boolean[(int) geometry.blocks()];
    }

    private Disk copy(boolean writable) {
      Disk copy = new Disk(geometry, writable);
      System.arraycopy(data, 0, copy.data, 0, data.length);
      System.arraycopy(mapped, 0, copy.mapped, 0, mapped.length);
      return copy;
    }

    private int mappedBlocks() {
      int count = 0;
      for (boolean each : mapped) {
        count += each ? 1 : 0;
      }
      return count;
    }

    private boolean liesBetween(Disk before, Disk after) {
      if (!geometry.equals(before.geometry) || writable != before.writable) {
        return false;
      }
      for (int block = 0; block < mapped.length; block++) {
        if (!sameBlock(before, block) && !sameBlock(after, block)) {
          return false;
        }
      }
      return true;
    }

    private boolean sameBlock(Disk other, int block) {
      int length = geometry.blockLength();
      int from = block * length;
      return mapped[block] == other.mapped[block]
          && Arrays.equals(data, from, from + length, other.data, from, from + length);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Disk disk
          && geometry.equals(disk.geometry)
          && writable == disk.writable
          && Arrays.equals(mapped, disk.mapped)
          && Arrays.equals(data, disk.data);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(data);
    }

    /** The first long of each block, which says who wrote it. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(geometry + (writable ? ":" : " read-only:"));
      for (int block = 0; block < mapped.length; block++) {
        long tag = ByteBuffer.wrap(data).getLong(block * geometry.blockLength());
        text.append(mapped[block] ? " " + Long.toHexString(tag) : " -");
      }
      return text.toString();
    }
  }
}

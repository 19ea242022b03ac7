package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** One thing that can be done to a pool, and to a {@link PoolModel} the same way. */
sealed interface Step {

  /** Does it, and waits; {@code filter} lies over every volume. */
  void run(Pool pool, UnaryOperator<BlockStore> filter) throws IOException;

  void change(PoolModel model);

  /** Whether it is durable, with all before it, once it is done. */
  boolean isDurable();

  /** Whether a part of it may be seen. */
  default boolean mayTear() {
    return false;
  }

  /** The next step, which fits what the model holds. */
  static Step random(Random random, PoolModel model, Geometry geometry) {
    List<String> writable = model.writableNames();
    List<String> names = model.names();
    String fresh = "v" + random.nextInt(1 << 20);
    if (writable.isEmpty()) {
      return new Create(fresh, geometry);
    }
    String volume = writable.get(random.nextInt(writable.size()));
    String any = names.get(random.nextInt(names.size()));
    int kind = random.nextInt(100);
    if (kind < 8 && names.size() < 5) {
      return switch (kind) {
        case 0 -> new Create(fresh, geometry);
        case 1, 2, 3, 4 -> new Branch(volume, fresh, false);
        default -> new Branch(any, fresh, true);
      };
    }
    if (kind < 12 && names.size() > 1) {
      return new Delete(any);
    }
    List<String> snapshots = model.snapshots();
    if (kind < 14 && !snapshots.isEmpty()) {
      return new Rollback(volume, snapshots.get(random.nextInt(snapshots.size())));
    }
    if (kind < 16) {
      return new Resize(volume, 1 + random.nextInt((int) geometry.blocks()));
    }
    if (kind < 20) {
      return new Flush(volume);
    }
    if (kind < 24) {
      return new Tidy(kind < 22);
    }
    return onBlocks(random, volume, (int) model.geometry(volume).blocks(), kind);
  }

  private static Step onBlocks(Random random, String volume, int blocks, int kind) {
    Durability durability = random.nextInt(5) == 0 ? Durability.STABLE : Durability.APPENDED;
    int lba = random.nextInt(blocks);
    int count = 1 + random.nextInt(Math.min(5, blocks - lba));
    int tag = random.nextInt();
    if (kind < 34) {
      return new Compare(volume, lba, count, tag, random.nextInt(3) > 0);
    }
    if (kind < 48) {
      int second = random.nextInt(blocks);
      List<BlockExtent> extents =
          List.of(new BlockExtent(lba, count), new BlockExtent(second, blocks - second));
      return new Unmap(volume, extents.subList(0, 1 + random.nextInt(2)), durability);
    }
    if (kind < 54) {
      return new Write(volume, lba, blocks - lba, tag, false, durability);
    }
    return new Write(volume, lba, count, tag, kind < 85, durability);
  }

  /** Blocks that all differ: {@code tag} and the block's number, over and over. */
  static byte[] pattern(Geometry geometry, long lba, int count, int tag) {
    ByteBuffer data = ByteBuffer.allocate(count * geometry.blockLength());
    while (data.hasRemaining()) {
      data.putLong(((long) tag << 32) | (lba + data.position() / geometry.blockLength()));
    }
    return data.array();
  }

  private static void mustBeDone(Step step, BlockOutcome outcome) {
    if (!(outcome instanceof BlockOutcome.Done)) {
      throw new AssertionError(step + ": " + outcome);
    }
  }

  record Write(String volume, long lba, int count, int tag, boolean atomic, Durability durability)
      implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) {
      BlockStore store = filter.apply(pool.open(volume));
      byte[] data = pattern(store.geometry(), lba, count, tag);
      List<ByteBuffer> buffers = Operations.buffers(data);
      mustBeDone(
          this,
          Operations.run(
              store,
              atomic
                  ? new BlockOperation.AtomicWrite(lba, buffers, durability)
                  : new BlockOperation.Write(lba, buffers, durability)));
    }

    @Override
    public void change(PoolModel model) {
      model.write(volume, lba, pattern(model.geometry(volume), lba, count, tag));
    }

    @Override
    public boolean isDurable() {
      return durability == Durability.STABLE;
    }

    @Override
    public boolean mayTear() {
      return !atomic;
    }
  }

  record Compare(String volume, long lba, int count, int tag, boolean equal) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) {
      BlockStore store = filter.apply(pool.open(volume));
      byte[] expected = Operations.read(store, lba, count);
      expected[expected.length - 1] ^= (byte) (equal ? 0 : 1);
      BlockOutcome outcome =
          Operations.compareAndWrite(
              store, lba, expected, pattern(store.geometry(), lba, count, tag));
      BlockOutcome right =
          equal ? BlockOutcome.DONE : new BlockOutcome.Miscompare(expected.length - 1);
      if (!outcome.equals(right)) {
        throw new AssertionError(this + ": " + outcome);
      }
    }

    @Override
    public void change(PoolModel model) {
      if (equal) {
        model.write(volume, lba, pattern(model.geometry(volume), lba, count, tag));
      }
    }

    @Override
    public boolean isDurable() {
      return false;
    }
  }

  record Unmap(String volume, List<BlockExtent> extents, Durability durability) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) {
      BlockStore store = filter.apply(pool.open(volume));
      mustBeDone(this, Operations.run(store, new BlockOperation.Unmap(extents, durability)));
    }

    @Override
    public void change(PoolModel model) {
      extents.forEach(extent -> model.unmap(volume, extent));
    }

    @Override
    public boolean isDurable() {
      return durability == Durability.STABLE;
    }
  }

  record Flush(String volume) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) {
      mustBeDone(this, Operations.flush(filter.apply(pool.open(volume))));
    }

    @Override
    public void change(PoolModel model) {}

    @Override
    public boolean isDurable() {
      return true;
    }
  }

  record Create(String name, Geometry geometry) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) throws IOException {
      pool.create(name, geometry);
    }

    @Override
    public void change(PoolModel model) {
      model.create(name, geometry);
    }

    @Override
    public boolean isDurable() {
      return true;
    }
  }

  record Branch(String origin, String name, boolean writable) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) throws IOException {
      if (writable) {
        pool.cloneOf(origin, name);
      } else {
        pool.snapshot(origin, name);
      }
    }

    @Override
    public void change(PoolModel model) {
      model.branch(origin, name, writable);
    }

    @Override
    public boolean isDurable() {
      return true;
    }
  }

  record Resize(String volume, int blocks) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) throws IOException {
      pool.resize(volume, blocks);
    }

    @Override
    public void change(PoolModel model) {
      model.resize(volume, blocks);
    }

    @Override
    public boolean isDurable() {
      return true;
    }
  }

  record Rollback(String name, String snapshot) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) throws IOException {
      pool.rollback(name, snapshot);
    }

    @Override
    public void change(PoolModel model) {
      model.rollback(name, snapshot);
    }

    @Override
    public boolean isDurable() {
      return true;
    }
  }

  record Delete(String name) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) throws IOException {
      pool.delete(name);
    }

    @Override
    public void change(PoolModel model) {
      model.delete(name);
    }

    @Override
    public boolean isDurable() {
      return true;
    }
  }

  /** A checkpoint, and cleaning before it. */
  record Tidy(boolean clean) implements Step {
    @Override
    public void run(Pool pool, UnaryOperator<BlockStore> filter) throws IOException {
      if (clean) {
        pool.clean();
      }
      pool.checkpoint();
    }

    @Override
    public void change(PoolModel model) {}

    @Override
    public boolean isDurable() {
      return true;
    }
  }
}

package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One thing that can be done to a pool, and to a {@link PoolModel} the same way. {@link StepSource}
 * makes them.
 */
sealed interface Step {

  /**
   * Does it, waits, and holds every answer against the model.
   *
   * @param filter lies over every volume
   * @param before what the pool holds
   * @return true, or false if there was no space: then nothing was changed, unless it may tear
   */
  boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) throws IOException;

  void change(PoolModel model);

  /** Whether it is durable, with all before it, once it is done. */
  boolean isDurable();

  /** Whether a part of it may be seen. */
  default boolean mayTear() {
    return false;
  }

  /** Blocks that all differ: {@code tag} and the block's number, over and over. */
  static byte[] pattern(Geometry geometry, long lba, int count, int tag) {
    int blockLength = geometry.blockLength();
    ByteBuffer data = ByteBuffer.allocate(count * blockLength);
    for (int i = 0; i < count; i++) {
      long word = ((long) tag << 32) | (lba + i);
      for (int at = 0; at < blockLength; at += Long.BYTES) {
        data.putLong(word);
      }
    }
    return data.array();
  }

  private static boolean done(Step step, BlockOutcome outcome) {
    if (outcome instanceof BlockOutcome.OutOfSpace) {
      return false;
    }
    expect(step, BlockOutcome.DONE, outcome);
    return true;
  }

  private static void expect(Step step, Object right, Object outcome) {
    if (!outcome.equals(right)) {
      throw new AssertionError(step + ": " + outcome + " instead of " + right);
    }
  }

  /** A change of volumes. */
  private static boolean manage(ToVolumes change) throws IOException {
    try {
      change.run();
      return true;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("OutOfSpace")) {
        return false;
      }
      throw e;
    }
  }

  /** What a method of {@link Volumes} does. */
  @FunctionalInterface
  interface ToVolumes {
    void run() throws IOException;
  }

  record Write(String volume, long lba, int count, int tag, boolean atomic, Durability durability)
      implements Step {
    @Override
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) {
      BlockStore store = filter.apply(pool.open(volume));
      byte[] data = pattern(before.geometry(volume), lba, count, tag);
      List<ByteBuffer> buffers = Operations.buffers(data);
      return done(
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

  record Read(String volume, long lba, int count) implements Step {
    @Override
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) {
      BlockStore store = filter.apply(pool.open(volume));
      if (!before.holds(volume, lba, Operations.read(store, lba, count))) {
        throw new AssertionError(this + " gave something else than " + before);
      }
      return true;
    }

    @Override
    public void change(PoolModel model) {}

    @Override
    public boolean isDurable() {
      return false;
    }
  }

  record Status(String volume, long lba, int count) implements Step {
    @Override
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) {
      BlockStore store = filter.apply(pool.open(volume));
      List<BlockOutcome.Mapping.Run> right = before.status(volume, lba, count);
      expect(this, right, Operations.status(store, lba, count));
      expect(
          this,
          new BlockOutcome.Mapping(right.subList(0, Math.min(2, right.size()))),
          Operations.run(store, new BlockOperation.Status(lba, count, 2)));
      return true;
    }

    @Override
    public void change(PoolModel model) {}

    @Override
    public boolean isDurable() {
      return false;
    }
  }

  record Compare(String volume, long lba, int count, int tag, boolean equal, Durability durability)
      implements Step {
    @Override
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) {
      BlockStore store = filter.apply(pool.open(volume));
      byte[] expected = before.read(volume, lba, count);
      int last = expected.length - 1;
      expected[last] ^= (byte) (equal ? 0 : 1);
      byte[] data = pattern(before.geometry(volume), lba, count, tag);
      BlockOutcome outcome =
          Operations.run(
              store,
              new BlockOperation.CompareAndWrite(
                  lba, ByteBuffer.wrap(expected), Operations.buffers(data), durability));
      if (equal) {
        return done(this, outcome);
      }
      expect(this, new BlockOutcome.Miscompare(last), outcome);
      return true;
    }

    @Override
    public void change(PoolModel model) {
      if (equal) {
        model.write(volume, lba, pattern(model.geometry(volume), lba, count, tag));
      }
    }

    @Override
    public boolean isDurable() {
      return equal && durability == Durability.STABLE;
    }
  }

  record Unmap(String volume, List<BlockExtent> extents, Durability durability) implements Step {
    @Override
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) {
      BlockStore store = filter.apply(pool.open(volume));
      return done(this, Operations.run(store, new BlockOperation.Unmap(extents, durability)));
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

  /** A write that ends past the volume's end, or goes to a snapshot, and is refused. */
  record Refused(String volume, long lba, int count) implements Step {
    @Override
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) {
      BlockStore store = filter.apply(pool.open(volume));
      byte[] data = pattern(before.geometry(volume), lba, count, 1);
      BlockOutcome outcome = Operations.writeAtomic(store, lba, data);
      Class<?> right =
          before.isWritable(volume)
              ? BlockOutcome.OutOfRange.class
              : BlockOutcome.WriteFailed.class;
      expect(this, right, outcome.getClass());
      return true;
    }

    @Override
    public void change(PoolModel model) {}

    @Override
    public boolean isDurable() {
      return false;
    }
  }

  record Flush(String volume) implements Step {
    @Override
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before) {
      return done(this, Operations.flush(filter.apply(pool.open(volume))));
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
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before)
        throws IOException {
      return manage(() -> pool.create(name, geometry));
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
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before)
        throws IOException {
      return manage(
          writable ? () -> pool.cloneOf(origin, name) : () -> pool.snapshot(origin, name));
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
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before)
        throws IOException {
      return manage(() -> pool.resize(volume, blocks));
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
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before)
        throws IOException {
      return manage(() -> pool.rollback(name, snapshot));
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
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before)
        throws IOException {
      return manage(() -> pool.delete(name));
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
    public boolean run(Pool pool, UnaryOperator<BlockStore> filter, PoolModel before)
        throws IOException {
      if (clean) {
        pool.clean();
      }
      pool.checkpoint();
      return true;
    }

    @Override
    public void change(PoolModel model) {}

    @Override
    public boolean isDurable() {
      return true;
    }
  }
}

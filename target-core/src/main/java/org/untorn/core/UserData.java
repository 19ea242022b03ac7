package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/**
 * The user data alone of a store whose blocks carry protection information: for those who move data
 * that is not a command's Data-In or Data-Out, such as a copy manager. What they write gets tuples
 * as with WRPROTECT 000b.
 *
 * <pre>
 *   here     [ user data ]
 *   below    [ user data | protection information, as the store has it ]
 * </pre>
 *
 * <p>Invariant: each operation but {@link BlockOperation.CompareAndWrite} is one of the same kind
 * below; that one is, too, once nobody writes between its two steps.
 */
record UserData(BlockStore below, ProtectionType type) implements BlockStore {

  /** A store as it is, or its user data. */
  static BlockStore of(BlockStore store) {
    Optional<ProtectionType> type = ProtectionType.of(store.geometry());
    return type.isPresent() ? new UserData(store, type.get()) : store;
  }

  @Override
  public Geometry geometry() {
    Geometry whole = below.geometry();
    return new Geometry(whole.dataLength(), whole.blocks());
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    switch (operation) {
      case BlockOperation.Read(var lba, var into) -> read(lba, into, completion);
      case BlockOperation.Write(var lba, var data, var durability) ->
          below.submit(new BlockOperation.Write(lba, whole(lba, data), durability), completion);
      case BlockOperation.AtomicWrite(var lba, var data, var durability) ->
          below.submit(
              new BlockOperation.AtomicWrite(lba, whole(lba, data), durability), completion);
      case BlockOperation.CompareAndWrite compare -> compareAndWrite(compare, completion);
      case BlockOperation.Unmap _, BlockOperation.Status _, BlockOperation.Flush _ ->
          below.submit(operation, completion);
    }
  }

  private void read(long lba, ByteBuffer into, Completion completion) {
    int length = geometry().blockLength();
    int stored = below.geometry().blockLength();
    int blocks = blocks(into.remaining());
    ByteBuffer found = ByteBuffer.allocate(blocks * stored);
    below.submit(
        new BlockOperation.Read(lba, found),
        outcome -> {
          if (outcome instanceof BlockOutcome.Done) {
            for (int i = 0; i < blocks; i++) {
              into.put(into.position() + i * length, found, i * stored, length);
            }
          }
          completion.completed(outcome);
        });
  }

  private List<ByteBuffer> whole(long lba, List<ByteBuffer> data) {
    ByteBuffer joined = ByteBuffer.allocate(Math.toIntExact(BlockOperation.length(data)));
    data.forEach(buffer -> joined.put(buffer.duplicate()));
    int blocks = blocks(joined.capacity());
    ByteBuffer whole = ByteBuffer.allocate(blocks * below.geometry().blockLength());
    new Shield(type, 0, lba, geometry().blockLength(), Optional.empty())
        .generate(joined.flip(), whole);
    return List.of(whole);
  }

  /** Compares here, and below once more with all that was found, until nobody came between. */
  private void compareAndWrite(BlockOperation.CompareAndWrite compare, Completion completion) {
    int length = geometry().blockLength();
    int stored = below.geometry().blockLength();
    int blocks = blocks(compare.expected().remaining());
    ByteBuffer found = ByteBuffer.allocate(blocks * stored);
    below.submit(
        new BlockOperation.Read(compare.lba(), found),
        outcome -> {
          BlockOutcome first = outcome;
          for (int i = 0; i < blocks && first instanceof BlockOutcome.Done; i++) {
            ByteBuffer expected = compare.expected();
            int mismatch =
                expected
                    .slice(expected.position() + i * length, length)
                    .mismatch(found.slice(i * stored, length));
            first =
                mismatch < 0 ? first : new BlockOutcome.Miscompare((long) i * length + mismatch);
          }
          if (first instanceof BlockOutcome.Done) {
            below.submit(
                new BlockOperation.CompareAndWrite(
                    compare.lba(),
                    found,
                    whole(compare.lba(), compare.data()),
                    compare.durability()),
                second -> {
                  if (second instanceof BlockOutcome.Miscompare) {
                    compareAndWrite(compare, completion);
                  } else {
                    completion.completed(second);
                  }
                });
          } else {
            completion.completed(first);
          }
        });
  }

  private int blocks(int bytes) {
    int length = geometry().blockLength();
    if (bytes % length != 0) {
      throw new IllegalArgumentException(bytes + " bytes are no blocks of " + length);
    }
    return bytes / length;
  }
}

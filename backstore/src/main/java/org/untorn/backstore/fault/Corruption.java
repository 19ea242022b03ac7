package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.untorn.backstore.BlockOperation;

/**
 * Flips one bit in the data of one write in so many, and says nothing; for {@link Rewriting}. The
 * source of chance is guarded by this object.
 */
public final class Corruption implements UnaryOperator<BlockOperation> {

  private final Random random;
  private final int oneIn;

  public Corruption(long seed, int oneIn) {
    this.random = new Random(seed);
    this.oneIn = oneIn;
  }

  @Override
  public BlockOperation apply(BlockOperation operation) {
    return switch (operation) {
      case BlockOperation.Write(var lba, var data, var durability) ->
          new BlockOperation.Write(lba, perhaps(data), durability);
      case BlockOperation.AtomicWrite(var lba, var data, var durability) ->
          new BlockOperation.AtomicWrite(lba, perhaps(data), durability);
      case BlockOperation.CompareAndWrite(var lba, var expected, var data, var durability) ->
          new BlockOperation.CompareAndWrite(lba, expected, perhaps(data), durability);
      case BlockOperation.Read _,
          BlockOperation.Unmap _,
          BlockOperation.Status _,
          BlockOperation.Flush _ ->
          operation;
    };
  }

  private synchronized List<ByteBuffer> perhaps(List<ByteBuffer> data) {
    int length = Math.toIntExact(BlockOperation.length(data));
    if (length == 0 || random.nextInt(oneIn) > 0) {
      return data;
    }
    byte[] copy = new byte[length];
    ByteBuffer into = ByteBuffer.wrap(copy);
    data.forEach(buffer -> into.put(buffer.duplicate()));
    copy[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
    return List.of(ByteBuffer.wrap(copy));
  }
}

package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/** A filter that makes block operations go wrong. */
public final class BlockFaults implements BlockStore {

  private final BlockStore below;
  private final Function<BlockOperation, Optional<BlockFault>> faults;

  /**
   * A filter.
   *
   * @param faults what is to go wrong with an operation, if anything is; asked once for each
   */
  public BlockFaults(BlockStore below, Function<BlockOperation, Optional<BlockFault>> faults) {
    this.below = below;
    this.faults = faults;
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    Optional<BlockFault> fault = faults.apply(operation);
    if (fault.isEmpty()) {
      below.submit(operation, completion);
      return;
    }
    switch (fault.get()) {
      case BlockFault.ReadError(long lba) ->
          completion.completed(new BlockOutcome.Unreadable(lba, "a fault that was asked for"));
      case BlockFault.WriteError _ ->
          completion.completed(new BlockOutcome.WriteFailed("a fault that was asked for"));
      case BlockFault.NoSpace _ -> completion.completed(new BlockOutcome.OutOfSpace());
      case BlockFault.Lost _ -> completion.completed(BlockOutcome.DONE);
      case BlockFault.Torn(int blocks) -> below.submit(firstOf(operation, blocks), completion);
      case BlockFault.Misdirected(long lba) -> below.submit(at(operation, lba), completion);
      case BlockFault.BitRot(long lba) ->
          below.submit(
              operation,
              outcome -> {
                if (outcome instanceof BlockOutcome.Done
                    && operation instanceof BlockOperation.Read(long first, ByteBuffer into)) {
                  rot(into, Math.toIntExact(lba - first), lba);
                }
                completion.completed(outcome);
              });
    }
  }

  /** A plain write of the first blocks that a write brings; another operation stays as it is. */
  private BlockOperation firstOf(BlockOperation operation, int blocks) {
    long length = (long) blocks * geometry().blockLength();
    return switch (operation) {
      case BlockOperation.Write(var lba, var data, var durability) ->
          new BlockOperation.Write(lba, firstOf(data, length), durability);
      case BlockOperation.AtomicWrite(var lba, var data, var durability) ->
          new BlockOperation.Write(lba, firstOf(data, length), durability);
      case BlockOperation.CompareAndWrite _,
          BlockOperation.Unmap _,
          BlockOperation.Read _,
          BlockOperation.Status _,
          BlockOperation.Flush _ ->
          operation;
    };
  }

  private static List<ByteBuffer> firstOf(List<ByteBuffer> data, long length) {
    List<ByteBuffer> first = new ArrayList<>();
    long left = length;
    for (ByteBuffer buffer : data) {
      int taken = (int) Math.min(left, buffer.remaining());
      if (taken > 0) {
        first.add(buffer.slice(buffer.position(), taken));
      }
      left -= taken;
    }
    return first;
  }

  /** The same write at another address; another operation stays as it is. */
  private static BlockOperation at(BlockOperation operation, long lba) {
    return switch (operation) {
      case BlockOperation.Write(var _, var data, var durability) ->
          new BlockOperation.Write(lba, data, durability);
      case BlockOperation.AtomicWrite(var _, var data, var durability) ->
          new BlockOperation.AtomicWrite(lba, data, durability);
      case BlockOperation.CompareAndWrite _,
          BlockOperation.Unmap _,
          BlockOperation.Read _,
          BlockOperation.Status _,
          BlockOperation.Flush _ ->
          operation;
    };
  }

  /** Flips a bit that only the address decides. */
  private void rot(ByteBuffer into, int block, long lba) {
    int blockLength = geometry().blockLength();
    int bit = Math.floorMod(Long.hashCode(lba * 0x9E3779B97F4A7C15L), blockLength * 8);
    int at = into.position() + block * blockLength + bit / 8;
    into.put(at, (byte) (into.get(at) ^ (1 << (bit % 8))));
  }
}

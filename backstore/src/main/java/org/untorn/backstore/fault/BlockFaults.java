package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
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

  /** Flips a bit that only the address decides. */
  private void rot(ByteBuffer into, int block, long lba) {
    int blockLength = geometry().blockLength();
    int bit = Math.floorMod(Long.hashCode(lba * 0x9E3779B97F4A7C15L), blockLength * 8);
    int at = into.position() + block * blockLength + bit / 8;
    into.put(at, (byte) (into.get(at) ^ (1 << (bit % 8))));
  }
}

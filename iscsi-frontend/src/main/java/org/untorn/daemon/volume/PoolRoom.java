package org.untorn.daemon.volume;

import java.util.List;
import java.util.Optional;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;
import org.untorn.backstore.Volumes;
import org.untorn.daemon.config.Size;

/**
 * How much a pool may take: what its owner says, or else what all of its volumes and snapshots can
 * ever hold, so that no write fails for want of space (the host has to have it).
 *
 * @param capacity what the owner says
 */
public record PoolRoom(Optional<Size> capacity) {

  /** No pool is larger; keeps the sums below from overflowing. */
  private static final long LARGEST = 1L << 60;

  /** Lets the pool take what it may with the volumes that it holds, and {@code more} bytes. */
  public void grant(Pool pool, long more) {
    pool.capacity(options(pool.list(), more));
  }

  private PoolOptions options(List<Volumes.Description> volumes, long more) {
    if (capacity.isPresent()) {
      return PoolOptions.DEFAULT.withCapacityBytes(capacity.get().bytes());
    }
    long sum = Math.min(more, LARGEST);
    for (Volumes.Description volume : volumes) {
      sum = Math.min(sum + Math.min(volume.geometry().storedBytes(), LARGEST), LARGEST);
    }
    return PoolOptions.DEFAULT.withRoomFor(sum);
  }
}

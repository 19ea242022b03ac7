package org.untorn.core;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.untorn.backstore.PointInTime;

/**
 * What a disk copies with.
 *
 * @param manager shared by all disks between which ROD tokens go
 * @param points keeps the disk's blocks as they are at the moment; a disk without has no ROD tokens
 */
public record Copying(CopyManager manager, Optional<Supplier<PointInTime>> points) {

  /** A disk that makes no tokens. */
  static Copying alone() {
    return new Copying(new CopyManager(RandomGenerator.getDefault()), Optional.empty());
  }
}

package org.untorn.daemon.volume;

import org.untorn.daemon.config.Size;

/** What can be asked to be done with a pool's volumes. */
public sealed interface VolumeRequest {

  /**
   * A volume appears, empty.
   *
   * @param protection the type of protection information that its blocks carry; 0: none
   */
  record Create(String name, Size size, int blockSize, int protection) implements VolumeRequest {

    /** One whose blocks are data alone. */
    public Create(String name, Size size, int blockSize) {
      this(name, size, blockSize, 0);
    }
  }

  /**
   * A volume gets another capacity.
   *
   * @param shrink whether it may become smaller, and lose what lies behind the new end
   */
  record Resize(String name, Size size, boolean shrink) implements VolumeRequest {}

  /** What a volume holds now is kept under a name, read-only. */
  record Snapshot(String volume, String name) implements VolumeRequest {}

  /** A volume appears that holds what another, or a snapshot, holds now. */
  record Clone(String origin, String name) implements VolumeRequest {}

  /**
   * A volume goes back to a snapshot.
   *
   * @param force whether it does even while initiators are logged in
   */
  record Rollback(String volume, String snapshot, boolean force) implements VolumeRequest {}

  /** A volume or snapshot goes. */
  record Delete(String name) implements VolumeRequest {}
}

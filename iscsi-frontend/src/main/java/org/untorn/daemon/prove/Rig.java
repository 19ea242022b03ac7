package org.untorn.daemon.prove;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.daemon.volume.VolumeAdmin;

/** A device on the bench: disks that are served over iSCSI, with one switch for their power. */
public interface Rig extends AutoCloseable {

  /** Where it listens. */
  InetSocketAddress address();

  /** The name of the target whose units its disks are, from LUN 0 on. */
  String target();

  /** Who manages the volumes that the disks are kept in. */
  VolumeAdmin volumes();

  /** The name of the volume of a disk. */
  String volume(int unit);

  /** What it is supplied by. */
  PowerSupply power();

  @Override
  void close() throws IOException;

  /** Puts devices on the bench. */
  @FunctionalInterface
  interface Builder {

    /** A new device of zeros. */
    Rig build() throws IOException;
  }
}

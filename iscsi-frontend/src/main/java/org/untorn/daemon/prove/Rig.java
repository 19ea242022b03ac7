package org.untorn.daemon.prove;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.untorn.backstore.fault.PowerSupply;

/** A disk on the bench: served over iSCSI, with a switch for its power. */
public interface Rig extends AutoCloseable {

  /** Where it listens. */
  InetSocketAddress address();

  /** The name of the target whose LUN 0 it is. */
  String target();

  /** What it is supplied by. */
  PowerSupply power();

  @Override
  void close() throws IOException;

  /** Puts disks on the bench. */
  @FunctionalInterface
  interface Builder {

    /** A new disk of zeros. */
    Rig build() throws IOException;
  }
}

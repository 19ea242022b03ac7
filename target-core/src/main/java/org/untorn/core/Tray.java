package org.untorn.core;

import java.util.HashSet;
import java.util.Set;

/**
 * Where a medium lies that can be removed: whether it is there, and who wants it to stay.
 *
 * <p>The nexuses are guarded by this object's lock; whether the medium is there is read without it.
 */
final class Tray {

  private final Set<Nexus> preventing = new HashSet<>();
  private volatile boolean loaded = true;

  boolean isLoaded() {
    return loaded;
  }

  /** Keeps the medium from being removed until this nexus allows it, or is gone (SPC-5 6.16). */
  synchronized void prevent(Nexus nexus) {
    preventing.add(nexus);
  }

  synchronized void allow(Nexus nexus) {
    preventing.remove(nexus);
  }

  synchronized boolean isPrevented() {
    return !preventing.isEmpty();
  }

  /**
   * Loads the medium, or lets it go.
   *
   * @return whether that changed anything
   */
  synchronized boolean move(boolean in) {
    boolean changes = loaded != in;
    loaded = in;
    return changes;
  }

  /** A reset ends what was prevented, and with the power the medium comes back. */
  synchronized void signal(UnitSignal signal) {
    switch (signal) {
      case UnitSignal.NexusLost(Nexus nexus) -> preventing.remove(nexus);
      case UnitSignal.NexusReset(Nexus nexus) -> preventing.remove(nexus);
      case UnitSignal.Preempted(Set<Nexus> nexuses, Nexus _, long _) ->
          preventing.removeAll(nexuses);
      case UnitSignal.Reset _ -> preventing.clear();
      case UnitSignal.PowerOn _ -> {
        preventing.clear();
        loaded = true;
      }
      case UnitSignal.NexusEstablished _,
          UnitSignal.AbortTask _,
          UnitSignal.AbortTaskSet _,
          UnitSignal.ClearTaskSet _,
          UnitSignal.ClearAca _,
          UnitSignal.QueryTask _,
          UnitSignal.QueryTaskSet _,
          UnitSignal.QueryAsynchronousEvent _,
          UnitSignal.Terminated _,
          UnitSignal.InventoryReported _,
          UnitSignal.Removed _,
          UnitSignal.Changed _ -> {}
    }
  }
}

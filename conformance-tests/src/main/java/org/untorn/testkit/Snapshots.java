package org.untorn.testkit;

import java.util.Map;

/** Snapshots of the volumes of a target. */
public final class Snapshots {

  private static final String RESOURCE = "/snapshots";

  private final ControlChannel control;

  Snapshots(ControlChannel control) {
    this.control = control;
  }

  /** Keeps what a unit holds at this moment. */
  public void take(Lun lun, String name) {
    control.post(RESOURCE, Map.of("volume", lun.volume(), "name", name));
  }

  /**
   * A unit holds again what it held then. Initiators that are logged in get a unit attention; what
   * they remember of it is old.
   */
  public void restore(Lun lun, String name) {
    control.post(RESOURCE + "/" + name + "/restore", Map.of("volume", lun.volume(), "force", true));
  }

  /** Forgets one. */
  public void delete(String name) {
    control.delete(RESOURCE + "/" + name);
  }
}

package org.untorn.testkit;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Snapshots of the volumes of a target; those of a test are gone when it ends. */
public final class Snapshots {

  private static final String RESOURCE = "/snapshots";

  private final ControlChannel control;
  private final Set<String> taken = new LinkedHashSet<>();

  Snapshots(ControlChannel control) {
    this.control = control;
  }

  /** Keeps what a unit holds at this moment. */
  public void take(Lun lun, String name) {
    control.post(RESOURCE, Map.of("volume", lun.volume(), "name", name));
    taken.add(name);
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
    taken.remove(name);
  }

  /** Forgets those that were taken here. */
  void deleteAll() {
    List.copyOf(taken).forEach(this::delete);
  }
}

package org.untorn.daemon;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.untorn.core.AdditionalSense;
import org.untorn.core.UnitSignal;
import org.untorn.daemon.volume.Served;
import org.untorn.daemon.volume.VolumeInfo;
import org.untorn.iscsi.session.SessionInfo;

/**
 * The volumes that are served as logical units, and the sessions which can see them. What happens
 * to a volume reaches its initiators as a unit attention condition.
 *
 * @param luns all units, now
 * @param sessions the sessions of all targets, now
 * @param changed hears of a volume that was changed by other means than its unit's commands, or
 *     deleted
 */
record ServedVolumes(
    List<ServedLun> luns, Supplier<List<SessionInfo>> sessions, Consumer<String> changed)
    implements Served {

  @Override
  public List<VolumeInfo.Lun> luns(String volume) {
    return serving(volume).stream()
        .map(lun -> new VolumeInfo.Lun(lun.target(), lun.config().number()))
        .toList();
  }

  @Override
  public List<String> initiators(String volume) {
    List<String> targets = serving(volume).stream().map(ServedLun::target).toList();
    return sessions.get().stream()
        .filter(session -> targets.contains(session.targetName()))
        .map(SessionInfo::initiatorName)
        .distinct()
        .toList();
  }

  @Override
  public void capacityChanged(String volume, boolean smaller) {
    if (smaller) {
      changed.accept(volume);
    }
    tell(volume, AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
  }

  @Override
  public void contentReplaced(String volume) {
    changed.accept(volume);
    tell(volume, AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
  }

  @Override
  public void deleted(String volume) {
    changed.accept(volume);
  }

  /** All volumes share what is nearly used up. */
  void spaceIsShort() {
    luns.forEach(lun -> tell(lun, AdditionalSense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED));
  }

  private void tell(String volume, AdditionalSense condition) {
    serving(volume).forEach(lun -> tell(lun, condition));
  }

  private static void tell(ServedLun lun, AdditionalSense condition) {
    var _ = lun.disk().unit().signal(new UnitSignal.Changed(condition));
  }

  private List<ServedLun> serving(String volume) {
    return luns.stream().filter(lun -> lun.config().volume().equals(volume)).toList();
  }
}

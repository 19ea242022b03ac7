package org.untorn.testkit.vm;

import java.util.List;
import org.untorn.testkit.Ready;

/**
 * A logical unit as a {@link LinuxMachine} sees it: a session of open-iscsi, a disk, a SCSI generic
 * node.
 *
 * <pre>{@code
 * LinuxDisk disk = LinuxDisk.attach(linux, target.ready());
 * linux.sh("sg_inq " + disk.generic());
 * disk.detach();
 * }</pre>
 *
 * @param machine where the disk is
 * @param target the target, by its iSCSI name
 * @param lun the logical unit number
 * @param name the disk's name in /sys/block, for example {@code sda}
 * @param generic the path of its SCSI generic node, for example {@code /dev/sg0}
 */
public record LinuxDisk(LinuxMachine machine, String target, int lun, String name, String generic) {

  /** Logs in to a target and gives its first logical unit. */
  public static LinuxDisk attach(LinuxMachine machine, Ready ready) {
    return attach(machine, ready, List.of());
  }

  /**
   * Logs in to a target and gives its first logical unit. No discovery is needed, so the target may
   * tell any address in SendTargets.
   *
   * @param settings node settings of open-iscsi, {@code name=value}
   */
  public static LinuxDisk attach(LinuxMachine machine, Ready ready, List<String> settings) {
    StringBuilder script = new StringBuilder("introduce ");
    script.append(ready.target()).append(' ').append(portal(machine, ready)).append(" || exit\n");
    script.append("login ").append(ready.target());
    settings.forEach(setting -> script.append(" '").append(setting).append('\''));
    machine.sh(script.toString());
    return of(machine, ready.target(), ready.lun(), 1);
  }

  /**
   * A logical unit of a target that the machine is logged in to.
   *
   * @param session which of the machine's sessions with the target, from 1, the oldest
   */
  public static LinuxDisk of(LinuxMachine machine, String target, int lun, int session) {
    List<String> found =
        machine
            .sh(
                """
                disk=$(wait_for_disk %s %d %d) || exit
                echo "$disk"
                sg_of "$disk"
                """
                    .formatted(target, lun, session))
            .lines()
            .toList();
    return new LinuxDisk(machine, target, lun, found.getFirst(), found.getLast());
  }

  /** Where the machine finds the target. */
  public static String portal(LinuxMachine machine, Ready ready) {
    return machine.hostAddress() + ":" + ready.address().getPort();
  }

  /** The disk's path, for example {@code /dev/sda}. */
  public String path() {
    return "/dev/" + name;
  }

  /** A number of the block layer: the file of that name in /sys/block/X/queue. */
  public long queue(String attribute) {
    return Long.parseLong(machine.sh("cat /sys/block/" + name + "/queue/" + attribute));
  }

  /** Logs out of all sessions with the target and forgets it. */
  public void detach() {
    machine.sh("leave " + target);
  }
}

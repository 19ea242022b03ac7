package org.untorn.conformance.vm;

import org.untorn.testkit.vm.LinuxMachine;

/** The kernel's own simulated disk, which our suites are tried on and compared with. */
final class ScsiDebug {

  private ScsiDebug() {}

  /** Loads the module and gives the name of its one disk. */
  static String load(LinuxMachine linux, String parameters) {
    return linux.sh(
        """
        modprobe scsi_debug %s || exit
        for try in $(seq 200); do
          disk=$(ls -d /sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/* 2>/dev/null)
          [ -z "$disk" ] || exec basename "$disk"
          sleep 0.05
        done
        echo "scsi_debug shows no disk" >&2; exit 1
        """
            .formatted(parameters));
  }

  /** Takes the disk away. */
  static void unload(LinuxMachine linux) {
    linux.sh(
        "for try in $(seq 50); do rmmod scsi_debug 2>/dev/null && exit 0; sleep 0.1; done; exit 1");
  }
}

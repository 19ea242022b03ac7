package org.untorn.daemon;

import io.netty.util.internal.PlatformDependent;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.untorn.daemon.access.AccessRules;
import org.untorn.daemon.config.Storage;
import org.untorn.vpd.LinuxAtomicLimits;

/** What whoever starts a daemon should know, though it starts. */
final class Warnings {

  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private Warnings() {}

  /** Disks that do not fit into memory, or that Linux will not write atomically. */
  static void of(Storage storage, List<ServedLun> luns) {
    long bytes = luns.stream().mapToLong(lun -> lun.store().geometry().storedBytes()).sum();
    long memory = PlatformDependent.maxDirectMemory();
    if (storage instanceof Storage.Memory && bytes > memory - memory / 4) {
      LOG.warn(
          "disks of {} MiB are kept in {} MiB of memory: full ones will not fit; give less --size,"
              + " or more memory (UNTORN_JAVA_OPTIONS=-XX:MaxDirectMemorySize=...)",
          bytes >> 20,
          memory >> 20);
    }
    for (ServedLun lun : luns) {
      if (lun.config().atomic().supported()
          && lun.linux() instanceof LinuxAtomicLimits.Dropped(String why)) {
        LOG.warn("Linux will not use WRITE ATOMIC with {}: {}", lun.config().volume(), why);
      }
    }
  }

  /** Disks that anybody may log in to, and secrets that are no secret. */
  static void of(List<Portal> portals, AccessRules access) {
    portals.stream()
        .filter(portal -> !portal.isLoopback() && !access.unguarded().isEmpty())
        .findFirst()
        .ifPresent(
            portal ->
                LOG.warn(
                    "{} can be reached from other hosts, and asks for no password: whoever can"
                        + " connect reads and writes the disks of {}",
                    portal.reachable(),
                    String.join(", ", access.unguarded())));
    for (String pair : access.shared()) {
      LOG.warn("{} have one secret: each can pass for the other", pair);
    }
  }

  /** For a program that has begun, once, however many daemons it starts. */
  static void ofRoot() {
    if (System.getProperty("user.name", "").equals("root")) {
      LOG.warn("this runs as root, and need not: any user who may use the store will do");
    }
  }
}

package org.untorn.conformance.vm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxMachine;

/**
 * A disk whose power is cut while a guest uses it. A machine and its disk lose power together, so
 * nothing that was on its way may arrive later:
 *
 * <pre>
 *   cutAt ──► a script works until the disk fails it, and unmounts ──► powerOn ──► {@link #awaitBack}
 * </pre>
 *
 * The kernel fails what is on its way as soon as the session drops (replacement_timeout is 0), and
 * the power comes back only when nobody uses the disk any more.
 */
final class CutDisk implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final LinuxMachine linux;
  private final Controls controls;
  private Optional<LinuxDisk> attached = Optional.empty();
  private String host = "";

  CutDisk(LinuxMachine linux, UntornExtension target) {
    this.linux = linux;
    this.controls = new Controls(target);
  }

  /**
   * A target with such a disk.
   *
   * @param name the end of its name
   */
  static UntornExtension target(String name, String size, String... options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--size",
                size,
                "--target-name",
                "iqn.2026-11.org.untorn:" + name,
                "--power",
                "--history",
                "--seed",
                "1"));
    all.addAll(List.of(options));
    return UntornExtension.inMemory(all.toArray(String[]::new));
  }

  /** Logs in and gives the disk's path. */
  String attach() {
    LinuxDisk disk =
        LinuxDisk.attach(
            linux,
            controls.target().ready(),
            List.of(
                "node.session.timeo.replacement_timeout=0",
                "node.conn[0].timeo.noop_out_interval=0",
                "node.conn[0].timeo.noop_out_timeout=0"));
    attached = Optional.of(disk);
    host = linux.sh("hosts_of " + disk.target()).strip();
    // QEMU's network takes a rest of 5 seconds now and then where a read brings more at once.
    linux.sh("echo 64 >/sys/block/%s/queue/max_sectors_kb".formatted(disk.name()));
    return disk.path();
  }

  /** Logs out, whatever has become of it. */
  @Override
  public void close() {
    try {
      controls.post("/power", "{\"clear\":true}");
      controls.post("/power", "{\"on\":true}");
      if (attached.isPresent()) {
        awaitBack();
      }
    } finally {
      linux.run(LIMIT, "leave " + controls.target().ready().target()).successfulOutput();
    }
  }

  /** A moment of the next half second of work. */
  static String moment(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> "write " + random.nextInt(1, 40);
      case 1 -> "write %d block %d".formatted(random.nextInt(1, 40), random.nextInt(1, 8));
      default -> "flush " + random.nextInt(1, 15);
    };
  }

  /** Plans a cut; the power will stay off. What was remembered of what came before is forgotten. */
  void cutAt(String moment) {
    controls.delete("/history");
    controls.post("/power", "{\"cut\":\"%s\"}".formatted(moment));
  }

  /** Whether the power is on. */
  boolean isOn() {
    return controls.get("/power").path("on").asBoolean();
  }

  void powerOn() {
    controls.post("/power", "{\"on\":true}");
  }

  /** What the device's own history says of the last cut. */
  JsonNode verdict() {
    return controls.get("/history/verdict");
  }

  /** Waits until the kernel has its session again and sends I/O to the disk. */
  void awaitBack() {
    linux
        .run(
            LIMIT,
            """
            sessions=/sys/class/iscsi_host/%s/device/session*/iscsi_session
            while
              read -r session < $(echo $sessions/session*/state)
              read -r disk </sys/block/%s/device/state
              [ "$session $disk" != "LOGGED_IN running" ]
            do
              [ $SECONDS -lt 40 ] || { echo "session $session, disk $disk"; exit 1; }
              sleep 0.02
            done
            """
                .formatted(host, attached.map(LinuxDisk::name).orElseThrow()))
        .successfulOutput();
  }
}

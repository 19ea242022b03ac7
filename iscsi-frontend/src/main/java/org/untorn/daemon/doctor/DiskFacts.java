package org.untorn.daemon.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.VpdPage;

/**
 * What the kernel knows of a disk, from /sys: read only.
 *
 * @param name in /sys/block, for example {@code sda}
 * @param vendorAndModel as the disk calls itself; empty if it says nothing
 * @param kernel the running kernel's release
 * @param queue what the block layer offers
 * @param limits the disk's own Block Limits page (SBC-4 6.6.4); empty for what is no SCSI disk
 */
record DiskFacts(
    String name, String vendorAndModel, String kernel, Queue queue, Optional<BlockLimits> limits) {

  /**
   * /sys/block/X/queue, in bytes but for {@code maxSegments}; atomic limits are 0 if there are
   * none.
   */
  record Queue(
      int logicalBlockSize,
      int physicalBlockSize,
      long maxHardware,
      int maxSegments,
      long atomicUnitMin,
      long atomicUnitMax,
      long atomicMax,
      boolean tellsAtomic) {}

  /**
   * Reads what a kernel shows of a disk or partition.
   *
   * @param sysfs the root of sysfs
   * @param name the device's name in /sys/class/block
   * @throws IOException if it shows no such device
   */
  static DiskFacts read(Path sysfs, String name, String kernel) throws IOException {
    Path device = sysfs.resolve("class/block").resolve(name).toRealPath();
    Path disk = Files.exists(device.resolve("partition")) ? device.getParent() : device;
    if (disk == null) {
      throw new IOException("a partition without a disk: " + device);
    }
    Path queue = disk.resolve("queue");
    String model = text(disk.resolve("device/vendor")) + " " + text(disk.resolve("device/model"));
    return new DiskFacts(
        disk.getFileName().toString(),
        model.strip(),
        kernel,
        new Queue(
            (int) number(queue.resolve("logical_block_size")),
            (int) number(queue.resolve("physical_block_size")),
            number(queue.resolve("max_hw_sectors_kb")) * 1024,
            (int) number(queue.resolve("max_segments")),
            number(queue.resolve("atomic_write_unit_min_bytes")),
            number(queue.resolve("atomic_write_unit_max_bytes")),
            number(queue.resolve("atomic_write_max_bytes")),
            Files.exists(queue.resolve("atomic_write_unit_max_bytes"))),
        blockLimits(disk.resolve("device/vpd_pgb0")));
  }

  private static Optional<BlockLimits> blockLimits(Path page) throws IOException {
    if (!Files.exists(page)) {
      return Optional.empty();
    }
    return VpdPage.decode(Files.readAllBytes(page))
        .flatMap(
            decoded ->
                decoded instanceof BlockLimits limits ? Optional.of(limits) : Optional.empty());
  }

  private static String text(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }

  private static long number(Path file) throws IOException {
    String text = text(file);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }
}

package org.untorn.daemon.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.daemon.config.Size;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.LinuxAtomicLimits;

/**
 * What is to be told about a disk, in words: who offers what, and how each check ended. A pure
 * function of what was found.
 */
final class Diagnosis {

  /** One line of the first table. */
  record Offer(String who, String what) {}

  /**
   * One line of the second table.
   *
   * @param passed whether it ended as it should
   */
  record Check(String what, String result, boolean passed) {}

  private Diagnosis() {}

  /** What the disk offers, and what the kernel makes of it. */
  static List<Offer> offers(DiskFacts facts) {
    List<Offer> offers = new ArrayList<>();
    offers.add(new Offer("the disk", disk(facts)));
    boundaries(facts).ifPresent(words -> offers.add(new Offer("", words)));
    offers.add(new Offer("the kernel", kernel(facts)));
    return offers;
  }

  /** What a file system offers for its files. */
  static Offer fileSystem(AtomicFile.Statx statx) {
    return new Offer(
        "the file system",
        statx.supported()
            ? "atomic writes to files of %s to %s"
                .formatted(new Size(statx.unitMin()), new Size(statx.unitMax()))
            : "no atomic writes to files (XFS and ext4 have them on newer kernels, if the disk and"
                + " the block size fit)");
  }

  /** Whether statx tells of a disk what sysfs does. */
  static Check statxAgrees(DiskFacts.Queue queue, AtomicFile.Statx statx) {
    boolean same =
        statx.unitMin() == queue.atomicUnitMin() && statx.unitMax() == queue.atomicUnitMax();
    return new Check(
        "statx tells what /sys does",
        same ? "it does" : "it tells %d to %d bytes".formatted(statx.unitMin(), statx.unitMax()),
        same);
  }

  /** How a write that should be written ended. */
  static Check mustBeWritten(String what, AtomicFile.End end) {
    return new Check(what, words(end), end instanceof AtomicFile.End.Written);
  }

  /** How a write that should be refused ended. */
  static Check mustBeRefused(String what, AtomicFile.End end) {
    return new Check(what, words(end), end instanceof AtomicFile.End.Refused);
  }

  private static String words(AtomicFile.End end) {
    return switch (end) {
      case AtomicFile.End.Written _ -> "written, and reads back";
      case AtomicFile.End.Refused(long error) -> "refused, " + Libc.error(error);
      case AtomicFile.End.ReadsBackWrong _ -> "WRITTEN, BUT SOMETHING ELSE READS BACK";
    };
  }

  private static String disk(DiskFacts facts) {
    int block = facts.queue().logicalBlockSize();
    if (facts.limits().isEmpty()) {
      return "no Block Limits page: no SCSI disk, or one that hides it";
    }
    AtomicLimits limits = facts.limits().get().atomic();
    if (!limits.supported()) {
      return "no WRITE ATOMIC: its Block Limits page has no atomic limits";
    }
    return "WRITE ATOMIC(16) of up to %s, in multiples of %s, at multiples of %s"
        .formatted(
            new Size(limits.maximumTransferLength() * block),
            new Size(Math.max(1, limits.granularity()) * block),
            new Size(Math.max(1, limits.alignment()) * block));
  }

  private static Optional<String> boundaries(DiskFacts facts) {
    int block = facts.queue().logicalBlockSize();
    return facts
        .limits()
        .map(limits -> limits.atomic())
        .filter(limits -> limits.maximumBoundarySize() > 0)
        .map(
            limits ->
                "and of up to %s in several operations, each of up to %s"
                    .formatted(
                        new Size(limits.maximumTransferLengthWithBoundary() * block),
                        new Size(limits.maximumBoundarySize() * block)));
  }

  private static String kernel(DiskFacts facts) {
    DiskFacts.Queue queue = facts.queue();
    String linux = "Linux " + facts.kernel() + ": ";
    if (!queue.tellsAtomic()) {
      return linux + "too old for atomic writes (6.11 is the first that has them)";
    }
    if (queue.atomicUnitMax() > 0) {
      return linux
          + "RWF_ATOMIC writes of %s to %s, each a power of two and naturally aligned"
              .formatted(new Size(queue.atomicUnitMin()), new Size(queue.atomicUnitMax()));
    }
    return linux + "no atomic writes" + why(facts).map(why -> ": " + why).orElse("");
  }

  /** Why Linux leaves atomic writes off that the disk offers. */
  private static Optional<String> why(DiskFacts facts) {
    DiskFacts.Queue queue = facts.queue();
    LinuxAtomicLimits.Host host =
        new LinuxAtomicLimits.Host(queue.maxHardware(), queue.maxSegments(), 4096);
    return facts
        .limits()
        .map(
            limits ->
                LinuxAtomicLimits.of(
                    limits.atomic(),
                    queue.logicalBlockSize(),
                    Math.max(queue.physicalBlockSize(), queue.logicalBlockSize()),
                    host))
        .map(
            derived ->
                switch (derived) {
                  case LinuxAtomicLimits.Dropped(String why) -> why;
                  case LinuxAtomicLimits.Offered _ ->
                      "the disk's limits would do; something between it and the kernel takes them away";
                });
  }
}

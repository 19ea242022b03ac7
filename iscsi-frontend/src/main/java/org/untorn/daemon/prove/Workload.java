package org.untorn.daemon.prove;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.untorn.backstore.fault.CutPoint;

/**
 * What is written, and when the power fails: the same for the same seed, with plain and with atomic
 * writes, save that the one is written plainly and the other atomically.
 */
final class Workload {

  private static final double FUA = 0.2;
  private static final double NATURAL = 0.35;
  private static final double SNAPSHOT = 0.1;
  private static final double WITH_BOUNDARY = 0.2;

  /** Of a length that an atomic write must not have: it is refused, or else it must be whole. */
  private static final double UNRULY = 0.08;

  private final Experiment experiment;

  Workload(Experiment experiment) {
    this.experiment = experiment;
  }

  /**
   * The round with a number.
   *
   * @param atomic whether its writes will be atomic, which decides how many changes the store
   *     counts
   */
  Round round(int number, boolean atomic) {
    Random random = new Random(experiment.seed() * 0x9E3779B97F4A7C15L + number);
    int count = 3 + random.nextInt(6);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double kind = i == 0 ? 0 : random.nextDouble();
      if (kind < 0.66) {
        steps.add(write(random));
      } else if (kind < 0.9) {
        steps.add(new Step.Flush());
      } else {
        int longest = experiment.longest();
        long lba = random.nextInt(experiment.region() - longest + 1);
        steps.add(new Step.Read(lba + unit(random), longest));
      }
      if (experiment.snapshots() && random.nextDouble() < SNAPSHOT) {
        steps.add(new Step.Snapshot(random.nextInt(experiment.units())));
      }
    }
    return new Round(steps, cut(steps, atomic, random));
  }

  private Step.Write write(Random random) {
    int granularity = experiment.granularity();
    int granules = experiment.longest() / granularity;
    // Short ones are as frequent as long ones, on a logarithmic scale.
    int magnitude = random.nextInt(Integer.SIZE - Integer.numberOfLeadingZeros(granules));
    int length = Math.min(granules, (1 << magnitude) + random.nextInt(1 << magnitude));
    boolean natural = random.nextDouble() < NATURAL;
    int blocks = (natural ? Integer.highestOneBit(length) : length) * granularity;
    if (granularity > 1 && random.nextDouble() < UNRULY) {
      blocks -= 1 + random.nextInt(granularity - 1);
    }
    int step =
        natural ? leastCommonMultiple(blocks, experiment.alignment()) : experiment.alignment();
    int places = (experiment.region() - blocks) / step + 1;
    long lba = (long) step * random.nextInt(places);
    int boundary = boundary(blocks, random);
    // One with a boundary is several changes, whose ends with FUA race with a cut inside.
    boolean fua = random.nextDouble() < FUA && boundary == 0;
    return new Step.Write(lba + unit(random), blocks, boundary, fua);
  }

  /** The first block of one of the units. */
  private long unit(Random random) {
    // With one unit nothing is drawn: its runs are the same as ever.
    return experiment.units() == 1
        ? 0
        : (long) random.nextInt(experiment.units()) * experiment.region();
  }

  private int boundary(int blocks, Random random) {
    int granularity = experiment.granularity();
    long largest = Math.min(experiment.limits().maximumBoundarySize(), blocks / 2);
    boolean takes = experiment.limits().maximumTransferLengthWithBoundary() >= blocks;
    double chance = random.nextDouble();
    int choice = random.nextInt(1 << 20);
    if (!takes || largest < granularity || chance >= WITH_BOUNDARY) {
      return 0;
    }
    return granularity * (1 + choice % (int) (largest / granularity));
  }

  private static int leastCommonMultiple(int a, int b) {
    int x = a;
    int y = b;
    while (y != 0) {
      int rest = x % y;
      x = y;
      y = rest;
    }
    return a / x * b;
  }

  /** Somewhere inside a write, at a write, at a flush, or behind all. */
  private Optional<CutPoint> cut(List<Step> steps, boolean atomic, Random random) {
    double kind = random.nextDouble();
    double where = random.nextDouble();
    double part = random.nextDouble();
    double block = random.nextDouble();
    List<Step.Write> writes =
        steps.stream().filter(Step.Write.class::isInstance).map(Step.Write.class::cast).toList();
    long flushes = experiment.units() * steps.stream().filter(Step.Flush.class::isInstance).count();
    int target = (int) (where * writes.size());
    Step.Write hit = writes.get(target);
    long before = writes.subList(0, target).stream().mapToLong(w -> w.changes(atomic)).sum();
    long number = before + 1 + (int) (part * hit.changes(atomic));
    if (kind < 0.45) {
      int length = atomic ? hit.unit() : hit.blocks();
      return Optional.of(new CutPoint.InsideWrite(number, (int) (block * (length + 1))));
    } else if (kind < 0.6) {
      return Optional.of(new CutPoint.AtWrite(number));
    } else if (kind < 0.75 && flushes > 0) {
      return Optional.of(new CutPoint.AtFlush(1 + (long) (where * flushes)));
    }
    return Optional.empty();
  }
}

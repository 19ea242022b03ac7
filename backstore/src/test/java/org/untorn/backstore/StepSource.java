package org.untorn.backstore;

import java.util.List;
import java.util.Random;

/**
 * Makes steps at random, each of which fits what a pool holds.
 *
 * @param shapes what volumes are made as, and how large they grow
 * @param volumes so many volumes and snapshots at most
 * @param atomicBytes the longest atomic write
 */
record StepSource(Random random, List<Geometry> shapes, int volumes, int atomicBytes, Mix mix) {

  /**
   * How often what is done.
   *
   * @param management steps in a thousand that change volumes
   * @param tidying steps in a thousand that checkpoint or clean
   * @param flushes steps in a thousand that flush
   * @param stable changes in a thousand that are durable when they are done
   */
  record Mix(int management, int tidying, int flushes, int stable) {}

  Step next(PoolModel model) {
    int kind = random.nextInt(1000);
    if (model.writableNames().isEmpty()) {
      return create();
    }
    if (kind < mix.management) {
      return management(model);
    }
    if (kind < mix.management + mix.tidying) {
      return new Step.Tidy(random.nextBoolean());
    }
    if (kind < mix.management + mix.tidying + mix.flushes) {
      return new Step.Flush(pick(model.names()));
    }
    return onBlocks(model);
  }

  /** Also used where every kind of step has to come up. */
  Step management(PoolModel model) {
    List<String> snapshots = model.snapshots();
    String writable = pick(model.writableNames());
    String any = pick(model.names());
    boolean full = model.names().size() >= volumes;
    return switch (random.nextInt(full ? 5 : 10)) {
      case 0, 1 -> model.names().size() > 1 ? new Step.Delete(any) : create();
      case 2 -> resize(model, writable);
      case 3, 4 -> rollback(model, writable, snapshots);
      case 5 -> create();
      case 6, 7 -> new Step.Branch(any, fresh(), true);
      default -> new Step.Branch(any, fresh(), false);
    };
  }

  private Step onBlocks(PoolModel model) {
    String volume = pick(model.writableNames());
    int blocks = (int) model.geometry(volume).blocks();
    int lba = random.nextInt(blocks);
    int longest = atomicBytes / model.geometry(volume).storedLength();
    int count = 1 + random.nextInt(Math.min(longest, blocks - lba));
    int tag = random.nextInt();
    Durability durability =
        random.nextInt(1000) < mix.stable ? Durability.STABLE : Durability.APPENDED;
    int kind = random.nextInt(100);
    if (kind < 25) {
      return read(model, pick(model.names()));
    }
    if (kind < 28) {
      return new Step.Status(volume, 0, blocks);
    }
    if (kind < 38) {
      boolean equal = random.nextInt(3) > 0;
      return new Step.Compare(volume, lba, count, tag, equal, durability);
    }
    if (kind < 48) {
      return unmap(volume, blocks, new BlockExtent(lba, count), durability);
    }
    if (kind < 50) {
      return refused(model, pick(model.names()));
    }
    if (kind < 52) {
      return new Step.Write(volume, lba, blocks - lba, tag, false, durability);
    }
    return new Step.Write(volume, lba, count, tag, kind < 80, durability);
  }

  private Step read(PoolModel model, String volume) {
    int blocks = (int) model.geometry(volume).blocks();
    int lba = random.nextInt(blocks);
    return new Step.Read(volume, lba, random.nextInt(Math.min(32, blocks - lba) + 1));
  }

  /** One extent, or two that may overlap; the second one is long now and then. */
  private Step unmap(String volume, int blocks, BlockExtent first, Durability durability) {
    int lba = random.nextInt(blocks);
    int count = random.nextInt(8) == 0 ? blocks - lba : random.nextInt(1 + blocks - lba) % 8;
    List<BlockExtent> extents = List.of(first, new BlockExtent(lba, count));
    return new Step.Unmap(volume, extents.subList(0, 1 + random.nextInt(2)), durability);
  }

  private Step refused(PoolModel model, String volume) {
    long blocks = model.geometry(volume).blocks();
    return model.isWritable(volume)
        ? new Step.Refused(volume, blocks - random.nextInt(2), 2)
        : new Step.Refused(volume, random.nextLong(blocks), 1);
  }

  private Step create() {
    return new Step.Create(fresh(), pick(shapes));
  }

  private Step resize(PoolModel model, String volume) {
    int blockLength = model.geometry(volume).blockLength();
    List<Geometry> like =
        shapes.stream().filter(shape -> shape.blockLength() == blockLength).toList();
    return new Step.Resize(volume, 1 + random.nextInt((int) pick(like).blocks()));
  }

  /** Back to a snapshot of blocks of the same length; if there is one. */
  private Step rollback(PoolModel model, String volume, List<String> snapshots) {
    int blockLength = model.geometry(volume).blockLength();
    List<String> fitting =
        snapshots.stream()
            .filter(name -> model.geometry(name).blockLength() == blockLength)
            .toList();
    return fitting.isEmpty() ? new Step.Flush(volume) : new Step.Rollback(volume, pick(fitting));
  }

  private String fresh() {
    return "v" + random.nextInt(Integer.MAX_VALUE);
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}

package org.untorn.daemon;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.DirectoryMedium;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.Medium;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolDamagedException;
import org.untorn.backstore.PoolOptions;
import org.untorn.backstore.Volumes;
import org.untorn.core.CopyManager;
import org.untorn.core.Copying;
import org.untorn.core.Provisioning;
import org.untorn.core.UnitMemory;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.volume.PoolRoom;
import org.untorn.daemon.volume.PoolVolumes;
import org.untorn.daemon.volume.Served;
import org.untorn.daemon.volume.VolumeMemory;

/** The pool that the logical units' volumes live in, opened on its medium. */
final class OpenStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OpenStore.class);

  private final DaemonConfig config;
  private final Medium medium;
  private final Pool pool;

  private OpenStore(DaemonConfig config, Medium medium, Pool pool) {
    this.config = config;
    this.medium = medium;
    this.pool = pool;
  }

  /**
   * Opens what is there, or begins anew.
   *
   * @param filter makes what stands between the pool and its medium
   */
  static OpenStore open(DaemonConfig config, UnaryOperator<Medium> filter) throws IOException {
    Medium medium = filter.apply(medium(config.storage()));
    try {
      return new OpenStore(config, medium, Pool.open(medium, PoolOptions.DEFAULT));
    } catch (PoolDamagedException damage) {
      medium.close();
      throw new IOException(
          "the pool in %s is damaged: %s; 'untorn check %s' says all, and with --repair keeps what is good"
              .formatted(config.storage(), damage.getMessage(), config.storage()),
          damage);
    } catch (IOException | RuntimeException problem) {
      medium.close();
      throw problem;
    }
  }

  private static Medium medium(Storage storage) throws IOException {
    return switch (storage) {
      case Storage.Directory(Path path) -> directory(path);
      case Storage.Memory _ -> new MemoryMedium();
    };
  }

  private static Medium directory(Path path) throws IOException {
    try {
      return DirectoryMedium.open(path);
    } catch (FileSystemException problem) {
      // Its message is the path alone; its kind says what is wrong.
      throw new IOException(
          "cannot keep blocks in %s (%s); give another --dir"
              .formatted(path, problem.getClass().getSimpleName()),
          problem);
    }
  }

  /**
   * What a logical unit serves.
   *
   * @param writable false for a snapshot
   */
  record Blocks(BlockStore store, boolean writable) {}

  /**
   * The volume or snapshot of a logical unit; a volume is made if it is not there. One that is
   * there keeps its capacity, which may have been changed since the configuration was written.
   *
   * @throws IOException if there is one with blocks of another length
   */
  Blocks volume(LunConfig lun) throws IOException {
    Optional<Volumes.Description> there =
        pool.list().stream().filter(volume -> volume.name().equals(lun.volume())).findFirst();
    if (there.isEmpty()) {
      pool.create(
          lun.volume(),
          Geometry.ofData(lun.blockSize(), lun.initialBlocks(), lun.protection().orElse(0)));
      return new Blocks(pool.open(lun.volume()), true);
    }
    check(there.get(), lun);
    return new Blocks(pool.open(lun.volume()), there.get().writable());
  }

  private void check(Volumes.Description there, LunConfig lun) throws IOException {
    Geometry geometry = there.geometry();
    if (geometry.dataLength() != lun.blockSize()) {
      throw new IOException(
          "volume %s in %s has blocks of %d bytes, not of %d: serve it with that block size, or choose another volume"
              .formatted(lun.volume(), config.storage(), geometry.dataLength(), lun.blockSize()));
    }
    if (lun.protection().filter(type -> type != geometry.protection()).isPresent()) {
      throw new IOException(
          "volume %s in %s has protection information of type %d (0: none), not of type %d: leave --protection out, or choose another volume"
              .formatted(
                  lun.volume(), config.storage(), geometry.protection(), lun.protection().get()));
    }
    Size size = new Size(geometry.bytes());
    if (lun.size().isPresent() && !lun.size().get().equals(size)) {
      LOG.warn(
          "volume {} is there already and keeps its size of {}, not {}: 'untorn volume resize'"
              + " changes it",
          lun.volume(),
          size,
          lun.size().get());
    }
  }

  /** Where the unit of a volume keeps what outlives it. */
  UnitMemory memory(LunConfig lun) {
    return new VolumeMemory(pool, lun.volume());
  }

  /** The volumes, to be managed while they are served. */
  PoolVolumes volumes(Served served) throws IOException {
    return PoolVolumes.of(pool, new PoolRoom(config.capacity()), served);
  }

  /** What a volume's disk copies with. */
  Copying copying(CopyManager manager, String volume) {
    return new Copying(manager, Optional.of(() -> pool.keep(volume)));
  }

  /** What all volumes share. */
  Provisioning provisioning() {
    return new Provisioning(
        () -> pool.space().usable(), () -> pool.space().used(), config.threshold().percent());
  }

  /** Warns when so much of the pool is used. */
  void warnOfUse(Runnable warning) {
    SoftThreshold threshold = new SoftThreshold(config.threshold(), warning);
    pool.onSpaceChanged(() -> threshold.look(pool.space()));
  }

  /** Makes everything durable and lets the medium go. */
  @Override
  public void close() throws IOException {
    try {
      pool.close();
    } finally {
      medium.close();
    }
  }
}

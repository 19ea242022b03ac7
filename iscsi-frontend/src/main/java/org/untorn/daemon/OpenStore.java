package org.untorn.daemon;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.DirectoryMedium;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.Medium;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;
import org.untorn.backstore.Volumes;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;

/** The pool that the logical units' volumes live in, opened on its medium. */
final class OpenStore implements AutoCloseable {

  private final Storage storage;
  private final Medium medium;
  private final Pool pool;

  private OpenStore(Storage storage, Medium medium, Pool pool) {
    this.storage = storage;
    this.medium = medium;
    this.pool = pool;
  }

  /** Opens what is there, or begins anew, with room for all volumes however they are written. */
  static OpenStore open(DaemonConfig config) throws IOException {
    Medium medium = medium(config.storage());
    try {
      return new OpenStore(config.storage(), medium, pool(medium, config.luns()));
    } catch (IOException | RuntimeException problem) {
      medium.close();
      throw problem;
    }
  }

  private static Pool pool(Medium medium, List<LunConfig> luns) throws IOException {
    long served = luns.stream().mapToLong(lun -> lun.size().bytes()).sum();
    Pool pool = Pool.open(medium, PoolOptions.DEFAULT.withRoomFor(served));
    List<String> names = luns.stream().map(LunConfig::volume).toList();
    long others =
        pool.list().stream()
            .filter(volume -> !names.contains(volume.name()))
            .mapToLong(volume -> volume.geometry().bytes())
            .sum();
    if (others == 0) {
      return pool;
    }
    // Only the open pool knows what else it holds, and how much room it has is said on opening.
    pool.close();
    return Pool.open(medium, PoolOptions.DEFAULT.withRoomFor(served + others));
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
   * The volume of a logical unit; it is made if it is not there.
   *
   * @throws IOException if there is one of another shape
   */
  BlockStore volume(LunConfig lun) throws IOException {
    Geometry wanted = new Geometry(lun.blockSize(), lun.blocks());
    for (Volumes.Description there : pool.list()) {
      if (there.name().equals(lun.volume())) {
        check(there.geometry(), wanted, lun.volume());
        return pool.open(lun.volume());
      }
    }
    pool.create(lun.volume(), wanted);
    return pool.open(lun.volume());
  }

  private void check(Geometry there, Geometry wanted, String volume) throws IOException {
    if (!there.equals(wanted)) {
      throw new IOException(
          "volume %s in %s has %s in blocks of %d bytes, not %s in blocks of %d: serve it with that size and block size, or choose another directory"
              .formatted(
                  volume,
                  storage,
                  new Size(there.bytes()),
                  there.blockLength(),
                  new Size(wanted.bytes()),
                  wanted.blockLength()));
    }
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

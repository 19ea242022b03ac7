package org.untorn.backstore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.backstore.fault.FaultyMedium;
import org.untorn.backstore.fault.PowerLossMedium;
import org.untorn.backstore.fault.TornWrites;

/** A pool's volumes keep the contract of {@link BlockStore}, whatever lies below them. */
class PoolContractTest {

  /** Shortest blocks in the shortest segments, in memory. */
  @Nested
  class InMemory extends OfPool {
    InMemory() {
      super(new Geometry(512, 100), PoolOptions.DEFAULT.withSegmentBytes(64 << 10));
    }

    @Override
    Medium medium() {
      return new MemoryMedium(1000);
    }
  }

  /** Longest blocks in the default segments, in a directory. */
  @Nested
  class InADirectory extends OfPool {
    @TempDir Path directory;

    InADirectory() {
      super(new Geometry(4096, 64), PoolOptions.DEFAULT);
    }

    @Override
    Medium medium() throws IOException {
      return DirectoryMedium.open(directory);
    }
  }

  /** Blocks with protection information, the shortest. */
  @Nested
  class ProtectionInformation extends OfPool {
    ProtectionInformation() {
      super(Geometry.ofData(512, 100, 1), PoolOptions.DEFAULT.withSegmentBytes(128 << 10));
    }

    @Override
    Medium medium() {
      return new MemoryMedium(1000);
    }
  }

  /** The longest, of which no granule is made. */
  @Nested
  class ProtectionInformationOfLongBlocks extends OfPool {
    ProtectionInformationOfLongBlocks() {
      super(Geometry.ofData(4096, 64, 2), PoolOptions.DEFAULT);
    }

    @Override
    Medium medium() {
      return new MemoryMedium(1000);
    }
  }

  /** A filter on a pool whose medium is a stack of filters, which cleans all the time. */
  @Nested
  class BehindFilters extends OfPool {
    BehindFilters() {
      super(
          new Geometry(1024, 64),
          PoolOptions.DEFAULT.withSegmentBytes(64 << 10).withCapacityBytes(8 * (64 << 10)));
    }

    @Override
    Medium medium() throws IOException {
      return new FaultyMedium(new PowerLossMedium(new MemoryMedium()));
    }

    @Override
    public BlockStore store() {
      return new TornWrites(super.store());
    }
  }

  abstract static class OfPool implements BlockStoreContract {
    private final Geometry geometry;
    private final PoolOptions options;
    private Medium medium = new MemoryMedium();
    private Optional<Pool> pool = Optional.empty();

    OfPool(Geometry geometry, PoolOptions options) {
      this.geometry = geometry;
      this.options = options;
    }

    abstract Medium medium() throws IOException;

    @BeforeEach
    void open() throws IOException {
      medium = medium();
      Pool opened = Pool.open(medium, options);
      opened.create("volume", geometry);
      pool = Optional.of(opened);
    }

    @AfterEach
    void close() throws IOException {
      pool.orElseThrow().close();
      medium.close();
    }

    @Override
    public BlockStore store() {
      return pool.orElseThrow().open("volume");
    }
  }
}

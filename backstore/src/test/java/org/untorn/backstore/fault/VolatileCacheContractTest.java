package org.untorn.backstore.fault;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.BlockStoreContract;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;

/** A volatile cache keeps the contract of {@link BlockStore} as long as the power lasts. */
class VolatileCacheContractTest {

  @Nested
  class Roomy extends OverPool {
    Roomy() {
      super(1 << 20);
    }
  }

  /** Destages all the time, and takes no long write. */
  @Nested
  class Tiny extends OverPool {
    Tiny() {
      super(4 << 10);
    }
  }

  /** After a cut, with the power on again. */
  @Nested
  class PoweredAgain extends OverPool {
    PoweredAgain() {
      super(1 << 20);
    }

    @Override
    void begin(PowerSupply power) {
      power.cut().join();
      power.on().join();
    }
  }

  /** Below and above other filters. */
  @Nested
  class InAStack extends OverPool {
    InAStack() {
      super(16 << 10);
    }

    @Override
    BlockStore stack(PowerSupply power, BlockStore volume) {
      return new TornPlainWrites(power.protect("volume", new TornWrites(volume)));
    }
  }

  abstract static class OverPool implements BlockStoreContract {

    private final PowerSupply power;
    private Optional<Pool> pool = Optional.empty();
    private Optional<BlockStore> store = Optional.empty();

    OverPool(long cacheBytes) {
      power = new PowerSupply(1, cacheBytes, (delay, action) -> {});
    }

    void begin(PowerSupply supply) {}

    BlockStore stack(PowerSupply supply, BlockStore volume) {
      return supply.protect("volume", volume);
    }

    @BeforeEach
    void open() throws IOException {
      Pool opened = Pool.open(new MemoryMedium(), PoolOptions.DEFAULT.withSegmentBytes(64 << 10));
      pool = Optional.of(opened);
      opened.create("volume", new Geometry(512, 100));
      store = Optional.of(stack(power, opened.open("volume")));
      begin(power);
    }

    @AfterEach
    void close() throws IOException {
      pool.orElseThrow().close();
    }

    @Override
    public BlockStore store() {
      return store.orElseThrow();
    }
  }
}

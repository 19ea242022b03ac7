package org.untorn.backstore;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.backstore.fault.FaultyMedium;
import org.untorn.backstore.fault.PowerLossMedium;

/** Every medium keeps the contract of {@link Medium}. */
class MediumContractTest {

  /** The end in memory. */
  @Nested
  class Memory implements MediumContract {
    private final Medium medium = new MemoryMedium(1000);

    @Override
    public Medium medium() {
      return medium;
    }
  }

  /** The end in a directory. */
  @Nested
  class InADirectory implements MediumContract {
    @TempDir Path directory;
    private Medium medium = new MemoryMedium();

    @BeforeEach
    void open() throws IOException {
      medium = DirectoryMedium.open(directory);
    }

    @AfterEach
    void close() throws IOException {
      medium.close();
    }

    @Override
    public Medium medium() {
      return medium;
    }
  }

  /** The end in a directory, with Java's own channels, few of which stay open. */
  @Nested
  class InADirectoryByChannels implements MediumContract {
    @TempDir Path directory;
    private Medium medium = new MemoryMedium();

    @BeforeEach
    void open() throws IOException {
      DirectoryMedium.Host host = new DirectoryMedium.Host(ChannelFile::open, path -> {}, 1);
      medium = DirectoryMedium.open(directory, host);
    }

    @AfterEach
    void close() throws IOException {
      medium.close();
    }

    @Override
    public Medium medium() {
      return medium;
    }
  }

  /** All filters, one on the other. */
  @Nested
  class StackOfFilters implements MediumContract {
    private final Medium medium;

    StackOfFilters() throws IOException {
      medium = new FaultyMedium(new PowerLossMedium(new FaultyMedium(new MemoryMedium())));
    }

    @Override
    public Medium medium() {
      return medium;
    }
  }
}

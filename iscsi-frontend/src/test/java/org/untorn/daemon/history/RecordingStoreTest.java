package org.untorn.daemon.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;
import org.untorn.oracle.Event;

/** A memory that has an end. */
class RecordingStoreTest {

  private static final int BLOCK = 512;

  private final MemoryMedium medium = new MemoryMedium();
  private Optional<Pool> pool = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    Pool opened = Pool.open(medium, PoolOptions.DEFAULT.withSegmentBytes(1 << 20));
    opened.create("volume", new Geometry(BLOCK, 64));
    pool = Optional.of(opened);
  }

  @AfterEach
  void close() throws IOException {
    pool.orElseThrow().close();
  }

  private static void run(BlockStore store, BlockOperation operation) {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(operation, outcome::complete);
    assertThat(outcome.join()).isEqualTo(BlockOutcome.DONE);
  }

  private static void write(BlockStore store, long lba, int blocks) {
    run(
        store,
        new BlockOperation.Write(
            lba, List.of(ByteBuffer.allocate(blocks * BLOCK)), Durability.APPENDED));
  }

  /** Block 3 cannot be read. */
  private record BadBlock(BlockStore below) implements BlockStore {
    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      if (operation instanceof BlockOperation.Read read
          && read.lba() <= 3
          && 3 < read.lba() + read.into().remaining() / BLOCK) {
        completion.completed(new BlockOutcome.Unreadable(3, "planted"));
      } else {
        below.submit(operation, completion);
      }
    }
  }

  @Test
  void a_block_that_cannot_be_read_after_a_cut_is_a_gap_and_the_others_are_looked_at() {
    RecordingStore store =
        new RecordingStore("v", new BadBlock(pool.orElseThrow().open("volume")), 1000);
    write(store, 0, 8);
    store.powerWasCut();
    assertThat(store.gap()).contains("1 blocks could not be read after a power cut");
    long found =
        store.recording().history().events().stream()
            .filter(event -> event instanceof Event.Found)
            .count();
    assertThat(found).isGreaterThan(1);

    store.forget();
    assertThat(store.gap()).isEmpty();
  }

  @Test
  void it_says_where_its_memory_ends_and_remembers_nothing_more() {
    RecordingStore store = new RecordingStore("v", pool.orElseThrow().open("volume"), 8);
    write(store, 0, 7);
    run(store, new BlockOperation.Flush());
    assertThat(store.gap()).isEmpty();
    List<Event> whole = store.recording().history().events();
    assertThat(whole).hasSize(4);

    write(store, 8, 1);
    assertThat(store.gap()).contains("it ends where 8 blocks had been remembered");
    store.powerWasCut();
    write(store, 9, 1);
    assertThat(store.recording().history().events()).isEqualTo(whole);

    store.forget();
    assertThat(store.gap()).isEmpty();
    write(store, 9, 1);
    assertThat(store.recording().history().events()).hasSize(2);
  }
}

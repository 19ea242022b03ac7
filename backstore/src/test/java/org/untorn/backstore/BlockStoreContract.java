package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.compareAndWrite;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.run;
import static org.untorn.backstore.Operations.status;
import static org.untorn.backstore.Operations.unmap;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeAtomic;
import static org.untorn.backstore.Operations.writeStable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOutcome.Mapping.Run;

/** What every {@link BlockStore} keeps: ends, filters and stacks of filters. */
public interface BlockStoreContract {

  /** A writable store of at least 64 blocks, all unmapped. */
  BlockStore store();

  @Test
  default void what_was_never_written_reads_as_zeros_and_is_not_mapped() {
    assertThat(read(store(), 3, 5)).containsOnly(0);
    assertThat(status(store(), 0, 64)).containsExactly(new Run(0, 64, false));
  }

  @Test
  default void what_was_written_is_read_and_its_neighbours_are_not_touched() {
    byte[] data = new byte[7 * store().geometry().blockLength()];
    new Random(1).nextBytes(data);
    assertThat(write(store(), 5, data)).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store(), 5, 7)).isEqualTo(data);
    assertThat(read(store(), 4, 1)).containsOnly(0);
    assertThat(read(store(), 12, 1)).containsOnly(0);
    assertThat(status(store(), 0, 64))
        .containsExactly(new Run(0, 5, false), new Run(5, 7, true), new Run(12, 52, false));
  }

  @Test
  default void an_atomic_write_over_a_part_of_another_leaves_the_rest_of_it() {
    writeAtomic(store(), 10, blocks(store(), 8, 1));
    assertThat(writeAtomic(store(), 14, blocks(store(), 8, 2))).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store(), 10, 4)).containsOnly(1);
    assertThat(read(store(), 14, 8)).containsOnly(2);
  }

  @Test
  default void an_operation_moves_no_position_and_no_limit() {
    int length = store().geometry().blockLength();
    ByteBuffer data = ByteBuffer.allocate(3 * length).position(length).limit(2 * length);
    run(store(), new BlockOperation.Write(1, List.of(data), Durability.STABLE));
    run(store(), new BlockOperation.Read(1, data));
    run(store(), new BlockOperation.CompareAndWrite(1, data, List.of(data), Durability.APPENDED));
    assertThat(data.position()).isEqualTo(length);
    assertThat(data.limit()).isEqualTo(2 * length);
  }

  @Test
  default void a_read_fills_what_lies_between_position_and_limit_alone() {
    int length = store().geometry().blockLength();
    write(store(), 0, blocks(store(), 1, 7));
    ByteBuffer into = ByteBuffer.allocateDirect(3 * length).position(length).limit(2 * length);
    run(store(), new BlockOperation.Read(0, into));
    into.clear();
    assertThat(into.get(length - 1)).isZero();
    assertThat(into.get(length)).isEqualTo((byte) 7);
    assertThat(into.get(2 * length - 1)).isEqualTo((byte) 7);
    assertThat(into.get(2 * length)).isZero();
  }

  @Test
  default void an_unmap_gives_all_its_extents_back() {
    write(store(), 0, blocks(store(), 32, 9));
    BlockOutcome outcome =
        unmap(store(), new BlockExtent(2, 3), new BlockExtent(10, 0), new BlockExtent(20, 4));
    assertThat(outcome).isEqualTo(BlockOutcome.DONE);
    assertThat(status(store(), 0, 32))
        .containsExactly(
            new Run(0, 2, true),
            new Run(2, 3, false),
            new Run(5, 15, true),
            new Run(20, 4, false),
            new Run(24, 8, true));
    assertThat(read(store(), 2, 3)).containsOnly(0);
    assertThat(read(store(), 5, 15)).containsOnly(9);
  }

  @Test
  default void a_compare_and_write_writes_what_was_compared_equal() {
    write(store(), 8, blocks(store(), 4, 1));
    byte[] next = blocks(store(), 4, 2);
    assertThat(compareAndWrite(store(), 8, blocks(store(), 4, 1), next))
        .isEqualTo(BlockOutcome.DONE);
    assertThat(read(store(), 8, 4)).isEqualTo(next);
  }

  @Test
  default void a_compare_and_write_that_miscompares_says_where_and_changes_nothing() {
    byte[] data = blocks(store(), 4, 1);
    write(store(), 8, data);
    byte[] expected = data.clone();
    int offset = 3 * store().geometry().blockLength() + 17;
    expected[offset] = 0;
    assertThat(compareAndWrite(store(), 8, expected, blocks(store(), 4, 2)))
        .isEqualTo(new BlockOutcome.Miscompare(offset));
    assertThat(read(store(), 8, 4)).isEqualTo(data);
  }

  @Test
  default void a_status_names_no_more_runs_than_asked_for() {
    write(store(), 1, blocks(store(), 1, 1));
    write(store(), 3, blocks(store(), 1, 1));
    assertThat(run(store(), new BlockOperation.Status(0, 64, 2)))
        .isEqualTo(new BlockOutcome.Mapping(List.of(new Run(0, 1, false), new Run(1, 1, true))));
  }

  @Test
  default void operations_of_no_blocks_are_done() {
    assertThat(write(store(), 64, new byte[0])).isEqualTo(BlockOutcome.DONE);
    assertThat(writeStable(store(), 0, new byte[0])).isEqualTo(BlockOutcome.DONE);
    assertThat(compareAndWrite(store(), 0, new byte[0], new byte[0])).isEqualTo(BlockOutcome.DONE);
    assertThat(unmap(store())).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store(), 0, 0)).isEmpty();
    assertThat(flush(store())).isEqualTo(BlockOutcome.DONE);
  }

  @Test
  default void a_range_past_the_end_is_out_of_range_and_a_part_of_a_block_a_mistake() {
    long end = store().geometry().blocks();
    BlockOutcome outOfRange = new BlockOutcome.OutOfRange();
    ByteBuffer block = ByteBuffer.allocate(store().geometry().blockLength());
    assertThat(run(store(), new BlockOperation.Read(end, block))).isEqualTo(outOfRange);
    assertThat(run(store(), new BlockOperation.Status(end - 1, 2, 1))).isEqualTo(outOfRange);
    assertThat(write(store(), end - 1, blocks(store(), 2, 1))).isEqualTo(outOfRange);
    assertThat(writeAtomic(store(), end - 1, blocks(store(), 2, 1))).isEqualTo(outOfRange);
    assertThat(
            compareAndWrite(
                store(), end - 1, new byte[2 * block.capacity()], blocks(store(), 2, 1)))
        .isEqualTo(outOfRange);
    assertThat(unmap(store(), new BlockExtent(0, 1), new BlockExtent(-1, 1))).isEqualTo(outOfRange);
    assertThat(read(store(), end - 1, 1)).containsOnly(0);
    assertThatThrownBy(() -> write(store(), 0, new byte[100]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void each_of_many_concurrent_operations_completes_exactly_once()
      throws InterruptedException {
    int threads = 4;
    int each = 250;
    BlockStore store = store();
    AtomicIntegerArray completed = new AtomicIntegerArray(threads * each);
    CountDownLatch all = new CountDownLatch(threads * each);
    for (int t = 0; t < threads; t++) {
      int first = t * each;
      Random random = new Random(t);
      Thread.startVirtualThread(
          () -> {
            for (int i = first; i < first + each; i++) {
              int number = i;
              store.submit(
                  anyOperation(store, random),
                  outcome -> {
                    completed.incrementAndGet(number);
                    all.countDown();
                  });
            }
          });
    }
    assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < threads * each; i++) {
      assertThat(completed.get(i)).isEqualTo(1);
    }
  }

  @Test
  default void racing_compare_and_writes_lose_no_update() throws InterruptedException {
    int threads = 3;
    int each = 100;
    BlockStore store = store();
    Thread[] counting = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      counting[t] =
          Thread.startVirtualThread(
              () -> {
                for (int i = 0; i < each; i++) {
                  countUp(store);
                }
              });
    }
    for (int i = 0; i < 500; i++) {
      write(store, 6, blocks(store, 1, i));
    }
    for (Thread thread : counting) {
      thread.join();
    }
    assertThat(ByteBuffer.wrap(read(store, 5, 1)).getInt()).isEqualTo(threads * each);
  }

  /** Adds one to the number in block 5, in competition with others, and changes block 6, too. */
  private static void countUp(BlockStore store) {
    BlockOutcome outcome = new BlockOutcome.Miscompare(0);
    while (!(outcome instanceof BlockOutcome.Done)) {
      byte[] found = read(store, 5, 2);
      byte[] next = found.clone();
      ByteBuffer.wrap(next).putInt(ByteBuffer.wrap(found).getInt() + 1);
      outcome = compareAndWrite(store, 5, found, next);
    }
  }

  private static BlockOperation anyOperation(BlockStore store, Random random) {
    int length = store.geometry().blockLength();
    long lba = random.nextInt(16);
    ByteBuffer blocks = ByteBuffer.allocate(4 * length);
    Durability durability = random.nextInt(8) == 0 ? Durability.STABLE : Durability.APPENDED;
    return switch (random.nextInt(7)) {
      case 0 -> new BlockOperation.Read(lba, blocks);
      case 1 -> new BlockOperation.Write(lba, List.of(blocks), durability);
      case 2 -> new BlockOperation.AtomicWrite(lba, List.of(blocks), durability);
      case 3 -> new BlockOperation.CompareAndWrite(lba, blocks, List.of(blocks), durability);
      case 4 -> new BlockOperation.Unmap(List.of(new BlockExtent(lba, 4)), durability);
      case 5 -> new BlockOperation.Status(lba, 4, 4);
      default -> new BlockOperation.Flush();
    };
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.hex;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;

/** Commands that go on later: on which thread, with what memory, and on a volume that shrank. */
class LateContinuationTest {

  private static final String READ_FUA = "28 08 00000000 00 0008 00";
  private static final String WRITE_AND_VERIFY = "2E 02 00000000 00 0008 00";
  private static final String VERIFY = "2F 02 00000000 00 0008 00";

  private final Bench bench = new Bench();

  /** A task whose data, and whose own thread, wait for the test. */
  private TestTask started(String cdb, int blocks) {
    TestTask task = bench.task(ALICE, hex(cdb), Bench.pattern(blocks, 1)).withheld();
    bench.target.execute(task);
    return task;
  }

  @Test
  void a_read_with_fua_goes_on_after_its_flush_on_the_tasks_own_thread() {
    TestTask task = started(READ_FUA, 0);
    assertThat(bench.store.journal()).containsExactly(new BlockOperation.Flush());
    task.arrive();
    assertThat(bench.store.journal()).hasSize(2);
    Bench.expectGood(task.result());
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_write_and_verify_goes_on_after_its_write_on_the_tasks_own_thread() {
    TestTask task = started(WRITE_AND_VERIFY, 8);
    task.arrive();
    assertThat(bench.store.journal()).hasSize(1);
    task.arrive();
    assertThat(bench.store.journal()).hasSize(2);
    Bench.expectGood(task.result());
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_command_without_memory_for_what_it_reads_is_busy_and_reaches_no_store() {
    bench.allocator.exhaust();
    for (String cdb : List.of("28 00 00000000 00 0008 00", READ_FUA, WRITE_AND_VERIFY, VERIFY)) {
      assertThat(bench.send(cdb, Bench.pattern(8, 1)).status()).as(cdb).isEqualTo(0x08);
    }
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void blocks_that_are_gone_when_the_data_arrives_are_out_of_range() {
    List<TestTask> tasks =
        List.of(
            started("2A 00 00000000 00 0008 00", 8),
            started("9C 00 0000000000000000 0000 0008 00 00", 8),
            started("93 00 0000000000000000 00000008 00 00", 1),
            started(WRITE_AND_VERIFY, 8),
            started(VERIFY, 8));
    bench.store.shrink(7);
    tasks.forEach(TestTask::arrive);
    tasks.forEach(task -> Bench.expect(task.result(), "05 21 00"));
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void blocks_that_are_gone_after_a_flush_or_a_write_are_out_of_range() {
    TestTask read = started(READ_FUA, 0);
    TestTask write = started(WRITE_AND_VERIFY, 8);
    write.arrive();
    bench.store.shrink(7);
    for (TestTask task : List.of(read, write)) {
      task.arrive();
      Bench.expect(task.result(), "05 21 00");
    }
    bench.allocator.assertAllReleased();
  }
}

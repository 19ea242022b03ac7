package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;

/** MODE SELECT while another nexus changes mode parameters too, or while the store fails. */
class ConcurrentModeSelectTest {

  private static final String CACHING = "08 12 04 00 00000000 00000000 00000000 00000000";
  private static final String NO_CACHE = "08 12 00 00 00000000 00000000 00000000 00000000";
  private static final String DESCRIPTOR_SENSE = "0A 0A 04 10 00 00 00 00 FF FF 00 00";

  private final Bench bench = new Bench();

  private TestTask selecting(Nexus nexus, String page) {
    byte[] list = hex("00 00 00 00" + page);
    byte[] cdb = hex("15 10 00 00 %02X 00".formatted(list.length));
    return new TestTask(nexus, 0, 1000, cdb, list, new CountingAllocator());
  }

  private TestTask select(Nexus nexus, String page) {
    TestTask task = selecting(nexus, page);
    bench.target.execute(task);
    return task;
  }

  private void failFlushes() {
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.Flush
                ? Optional.of(new BlockOutcome.WriteFailed("no power"))
                : Optional.empty());
  }

  private void assertCaching(String page) {
    assertThat(bench.data("1A 08 08 00 FF 00")).isEqualTo(hex("17 00 10 00" + page));
  }

  private void assertControl(String page) {
    assertThat(bench.data("1A 08 0A 00 FF 00")).isEqualTo(hex("0F 00 10 00" + page));
  }

  @Test
  void two_nexuses_that_select_at_once_both_have_their_way() throws InterruptedException {
    TestTask bobs = selecting(BOB, DESCRIPTOR_SENSE);
    Thread thread = new Thread(() -> bench.target.execute(bobs), "bob");
    bench.store.whenMeasured(
        () -> {
          thread.start();
          while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
          }
        });
    TestTask alices = select(ALICE, NO_CACHE);
    thread.join();
    Bench.expectGood(alices.result());
    Bench.expectGood(bobs.result());
    assertThat(bench.send(ALICE, "00 00 00 00 00 00").status()).as("attention").isEqualTo(0x02);
    assertCaching(NO_CACHE);
    assertControl(DESCRIPTOR_SENSE);
  }

  @Test
  void a_cache_that_cannot_be_flushed_stays_on_and_nobody_is_told() {
    failFlushes();
    Bench.expect(select(ALICE, NO_CACHE).result(), "03 0C 00");
    assertCaching(CACHING);
    Bench.expectGood(bench.send(BOB, "00 00 00 00 00 00"));
  }

  @Test
  void what_another_selected_during_the_flush_stays_when_the_flush_fails() {
    failFlushes();
    bench.store.hold();
    TestTask alices = select(ALICE, NO_CACHE);
    Bench.expectGood(select(BOB, DESCRIPTOR_SENSE).result());
    bench.store.release();
    assertThat(alices.result().status()).isEqualTo(0x02);
    bench.send(ALICE, "00 00 00 00 00 00");
    assertCaching(CACHING);
    assertControl(DESCRIPTOR_SENSE);
  }
}

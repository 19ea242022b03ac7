package org.untorn.conformance.kill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Everything that a kill must not do to a disk, done to one by hand. */
class LedgerTest {

  private final Ledger ledger = new Ledger(16);
  private final byte[] disk = new byte[16 * Stamp.BLOCK_BYTES];

  @Test
  void an_answered_write_that_is_there_is_right_and_so_is_an_unanswered_one_that_is_not() {
    Ledger.Write answered = ledger.sent(1, 2, 4, true);
    ledger.answered(answered);
    ledger.sent(1, 3, 4, true);
    put(answered, 0, 4);
    assertThat(ledger.settle(disk)).isEmpty();
    assertThat(ledger.settle(disk)).as("the same disk once more").isEmpty();
  }

  @Test
  void a_part_of_an_unanswered_plain_write_is_right() {
    put(ledger.sent(1, 2, 4, false), 1, 2);
    assertThat(ledger.settle(disk)).isEmpty();
  }

  @Test
  void of_two_writes_under_way_at_once_either_may_be_the_newer_one() {
    Ledger.Write first = ledger.sent(1, 0, 8, true);
    Ledger.Write second = ledger.sent(2, 4, 8, true);
    ledger.answered(second);
    ledger.answered(first);
    put(second, 0, 8);
    put(first, 0, 8);
    assertThat(ledger.settle(disk)).isEmpty();
  }

  @Test
  void a_lost_answered_write_is_found() {
    ledger.answered(ledger.sent(1, 2, 4, false));
    assertThat(ledger.settle(disk)).first().asString().contains("block 2 lost", "it holds 0");
  }

  @Test
  void a_block_that_is_older_than_what_was_answered_is_found() {
    Ledger.Write old = ledger.sent(1, 2, 4, false);
    ledger.answered(old);
    Ledger.Write newer = ledger.sent(1, 2, 4, false);
    ledger.answered(newer);
    put(newer, 0, 4);
    put(old, 3, 1);
    assertThat(ledger.settle(disk)).first().asString().contains("block 5 lost");
  }

  @Test
  void half_of_an_atomic_write_is_found_be_it_answered_or_not() {
    put(ledger.sent(1, 2, 4, true), 0, 3);
    assertThat(ledger.settle(disk)).first().asString().contains("is torn", "block 5 holds 0");
  }

  @Test
  void two_atomic_writes_that_are_each_the_newer_one_are_found() {
    put(ledger.sent(1, 0, 8, true), 0, 8);
    put(ledger.sent(2, 0, 8, true), 5, 1);
    assertThat(ledger.settle(disk)).first().asString().contains("is torn");
  }

  @Test
  void a_write_that_was_lost_once_and_comes_back_is_found() {
    Ledger.Write unanswered = ledger.sent(1, 2, 4, true);
    assertThat(ledger.settle(disk)).isEmpty();
    put(unanswered, 0, 4);
    assertThat(ledger.settle(disk)).first().asString().contains("which nobody wrote there");
  }

  @Test
  void a_block_that_is_somewhere_else_is_found() {
    Ledger.Write write = ledger.sent(1, 2, 4, false);
    put(write, 0, 4);
    System.arraycopy(disk, 3 * Stamp.BLOCK_BYTES, disk, 4 * Stamp.BLOCK_BYTES, Stamp.BLOCK_BYTES);
    assertThat(ledger.settle(disk)).first().asString().contains("block 4", "nobody wrote there");
  }

  @Test
  void a_snapshot_has_what_was_answered_before_it_and_nothing_that_was_sent_after_it() {
    Ledger.Write before = ledger.sent(1, 0, 4, true);
    ledger.answered(before);
    long from = ledger.moment();
    Ledger.Write meanwhile = ledger.sent(1, 4, 4, true);
    long to = ledger.moment();
    Ledger.Write after = ledger.sent(2, 8, 4, true);
    ledger.answered(meanwhile);
    ledger.answered(after);
    assertThat(ledger.checkSnapshot(disk, from, to)).first().asString().contains("block 0 lost");
    put(before, 0, 4);
    assertThat(ledger.checkSnapshot(disk, from, to)).isEmpty();
    put(meanwhile, 0, 4);
    assertThat(ledger.checkSnapshot(disk, from, to)).isEmpty();
    put(after, 0, 4);
    assertThat(ledger.checkSnapshot(disk, from, to))
        .first()
        .asString()
        .contains("sent after the snapshot");
  }

  @Test
  void a_block_of_two_halves_is_found() {
    put(ledger.sent(1, 2, 4, false), 0, 4);
    disk[3 * Stamp.BLOCK_BYTES + 100] ^= 1;
    assertThat(ledger.settle(disk)).containsExactly("block 3 is torn inside");
  }

  /** Puts {@code count} of the write's blocks, from its {@code first} on, where they belong. */
  private void put(Ledger.Write write, int first, int count) {
    int at = (write.lba() + first) * Stamp.BLOCK_BYTES;
    System.arraycopy(write.data(), first * Stamp.BLOCK_BYTES, disk, at, count * Stamp.BLOCK_BYTES);
  }
}

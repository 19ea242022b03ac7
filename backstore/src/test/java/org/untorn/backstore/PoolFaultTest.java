package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.run;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.fault.FaultyMedium;
import org.untorn.backstore.fault.FaultyMedium.Fault;
import org.untorn.backstore.fault.FaultyMedium.Io;

/** What a pool makes of a medium that fails. */
class PoolFaultTest {

  private static final Geometry GEOMETRY = new Geometry(512, 100);
  private static final PoolOptions OPTIONS = PoolOptions.DEFAULT.withSegmentBytes(64 << 10);

  private final FaultyMedium medium = new FaultyMedium(new MemoryMedium());
  private Pool pool = Pool.open(new MemoryMedium(), OPTIONS);
  private BlockStore store = open();

  PoolFaultTest() throws IOException {}

  @BeforeEach
  void reopen() throws IOException {
    pool = Pool.open(medium, OPTIONS);
    if (pool.list().isEmpty()) {
      pool.create("volume", GEOMETRY);
    }
    store = pool.open("volume");
  }

  private BlockStore open() throws IOException {
    pool.create("volume", GEOMETRY);
    return pool.open("volume");
  }

  @Test
  void a_failed_write_leaves_nothing_behind_and_the_pool_goes_on() throws IOException {
    write(store, 0, blocks(store, 8, 1));
    medium.plan(new Fault(Io.WRITE, Purpose.DATA, 0, 1, "no space left on device"));
    assertThat(write(store, 4, blocks(store, 8, 2))).isInstanceOf(BlockOutcome.WriteFailed.class);
    assertThat(read(store, 0, 8)).containsOnly(1);
    assertThat(read(store, 8, 4)).containsOnly(0);
    assertThat(writeStable(store, 6, blocks(store, 2, 3))).isEqualTo(BlockOutcome.DONE);
    pool.close();
    reopen();
    assertThat(read(store, 0, 6)).containsOnly(1);
    assertThat(read(store, 6, 2)).containsOnly(3);
    assertThat(read(store, 8, 4)).containsOnly(0);
  }

  @Test
  void a_write_whose_place_cannot_be_filled_stops_the_pool_until_it_is_reopened()
      throws IOException {
    writeStable(store, 0, blocks(store, 8, 1));
    medium.plan(new Fault(Io.WRITE, Purpose.DATA, 0, 2, "input/output error"));
    assertThat(write(store, 0, blocks(store, 8, 2))).isInstanceOf(BlockOutcome.WriteFailed.class);
    assertThat(write(store, 0, blocks(store, 8, 3))).isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(read(store, 0, 8)).as("reads go on").containsOnly(1);
    pool.close();
    reopen();
    assertThat(read(store, 0, 8)).containsOnly(1);
  }

  @Test
  void a_failed_sync_stops_the_pool_and_is_never_retried() throws IOException {
    writeStable(store, 0, blocks(store, 8, 1));
    write(store, 0, blocks(store, 8, 2));
    medium.plan(new Fault(Io.SYNC, Purpose.COMMIT, 0, 1, "input/output error"));
    assertThat(flush(store)).isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(flush(store)).isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(write(store, 0, blocks(store, 8, 3))).isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(read(store, 0, 8)).as("reads go on").containsOnly(2);
    assertThat(medium.fired()).isEqualTo(1);
    pool.close();
    reopen();
    assertThat(read(store, 0, 8)).containsOnly(2);
  }

  @Test
  void a_failed_read_names_the_block_and_hurts_no_other() {
    write(store, 10, blocks(store, 4, 1));
    medium.plan(new Fault(Io.READ, Purpose.DATA, 0, 1, "critical medium error"));
    BlockOutcome outcome = run(store, new BlockOperation.Read(9, ByteBuffer.allocate(4 * 512)));
    assertThat(outcome).isInstanceOf(BlockOutcome.Unreadable.class);
    assertThat(((BlockOutcome.Unreadable) outcome).lba()).isEqualTo(10);
    assertThat(read(store, 10, 4)).containsOnly(1);
  }

  @Test
  void a_compare_and_write_that_cannot_read_writes_nothing_and_lets_others_go_on() {
    write(store, 10, blocks(store, 4, 1));
    medium.plan(new Fault(Io.READ, Purpose.DATA, 0, 1, "critical medium error"));
    byte[] old = blocks(store, 4, 1);
    assertThat(Operations.compareAndWrite(store, 10, old, blocks(store, 4, 2)))
        .isInstanceOf(BlockOutcome.Unreadable.class);
    assertThat(Operations.compareAndWrite(store, 10, old, blocks(store, 4, 2)))
        .isEqualTo(BlockOutcome.DONE);
  }

  @Test
  void a_closed_pool_takes_nothing() throws IOException {
    pool.close();
    assertThat(run(store, new BlockOperation.Read(0, ByteBuffer.allocate(512))))
        .isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(write(store, 0, blocks(store, 8, 3))).isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(flush(store)).isInstanceOf(BlockOutcome.Stopped.class);
    assertThatThrownBy(() -> pool.create("another", GEOMETRY)).isInstanceOf(IOException.class);
    pool.close();
  }
}

package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.writeAtomic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.backstore.fault.FaultyMedium.Io;

/** A host that fails is not one that is full: who waits hears of a failure, and it may pass. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenHostTest {

  private static final int SEGMENT = 64 << 10;
  private static final int BLOCKS = 16;
  private static final PoolOptions OPTIONS =
      PoolOptions.DEFAULT.withSegmentBytes(SEGMENT).withCapacityBytes(24L * SEGMENT);

  private final MemoryMedium files = new MemoryMedium();
  private final Hooked medium = new Hooked(files);
  private final Set<String> failed = ConcurrentHashMap.newKeySet();
  private final Pool pool = Pool.open(medium, OPTIONS);
  private final BlockStore store = open();

  BrokenHostTest() throws IOException {}

  private BlockStore open() throws IOException {
    pool.create("volume", new Geometry(512, 100 * SEGMENT / 512));
    return pool.open("volume");
  }

  @AfterEach
  void close() throws IOException {
    medium.hook((io, file, purpose) -> {});
    pool.close();
  }

  /** From now on so many I/Os of that kind and purpose fail, each on another file. */
  private void failOn(Io which, Purpose what, int files) {
    medium.hook(
        (io, file, purpose) -> {
          if (io == which && purpose == what && (failed.size() < files || failed.contains(file))) {
            failed.add(file);
            throw new IOException("critical medium error (planted)");
          }
        });
  }

  /** Writes until a write is refused, but no more than {@code segments} full. */
  private BlockOutcome write(int segments) {
    BlockOutcome outcome = BlockOutcome.DONE;
    int most = segments * SEGMENT / 512;
    for (int lba = 0; lba < most && outcome instanceof BlockOutcome.Done; lba += BLOCKS) {
      outcome = writeAtomic(store, lba, blocks(store, BLOCKS, 7));
    }
    return outcome;
  }

  @Test
  void a_spare_that_cannot_be_synced_is_given_up_and_another_one_made() throws IOException {
    failOn(Io.SYNC, Purpose.RESERVE, 2);
    assertThat(write(6)).isEqualTo(BlockOutcome.DONE);
    assertThat(failed).hasSize(2);
    assertThat(files.files()).doesNotContainAnyElementsOf(failed);
    assertThat(read(store, 0, BLOCKS)).containsOnly(7);
  }

  @Test
  void spares_that_cannot_be_written_at_all_fail_the_writes_that_need_one_until_it_passes() {
    failOn(Io.WRITE, Purpose.RESERVE, Integer.MAX_VALUE);
    assertThat(write(6))
        .isInstanceOfSatisfying(
            BlockOutcome.WriteFailed.class,
            failure -> assertThat(failure.why()).contains("critical medium error"));
    assertThat(failed).hasSizeLessThanOrEqualTo(6);
    assertThat(read(store, 0, BLOCKS)).as("reads go on").containsOnly(7);
    medium.hook((io, file, purpose) -> {});
    assertThat(write(6)).isEqualTo(BlockOutcome.DONE);
  }

  @Test
  void a_checkpoint_that_cannot_be_written_is_a_failure_and_no_full_host() throws IOException {
    failOn(Io.WRITE, Purpose.MAP, Integer.MAX_VALUE);
    assertThat(write(100))
        .isInstanceOfSatisfying(
            BlockOutcome.WriteFailed.class,
            failure -> assertThat(failure.why()).contains("critical medium error"));
    assertThat(read(store, 0, BLOCKS)).as("reads go on").containsOnly(7);
    medium.hook((io, file, purpose) -> {});
    assertThat(Operations.unmap(store, new BlockExtent(0, 16L * SEGMENT / 512)))
        .isEqualTo(BlockOutcome.DONE);
    assertThat(write(4)).isEqualTo(BlockOutcome.DONE);
  }

  @Test
  void a_record_that_the_host_has_no_space_for_is_no_failure_of_the_medium() {
    boolean[] full = {true};
    medium.hook(
        (io, file, purpose) -> {
          if (full[0] && io == Io.WRITE && purpose == Purpose.DATA) {
            full[0] = false;
            throw new NoSpaceException("No space left on device (planted)");
          }
        });
    assertThat(writeAtomic(store, 0, blocks(store, 1, 1))).isEqualTo(Log.NO_SPACE);
    assertThat(writeAtomic(store, 0, blocks(store, 1, 1))).isEqualTo(BlockOutcome.DONE);
  }

  @Test
  void a_full_device_is_told_by_the_calls_of_linux_and_by_javas_channels() throws IOException {
    for (HostFile.Opener opener : List.<HostFile.Opener>of(NativeFile::open, ChannelFile::open)) {
      try (HostFile file = opener.open(Path.of("/dev/full"))) {
        assertThatThrownBy(() -> file.write(0, List.of(ByteBuffer.allocate(512))))
            .isInstanceOf(NoSpaceException.class)
            .hasMessageContaining("No space left on device");
      }
    }
  }

  @Test
  void a_message_of_javas_channels_tells_a_full_host_from_a_broken_one() {
    for (String full : List.of("No space left on device", "/x/y: Disk quota exceeded")) {
      assertThat(ChannelFile.named(new IOException(full))).isInstanceOf(NoSpaceException.class);
    }
    for (IOException broken : List.of(new IOException("Input/output error"), new IOException())) {
      assertThat(ChannelFile.named(broken)).isSameAs(broken);
    }
  }
}

package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.UntornProcess;

/** What an initiator sees of a pool that is full, and of a host that fails. */
class HostTroubleTest {

  /** In one command: all that the disk takes. */
  private static final int BLOCKS = 8192;

  private static final int BYTES = BLOCKS * Blocks.SIZE;

  @TempDir private Path directory = Path.of("");

  @Test
  @Timeout(180)
  void a_full_pool_warns_refuses_writes_reads_on_loses_nothing_and_is_healed_by_unmap()
      throws Exception {
    UntornProcess target = serve();
    int written;
    try (target) {
      try (WireSession session = WireSession.ready(target.ready())) {
        written = fill(session);
        assertThat((long) written * BYTES).as("bytes that fitted").isGreaterThan(128L << 20);
        assertHolds(session, 0, written);

        int unmapped = written / 2;
        unmap(session, 0, unmapped);
        for (int i = 0; i < unmapped / 2; i++) {
          write(session, i, i + 1).good();
        }
        assertHolds(session, 0, unmapped / 2);
        assertThat(read(session, unmapped - 1)).as("what was unmapped").containsOnly(0);
        assertHolds(session, unmapped, written);
      }
      assertThat(target.terminate()).isZero();
    }
    try (UntornProcess again = target.again();
        WireSession session = WireSession.ready(again.ready())) {
      assertHolds(session, 0, written / 4);
      assertHolds(session, written / 2, written);
    }
  }

  /** The host refuses to write (EFBIG), which is no lack of space. */
  @Test
  @Timeout(120)
  void an_io_error_of_the_host_is_a_medium_error_then_a_hardware_error_and_a_restart_heals_it()
      throws Exception {
    UntornProcess target = serve();
    try (target;
        WireSession session = WireSession.ready(target.ready())) {
      write(session, 0, 1).good();
      session.execute(Cdb.synchronizeCache16()).good();
      limitFiles(target);

      expect(write(session, 1, 2), Sense.MEDIUM_ERROR, Sense.WRITE_ERROR);
      expect(write(session, 1, 2), Sense.HARDWARE_ERROR, Sense.INTERNAL_TARGET_FAILURE);
      expect(
          session.execute(Cdb.synchronizeCache16()),
          Sense.HARDWARE_ERROR,
          Sense.INTERNAL_TARGET_FAILURE);
      assertHolds(session, 0, 1);
      assertThat(read(session, 1)).as("what failed").containsOnly(0);
      target.kill();
      session.abandon();
    } catch (IOException ended) {
      // The session cannot log out of a target that was killed.
    }
    try (UntornProcess again = target.again();
        WireSession session = WireSession.ready(again.ready())) {
      assertHolds(session, 0, 1);
      assertThat(read(session, 1)).as("what failed").containsOnly(0);
      write(session, 1, 2).good();
      assertHolds(session, 0, 2);
    }
  }

  private UntornProcess serve() {
    String pool = directory.resolve("pool").toString();
    return UntornProcess.serve(
        "--dir",
        pool,
        "--volume",
        "vm1",
        "--size",
        "2GiB",
        "--capacity",
        "512MiB",
        "--threshold",
        "50%");
  }

  /** Writes stamps from 1 on until there is no space, and says how many fitted; warned once. */
  private static int fill(WireSession session) throws IOException {
    int written = 0;
    int warnings = 0;
    Answer answer = write(session, 0, 1);
    while (answer.status() == Answer.GOOD || isWarning(answer)) {
      written += answer.status() == Answer.GOOD ? 1 : 0;
      warnings += answer.status() == Answer.GOOD ? 0 : 1;
      answer = write(session, written, written + 1);
    }
    assertThat(warnings).as("unit attentions of the threshold").isEqualTo(1);
    expect(answer, Sense.DATA_PROTECT, Sense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT);
    return written;
  }

  private static boolean isWarning(Answer answer) {
    Sense sense = answer.checkCondition();
    return sense.key() == Sense.UNIT_ATTENTION
        && sense.code() == Sense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED;
  }

  private static Answer write(WireSession session, int place, long stamp) throws IOException {
    return session.write(Cdb.write16((long) place * BLOCKS, BLOCKS), Blocks.stamped(BLOCKS, stamp));
  }

  private static byte[] read(WireSession session, int place) throws IOException {
    return session.read(Cdb.read16((long) place * BLOCKS, BLOCKS), BYTES).good();
  }

  private static void assertHolds(WireSession session, int from, int to) throws IOException {
    for (int place = from; place < to; place++) {
      assertThat(Blocks.wholeStamp(read(session, place))).isEqualTo(place + 1L);
    }
  }

  private static void unmap(WireSession session, int from, int to) throws IOException {
    ByteBuffer list = ByteBuffer.allocate(24).putShort((short) 22).putShort((short) 16).putInt(0);
    list.putLong((long) from * BLOCKS).putInt((to - from) * BLOCKS);
    session.write(Cdb.of(0x42, 0, 0, 0, 0, 0, 0, 0, list.capacity(), 0), list.array()).good();
  }

  private static void expect(Answer answer, int key, int code) {
    assertThat(answer.checkCondition().key()).isEqualTo(key);
    assertThat(answer.checkCondition().code()).isEqualTo(code);
  }

  /** From now on the kernel fails every write of the target to a file, but to its beginning. */
  private static void limitFiles(UntornProcess target) throws IOException, InterruptedException {
    Process prlimit =
        new ProcessBuilder("prlimit", "--pid", Long.toString(target.pid()), "--fsize=1:unlimited")
            .redirectErrorStream(true)
            .start();
    String output = new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(prlimit.waitFor()).as(output).isZero();
  }
}

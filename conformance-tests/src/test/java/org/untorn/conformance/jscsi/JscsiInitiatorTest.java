package org.untorn.conformance.jscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.testkit.UntornExtension;

/**
 * jSCSI's initiator logs in to the real daemon, reads and writes, and logs out. It never writes
 * more than one burst of 256 KiB: jSCSI numbers its Data-Out on from one R2T to the next, where RFC
 * 7143 11.7.5 begins anew.
 */
class JscsiInitiatorTest {

  private static final int BLOCK = 512;

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  @TempDir Path directory;

  @ParameterizedTest(name = "ImmediateData={0}")
  @ValueSource(booleans = {true, false})
  @Timeout(30)
  void what_it_writes_is_what_it_reads(boolean immediateData) throws Exception {
    Random random = new Random(immediateData ? 1 : 2);
    try (MidLayer midLayer = MidLayer.before(target.ready().address());
        JscsiInitiator initiator =
            JscsiInitiator.login(
                directory, midLayer.address(), target.ready().target(), immediateData)) {
      assertThat(midLayer.sentAgain()).as("unit attentions").isEqualTo(1);
      assertThat(initiator.blockSize()).isEqualTo(BLOCK);
      assertThat(initiator.lastBlock()).isEqualTo((64 << 20) / BLOCK - 1);
      for (int blocks : new int[] {1, 2, 16, 17, 128, 129, 511}) {
        byte[] data = new byte[blocks * BLOCK];
        random.nextBytes(data);

        initiator.write(7 * blocks, data);

        assertThat(initiator.read(7 * blocks, data.length)).isEqualTo(data);
      }
    }
  }
}

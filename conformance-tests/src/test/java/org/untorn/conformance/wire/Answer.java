package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.untorn.iscsi.pdu.Residual;

/**
 * How a command ended.
 *
 * @param status the SCSI status
 * @param data the Data-In that came
 */
record Answer(int status, Optional<Sense> sense, Residual residual, ByteBuffer data) {

  static final int GOOD = 0x00;
  static final int CHECK_CONDITION = 0x02;

  /** The data of a command that must have ended GOOD. */
  byte[] good() {
    assertThat(status).as("status, with %s", sense).isEqualTo(GOOD);
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    return bytes;
  }

  /** The sense of a command that must have ended with CHECK CONDITION. */
  Sense checkCondition() {
    assertThat(status).as("status").isEqualTo(CHECK_CONDITION);
    return sense.orElseThrow(() -> new AssertionError("CHECK CONDITION without sense data"));
  }
}

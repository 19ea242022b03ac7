package org.untorn.core;

import java.util.Arrays;
import java.util.Optional;
import org.untorn.vpd.Field;

/** MODE of READ BUFFER and WRITE BUFFER (SPC-5 6.18.2, 6.49.2): those that this device knows. */
enum BufferMode {
  /** The shared buffer. */
  DATA(0x02),
  /** How large the shared buffer is; READ BUFFER only. */
  DESCRIPTOR(0x03),
  /** The nexus's echo buffer. */
  ECHO(0x0A),
  /** How large an echo buffer is; READ BUFFER only. */
  ECHO_DESCRIPTOR(0x0B);

  static final Field MODE_SPECIFIC = new Field("MODE SPECIFIC", 1, 7, 3);
  static final Field MODE = new Field("MODE", 1, 4, 5);

  private final int code;

  BufferMode(int code) {
    this.code = code;
  }

  /** What a CDB asks for; nothing if the device does not know it. */
  static Optional<BufferMode> of(CommandTask task) {
    int code = task.getInt(MODE);
    return Arrays.stream(values()).filter(mode -> mode.code == code).findFirst();
  }
}

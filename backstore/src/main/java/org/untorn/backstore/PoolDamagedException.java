package org.untorn.backstore;

import java.io.IOException;

/**
 * A pool cannot be opened without losing what it once acknowledged as durable. The message says
 * where the damage is and how that is known.
 */
public final class PoolDamagedException extends IOException {

  private final String file;
  private final long offset;

  PoolDamagedException(String file, long offset, String what) {
    super(file + " at byte " + offset + ": " + what);
    this.file = file;
    this.offset = offset;
  }

  /** The damaged file. */
  public String file() {
    return file;
  }

  /** Where in the file the damage begins, in bytes. */
  public long offset() {
    return offset;
  }
}

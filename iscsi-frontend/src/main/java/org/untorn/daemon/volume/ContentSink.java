package org.untorn.daemon.volume;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a volume's content goes: what {@link #data} does not bring reads as zeros. */
public interface ContentSink {

  /** Comes first, once. */
  void begin(Content content) throws IOException;

  /** Comes in ascending order, never for the same bytes again; {@code bytes} is read to its end. */
  void data(long offset, ByteBuffer bytes) throws IOException;

  /** Comes last, once, when nothing failed. */
  void end() throws IOException;
}

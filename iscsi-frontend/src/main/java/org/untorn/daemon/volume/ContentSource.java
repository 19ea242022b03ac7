package org.untorn.daemon.volume;

import java.io.IOException;

/** Where a volume's content comes from. */
@FunctionalInterface
public interface ContentSource {

  /** Hands all of it over. */
  void copyTo(ContentSink sink) throws IOException;
}

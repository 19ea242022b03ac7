package org.untorn.backstore;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, or another part of this one, has the directory open. */
public final class MediumInUseException extends IOException {

  MediumInUseException(Path directory) {
    super(directory + " is in use by another process: stop it, or choose another directory");
  }
}

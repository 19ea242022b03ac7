package org.untorn.backstore;

import java.io.IOException;

/**
 * The host has no space for what was to be written (ENOSPC), or grants no more of it (EDQUOT).
 * Nothing is broken: it is as if the pool's capacity were reached. Every other failure of a medium
 * is an {@link IOException} that is none of these.
 */
public final class NoSpaceException extends IOException {

  public NoSpaceException(String message) {
    super(message);
  }
}

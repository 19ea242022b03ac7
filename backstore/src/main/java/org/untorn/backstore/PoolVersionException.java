package org.untorn.backstore;

import java.io.IOException;

/** A pool is whole, as far as can be told, but in a format that this program does not know. */
public final class PoolVersionException extends IOException {

  PoolVersionException(int found, int known) {
    super(
        "this pool has format "
            + found
            + ", and format "
            + known
            + " is the only one that this program knows: open it with the program that wrote it,"
            + " or make a new pool");
  }
}

package org.untorn.testkit.vm;

import java.util.Locale;

/** The kernels that a guest can be booted with. */
public enum GuestKernel {
  /** Debian stable's: 6.12, atomic writes to block devices. */
  STABLE,
  /** The newest of Debian's backports: atomic writes to files as well. */
  BACKPORTS;

  /** The folder of a {@link GuestImage} that holds it. */
  String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}

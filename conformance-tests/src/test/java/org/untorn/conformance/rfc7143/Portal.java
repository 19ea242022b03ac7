package org.untorn.conformance.rfc7143;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * Where a target is: {@code iscsi://host:port/target/lun}. Its unit's first {@value #BLOCKS} blocks
 * are overwritten.
 *
 * @param lun below 256
 */
record Portal(InetSocketAddress address, String target, int lun) {

  /** How much of the unit the cases use. */
  static final int BLOCKS = 4096;

  private static final int PORT = 3260;

  static Portal of(String url) {
    URI uri = URI.create(url);
    String[] path = uri.getPath().split("/", -1);
    if (!"iscsi".equals(uri.getScheme()) || path.length != 3) {
      throw new IllegalArgumentException("not iscsi://host:port/target/lun: " + url);
    }
    int port = uri.getPort() < 0 ? PORT : uri.getPort();
    return new Portal(
        new InetSocketAddress(uri.getHost(), port), path[1], Integer.parseInt(path[2]));
  }

  /** The LUN field of a PDU: peripheral device addressing (SAM-5 4.7.7.4). */
  long lunField() {
    return (long) lun << 48;
  }
}

package org.untorn.daemon;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.untorn.core.TargetPort;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.vpd.Association;
import org.untorn.vpd.Designator;

/**
 * The names of one logical unit. They are derived from the target's name, which is unique in the
 * world (RFC 7143 4.2.7), and the LUN, so that they are the same after every restart and nothing
 * has to be kept.
 *
 * <pre>
 *   SHA-256 of  target name, 00h, LUN in decimal      (UTF-8)
 *   bytes 0-7   the NAA designator, its highest four bits replaced by 3h (locally assigned)
 *   bytes 8-15  the serial number, in hexadecimal
 * </pre>
 *
 * @param naa the NAA designator's value
 * @param serialNumber 16 hexadecimal digits
 */
record LunIdentity(long naa, String serialNumber) {

  static final String VENDOR = "UNTORN";
  static final String PRODUCT = "ATOMIC DISK";

  static LunIdentity of(String targetName, int lun) {
    byte[] hash = sha256((targetName + '\0' + lun).getBytes(StandardCharsets.UTF_8));
    return new LunIdentity(
        Designator.NaaLocallyAssigned.of(Association.LOGICAL_UNIT, ByteBuffer.wrap(hash).getLong())
            .value(),
        HexFormat.of().formatHex(hash, 8, 16));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The target ports of a target: its portal groups (RFC 7143 4.4.1). Their tags are also their
   * relative target port identifiers, and each is a target port group of its own.
   */
  static List<TargetPort> ports(String targetName, List<PortalConfig> portals) {
    return portals.stream()
        .map(PortalConfig::tag)
        .distinct()
        .sorted()
        .map(tag -> new TargetPort(tag, tag, "%s,t,0x%04x".formatted(targetName, tag)))
        .toList();
  }

  /** What the Device Identification VPD page lists, but for the port. */
  List<Designator> designators(String targetName) {
    return List.of(
        new Designator.T10VendorId(VENDOR, "%-16s%s".formatted(PRODUCT, serialNumber)),
        new Designator.NaaLocallyAssigned(Association.LOGICAL_UNIT, naa),
        new Designator.ScsiName(Association.TARGET_DEVICE, targetName));
  }
}

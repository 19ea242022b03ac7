package org.untorn.core;

import java.util.List;
import org.untorn.vpd.Association;
import org.untorn.vpd.Designator;

/**
 * A SCSI target port of a target device (SAM-5 4.6.5).
 *
 * @param relativeIdentifier RELATIVE TARGET PORT IDENTIFIER, 1 to FFFFh
 * @param group TARGET PORT GROUP, 0 to FFFFh
 * @param name its SCSI name, as a {@link Nexus} has it
 */
public record TargetPort(int relativeIdentifier, int group, String name) {

  /** What the Device Identification VPD page says of it to those who ask through it. */
  List<Designator> designators() {
    return List.of(
        new Designator.RelativeTargetPort(relativeIdentifier),
        new Designator.TargetPortGroup(group),
        scsiName());
  }

  /** Its name as a designator. */
  Designator scsiName() {
    return new Designator.ScsiName(Association.TARGET_PORT, name);
  }
}

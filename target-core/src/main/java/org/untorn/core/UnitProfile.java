package org.untorn.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.untorn.vpd.Association;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.BlockDeviceCharacteristics;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.BlockLimitsExtension;
import org.untorn.vpd.Designator;
import org.untorn.vpd.DeviceIdentification;
import org.untorn.vpd.ExtendedInquiry;
import org.untorn.vpd.LogicalBlockProvisioning;
import org.untorn.vpd.ManagementNetworkAddresses;
import org.untorn.vpd.ModePagePolicy;
import org.untorn.vpd.ScsiPorts;
import org.untorn.vpd.StandardInquiry;
import org.untorn.vpd.SupportedVpdPages;
import org.untorn.vpd.ThirdPartyCopy;
import org.untorn.vpd.UnitSerialNumber;
import org.untorn.vpd.VpdPage;

/**
 * What a disk is, and says of itself. INQUIRY encodes this very instance and the command handlers
 * check against it, so what is advertised is what is enforced.
 *
 * @param inquiry the standard INQUIRY data
 * @param serialNumber the PRODUCT SERIAL NUMBER
 * @param designators what names the unit and its target device (VPD page 83h)
 * @param ports the target ports of its device, by ascending identifier; empty if nothing is said of
 *     them
 * @param management where the unit is managed over a network (VPD page 85h)
 * @param physicalBlockExponent logical blocks per physical block, as a power of two, 0 to 15
 * @param limits how much one command may ask for, in blocks (VPD page B0h)
 * @param writeProtected whether the medium takes no changes at all
 * @param strict whether reserved bits of a CDB that are set are refused
 */
public record UnitProfile(
    StandardInquiry inquiry,
    String serialNumber,
    List<Designator> designators,
    List<TargetPort> ports,
    List<ManagementNetworkAddresses.Service> management,
    int physicalBlockExponent,
    BlockLimits limits,
    boolean writeProtected,
    boolean strict) {

  /** A disk's MAXIMUM TRANSFER LENGTH if nothing else is said, in blocks. */
  public static final long MAXIMUM_TRANSFER_LENGTH = 8192;

  /** How many ranges one WRITE SCATTERED may name. */
  private static final int MAXIMUM_SCATTERED_DESCRIPTORS = 256;

  /** All that the CDB of COMPARE AND WRITE can ask for. */
  private static final int MAXIMUM_COMPARE_AND_WRITE_BLOCKS = 0xFF;

  private static final int MAXIMUM_UNMAP_DESCRIPTORS = 256;
  private static final long MAXIMUM_UNMAP_BLOCKS = 1 << 20;

  /**
   * All that WRITE SAME(10) can ask for; an initiator that needs more sees that there is a limit.
   */
  private static final long MAXIMUM_WRITE_SAME_BLOCKS = 0xFFFF;

  public UnitProfile {
    designators = List.copyOf(designators);
    ports = List.copyOf(ports);
    management = List.copyOf(management);
    if (physicalBlockExponent < 0 || physicalBlockExponent > 15) {
      throw new IllegalArgumentException(
          "physical blocks of 2^" + physicalBlockExponent + " logical blocks");
    }
    if (limits.wsnz()) {
      throw new IllegalArgumentException("a disk with WSNZ");
    }
    List<String> violations = violations(limits);
    if (!violations.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", violations));
    }
  }

  /**
   * A disk that unmaps, and is otherwise as large and as strict as this device can be.
   *
   * @param maximumTransferLength blocks per command, at least 1
   * @param atomic the limits of WRITE ATOMIC; {@link AtomicLimits#NONE} for a disk without it
   */
  public static UnitProfile disk(
      StandardInquiry inquiry,
      String serialNumber,
      List<Designator> designators,
      int physicalBlockExponent,
      long maximumTransferLength,
      AtomicLimits atomic) {
    int physicalBlock = 1 << physicalBlockExponent;
    BlockLimits limits =
        new BlockLimits(
            false,
            MAXIMUM_COMPARE_AND_WRITE_BLOCKS,
            physicalBlock,
            maximumTransferLength,
            maximumTransferLength,
            0,
            MAXIMUM_UNMAP_BLOCKS,
            MAXIMUM_UNMAP_DESCRIPTORS,
            physicalBlock,
            OptionalLong.of(0),
            MAXIMUM_WRITE_SAME_BLOCKS,
            atomic);
    return new UnitProfile(
        inquiry,
        serialNumber,
        designators,
        List.of(),
        List.of(),
        physicalBlockExponent,
        limits,
        false,
        true);
  }

  /**
   * Why this device cannot have some limits, a sentence each; empty if it can. Zero, which would
   * say that a maximum is not reported, is not enforced and so not advertised.
   */
  public static List<String> violations(BlockLimits limits) {
    List<String> found = new ArrayList<>();
    Map<String, Long> enforced = new TreeMap<>();
    enforced.put("MAXIMUM TRANSFER LENGTH", limits.maximumTransferLength());
    enforced.put("MAXIMUM COMPARE AND WRITE LENGTH", (long) limits.maximumCompareAndWriteLength());
    enforced.put("MAXIMUM UNMAP LBA COUNT", limits.maximumUnmapLbaCount());
    enforced.put("MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT", limits.maximumUnmapBlockDescriptorCount());
    enforced.put("MAXIMUM WRITE SAME LENGTH", limits.maximumWriteSameLength());
    enforced.forEach(
        (name, value) -> {
          if (value == 0) {
            found.add(name + " (0) must be at least 1");
          }
        });
    if (limits.optimalTransferLength() > limits.maximumTransferLength()) {
      found.add(
          "OPTIMAL TRANSFER LENGTH (%d) must not be above MAXIMUM TRANSFER LENGTH (%d)"
              .formatted(limits.optimalTransferLength(), limits.maximumTransferLength()));
    }
    found.addAll(limits.atomic().violations(limits.maximumTransferLength()));
    return found;
  }

  /** The same with other limits. */
  UnitProfile with(BlockLimits other) {
    return as(inquiry, ports, management, other, writeProtected, strict);
  }

  /** The same, but reserved bits are overlooked. */
  public UnitProfile lenient() {
    return as(inquiry, ports, management, limits, writeProtected, false);
  }

  /** The same, but the medium takes no changes. */
  public UnitProfile readOnly() {
    return as(inquiry, ports, management, limits, true, strict);
  }

  /** The same, reached through these ports. */
  public UnitProfile reachedBy(List<TargetPort> through) {
    StandardInquiry said = inquiry.withPorts(through.size());
    return as(said, through, management, limits, writeProtected, strict);
  }

  /** The same, managed there. */
  public UnitProfile managedBy(List<ManagementNetworkAddresses.Service> services) {
    return as(inquiry, ports, services, limits, writeProtected, strict);
  }

  private UnitProfile as(
      StandardInquiry said,
      List<TargetPort> through,
      List<ManagementNetworkAddresses.Service> managed,
      BlockLimits limited,
      boolean readOnly,
      boolean strictly) {
    return new UnitProfile(
        said,
        serialNumber,
        designators,
        through,
        managed,
        physicalBlockExponent,
        limited,
        readOnly,
        strictly);
  }

  /** The name of the target port with a RELATIVE TARGET PORT IDENTIFIER. */
  Optional<String> targetPort(int relativeIdentifier) {
    return ports.stream()
        .filter(port -> port.relativeIdentifier() == relativeIdentifier)
        .map(TargetPort::name)
        .findFirst();
  }

  /** The RELATIVE TARGET PORT IDENTIFIER of a port; zero for one that is not among them. */
  int relativeTargetPort(String name) {
    return ports.stream()
        .filter(port -> port.name().equals(name))
        .mapToInt(TargetPort::relativeIdentifier)
        .findFirst()
        .orElse(0);
  }

  /** The names of all target ports there are; this one at least. */
  Set<String> targetPorts(String thisOne) {
    Set<String> names = new TreeSet<>(ports.stream().map(TargetPort::name).toList());
    names.add(thisOne);
    return names;
  }

  /** What VPD page 83h says to those who ask through a port: the unit, the port, the device. */
  private DeviceIdentification identification(List<Designator> ofPort) {
    List<Designator> all = new ArrayList<>();
    for (Association association : Association.values()) {
      designators.stream().filter(one -> one.association() == association).forEach(all::add);
      if (association == Association.TARGET_PORT) {
        all.addAll(ofPort);
      }
    }
    return new DeviceIdentification(all);
  }

  /** VPD page 83h as it is through each port, by the port's name. */
  Map<String, VpdPage> pagesOfPorts() {
    return ports.stream()
        .collect(Collectors.toMap(TargetPort::name, port -> identification(port.designators())));
  }

  /** The standard INQUIRY data of a disk whose blocks carry protection information, or none. */
  StandardInquiry inquiry(Optional<ProtectionType> protection) {
    return inquiry.with(
        protection.isPresent()
            ? StandardInquiry.Flag.PROTECT
            : StandardInquiry.Flag.THIRD_PARTY_COPY);
  }

  /** The same, and its medium can be taken out, or cannot: RMB. */
  public UnitProfile removable(boolean can) {
    StandardInquiry said = can ? inquiry.removable() : inquiry;
    return as(said, ports, management, limits, writeProtected, strict);
  }

  /** Whether the medium can be taken out: RMB. */
  boolean removable() {
    return inquiry.flags().contains(StandardInquiry.Flag.RMB);
  }

  /** The limits of WRITE ATOMIC. */
  public AtomicLimits atomic() {
    return limits.atomic();
  }

  /** The limits of WRITE SCATTERED, whose Data-Out is as long as that of other commands may be. */
  BlockLimitsExtension scattered() {
    long most = limits.maximumTransferLength();
    return new BlockLimitsExtension(0, 0, 0, most, MAXIMUM_SCATTERED_DESCRIPTORS, most);
  }

  /**
   * The VPD pages, by ascending page code; the first lists them all.
   *
   * @param thresholdExponent THRESHOLD EXPONENT
   * @param protection what protection information the blocks carry
   * @param copy what the disk copies, if it does
   */
  List<VpdPage> vpdPages(
      int thresholdExponent, Optional<ProtectionType> protection, Optional<ThirdPartyCopy> copy) {
    Set<ExtendedInquiry.Flag> flags =
        EnumSet.of(
            ExtendedInquiry.Flag.HEADSUP,
            ExtendedInquiry.Flag.ORDSUP,
            ExtendedInquiry.Flag.SIMPSUP,
            ExtendedInquiry.Flag.WU_SUP,
            ExtendedInquiry.Flag.CRD_SUP,
            ExtendedInquiry.Flag.V_SUP,
            ExtendedInquiry.Flag.LUICLR);
    protection.ifPresent(type -> flags.addAll(type.checks()));
    List<VpdPage> pages = new ArrayList<>();
    pages.add(new UnitSerialNumber(serialNumber));
    pages.add(identification(List.of()));
    pages.add(new ManagementNetworkAddresses(management));
    pages.add(
        new ExtendedInquiry(
            flags, protection.map(ProtectionType::spt).orElse(0), CopyAborted.LONGEST));
    pages.add(new ModePagePolicy(List.of(ModePagePolicy.Policy.ALL_SHARED)));
    if (!ports.isEmpty()) {
      pages.add(
          new ScsiPorts(
              ports.stream()
                  .map(
                      port ->
                          new ScsiPorts.Port(port.relativeIdentifier(), List.of(port.scsiName())))
                  .toList()));
    }
    copy.ifPresent(pages::add);
    pages.add(limits);
    pages.add(
        new BlockDeviceCharacteristics(
            BlockDeviceCharacteristics.NON_ROTATING,
            BlockDeviceCharacteristics.READS_AFTER_ERASE,
            BlockDeviceCharacteristics.READS_AFTER_ERASE,
            true,
            true));
    pages.add(
        new LogicalBlockProvisioning(
            thresholdExponent, true, true, true, 1, false, LogicalBlockProvisioning.THIN));
    pages.add(scattered());
    List<Integer> codes = new ArrayList<>(pages.stream().map(VpdPage::pageCode).toList());
    codes.add(SupportedVpdPages.PAGE_CODE);
    pages.addFirst(new SupportedVpdPages(codes));
    return List.copyOf(pages);
  }
}

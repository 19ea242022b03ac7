package org.untorn.vpd;

import java.util.Optional;

/**
 * A page of vital product data (SPC-5 7.7): what INQUIRY returns when its EVPD bit is set. Every
 * page is an immutable record that encodes and decodes itself.
 *
 * <pre>
 *  byte 0 [ QUALIFIER ] [ DEVICE TYPE ]      {@link Peripheral}
 *       1 [         PAGE CODE         ]
 *     2-3 [    PAGE LENGTH (n - 3)    ]
 *   4 - n [ what the page says        ]      each record draws its own
 * </pre>
 *
 * The records' fields are placed from byte 0 of the page, as in the standards' tables.
 */
public sealed interface VpdPage
    permits SupportedVpdPages,
        UnitSerialNumber,
        DeviceIdentification,
        ManagementNetworkAddresses,
        ExtendedInquiry,
        ModePagePolicy,
        ScsiPorts,
        ThirdPartyCopy,
        BlockLimits,
        BlockDeviceCharacteristics,
        LogicalBlockProvisioning,
        BlockLimitsExtension {

  /** Bytes before what the page says. */
  int HEADER_LENGTH = 4;

  /** PAGE CODE, 0 to FFh. */
  int pageCode();

  /** The whole page, header included. */
  byte[] encode(Peripheral peripheral);

  /**
   * Reads a page that a device returned; empty if it is of a kind that has no record here. Bytes
   * after the page's own length are ignored.
   *
   * @throws IllegalArgumentException if the page is cut short
   */
  static Optional<VpdPage> decode(byte[] returned) {
    byte[] page = VpdHeader.unpad(returned);
    return switch (VpdHeader.PAGE_CODE.getInt(page)) {
      case SupportedVpdPages.PAGE_CODE -> Optional.of(SupportedVpdPages.decode(page));
      case UnitSerialNumber.PAGE_CODE -> Optional.of(UnitSerialNumber.decode(page));
      case DeviceIdentification.PAGE_CODE -> Optional.of(DeviceIdentification.decode(page));
      case ManagementNetworkAddresses.PAGE_CODE ->
          Optional.of(ManagementNetworkAddresses.decode(page));
      case ExtendedInquiry.PAGE_CODE -> Optional.of(ExtendedInquiry.decode(page));
      case ModePagePolicy.PAGE_CODE -> Optional.of(ModePagePolicy.decode(page));
      case ScsiPorts.PAGE_CODE -> Optional.of(ScsiPorts.decode(page));
      case ThirdPartyCopy.PAGE_CODE -> Optional.of(ThirdPartyCopy.decode(page));
      case BlockLimits.PAGE_CODE -> Optional.of(BlockLimits.decode(page));
      case BlockDeviceCharacteristics.PAGE_CODE ->
          Optional.of(BlockDeviceCharacteristics.decode(page));
      case LogicalBlockProvisioning.PAGE_CODE -> Optional.of(LogicalBlockProvisioning.decode(page));
      case BlockLimitsExtension.PAGE_CODE -> Optional.of(BlockLimitsExtension.decode(page));
      default -> Optional.empty();
    };
  }
}

package org.untorn.vpd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * VPD page 88h, SCSI Ports (SPC-5 7.7): the ports of the target device, a descriptor each. They are
 * target ports, so no TransportID of an initiator port is in it.
 *
 * <pre>
 *   2 - 3   [ RELATIVE PORT IDENTIFIER                ]
 *   6 - 7   [ INITIATOR PORT TRANSPORTID LENGTH (0)   ]
 *  10 - 11  [ TARGET PORT DESCRIPTORS LENGTH (n - 11) ]
 *  12 - n   [ designation descriptors of the port     ]
 * </pre>
 *
 * @param ports by ascending identifier
 */
public record ScsiPorts(List<Port> ports) implements VpdPage {

  /**
   * A port.
   *
   * @param relativeIdentifier 1 to FFFFh
   * @param designators its names; decoding leaves out kinds that have no record here
   */
  public record Port(int relativeIdentifier, List<Designator> designators) {

    public Port {
      RELATIVE_PORT_IDENTIFIER.check(relativeIdentifier);
      designators = List.copyOf(designators);
    }
  }

  public static final int PAGE_CODE = 0x88;

  private static final int PORT_HEADER = 12;
  private static final Field RELATIVE_PORT_IDENTIFIER =
      Field.bytes("RELATIVE PORT IDENTIFIER", 2, 2);
  private static final Field DESCRIPTORS_LENGTH =
      Field.bytes("TARGET PORT DESCRIPTORS LENGTH", 10, 2);

  public ScsiPorts {
    ports = List.copyOf(ports);
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    List<byte[]> all = new ArrayList<>();
    for (Port port : ports) {
      byte[] names = VpdHeader.joined(port.designators().stream().map(Designator::encode).toList());
      byte[] header = new byte[PORT_HEADER];
      RELATIVE_PORT_IDENTIFIER.put(header, port.relativeIdentifier());
      DESCRIPTORS_LENGTH.put(header, names.length);
      all.add(header);
      all.add(names);
    }
    return VpdHeader.page(peripheral, PAGE_CODE, all);
  }

  static ScsiPorts decode(byte[] page) {
    List<Port> ports = new ArrayList<>();
    int at = HEADER_LENGTH;
    while (at < page.length) {
      VpdHeader.requireLength(page, at + PORT_HEADER);
      byte[] header = Arrays.copyOfRange(page, at, at + PORT_HEADER);
      int end = at + PORT_HEADER + DESCRIPTORS_LENGTH.getInt(header);
      VpdHeader.requireLength(page, end);
      ports.add(
          new Port(
              RELATIVE_PORT_IDENTIFIER.getInt(header),
              DeviceIdentification.designators(Arrays.copyOf(page, end), at + PORT_HEADER)));
      at = end;
    }
    return new ScsiPorts(ports);
  }
}

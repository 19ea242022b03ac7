package org.untorn.vpd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * VPD page 85h, Management Network Addresses (SPC-5 7.7): where the unit is managed over a network,
 * a descriptor per service.
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *     0         [ASSOCIATION] [      SERVICE TYPE       ]
 *  2 - 3  [ NETWORK ADDRESS LENGTH (n - 3)              ]
 *  4 - n  [ NETWORK ADDRESS: a URL, ended and filled up to a multiple of four with nulls ]
 * </pre>
 *
 * @param services in the order of the page
 */
public record ManagementNetworkAddresses(List<Service> services) implements VpdPage {

  /**
   * A service.
   *
   * @param type SERVICE TYPE: 1 is the storage configuration service
   * @param url ASCII
   */
  public record Service(Association association, int type, String url) {

    /** The SERVICE TYPE of what configures storage. */
    public static final int STORAGE_CONFIGURATION = 1;

    public Service {
      SERVICE_TYPE.check(type);
    }
  }

  public static final int PAGE_CODE = 0x85;

  private static final int DESCRIPTOR_HEADER = 4;
  private static final Field ASSOCIATION = new Field("ASSOCIATION", 0, 6, 2);
  private static final Field SERVICE_TYPE = new Field("SERVICE TYPE", 0, 4, 5);
  private static final Field ADDRESS_LENGTH = Field.bytes("NETWORK ADDRESS LENGTH", 2, 2);

  public ManagementNetworkAddresses {
    services = List.copyOf(services);
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    List<byte[]> all = new ArrayList<>();
    for (Service service : services) {
      byte[] ascii = service.url().getBytes(StandardCharsets.US_ASCII);
      byte[] address = Arrays.copyOf(ascii, (ascii.length + 4) & -4);
      byte[] header = new byte[DESCRIPTOR_HEADER];
      ASSOCIATION.put(header, service.association().code());
      SERVICE_TYPE.put(header, service.type());
      ADDRESS_LENGTH.put(header, address.length);
      all.add(header);
      all.add(address);
    }
    return VpdHeader.page(peripheral, PAGE_CODE, all);
  }

  static ManagementNetworkAddresses decode(byte[] page) {
    List<Service> services = new ArrayList<>();
    int at = HEADER_LENGTH;
    while (at < page.length) {
      VpdHeader.requireLength(page, at + DESCRIPTOR_HEADER);
      byte[] header = Arrays.copyOfRange(page, at, at + DESCRIPTOR_HEADER);
      int begin = at + DESCRIPTOR_HEADER;
      int end = begin + ADDRESS_LENGTH.getInt(header);
      VpdHeader.requireLength(page, end);
      String address = new String(page, begin, end - begin, StandardCharsets.US_ASCII);
      int nul = address.indexOf('\0');
      String url = nul < 0 ? address : address.substring(0, nul);
      Association.of(ASSOCIATION.getInt(header))
          .ifPresent(of -> services.add(new Service(of, SERVICE_TYPE.getInt(header), url)));
      at = end;
    }
    return new ManagementNetworkAddresses(services);
  }
}

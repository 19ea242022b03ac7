package org.untorn.vpd;

import java.util.ArrayList;
import java.util.List;

/**
 * VPD page 00h: the page codes of all pages there are, in ascending order (SPC-5 7.7).
 *
 * @param pageCodes each 0 to FFh, 00h itself among them; kept sorted and without duplicates
 */
public record SupportedVpdPages(List<Integer> pageCodes) implements VpdPage {

  public static final int PAGE_CODE = 0x00;

  public SupportedVpdPages {
    pageCodes = pageCodes.stream().sorted().distinct().toList();
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page = VpdHeader.page(peripheral, PAGE_CODE, HEADER_LENGTH + pageCodes.size());
    for (int i = 0; i < pageCodes.size(); i++) {
      Field.bytes("page code", HEADER_LENGTH + i, 1).put(page, pageCodes.get(i));
    }
    return page;
  }

  static SupportedVpdPages decode(byte[] page) {
    List<Integer> codes = new ArrayList<>();
    for (int i = HEADER_LENGTH; i < page.length; i++) {
      codes.add(page[i] & 0xff);
    }
    return new SupportedVpdPages(codes);
  }
}

package org.untorn.vpd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * VPD page 87h, Mode Page Policy (SPC-5 7.7): who shares a mode page's values, four bytes per page.
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *     0               [       POLICY PAGE CODE          ]
 *     1   [             POLICY SUBPAGE CODE             ]
 *     2   [MLUS]                          [   POLICY    ]
 * </pre>
 *
 * @param policies in the order of the page
 */
public record ModePagePolicy(List<Policy> policies) implements VpdPage {

  /**
   * The policy of a page.
   *
   * @param pageCode 3Fh with subpage FFh: all that are not named otherwise
   * @param policy MODE PAGE POLICY: 0 shared, 1 per target port, 3 per I_T nexus
   */
  public record Policy(int pageCode, int subpageCode, boolean multipleUnits, int policy) {

    /** All pages: one copy for everybody, of this unit alone. */
    public static final Policy ALL_SHARED = new Policy(0x3f, 0xff, false, 0);

    public Policy {
      POLICY_PAGE_CODE.check(pageCode);
      POLICY_SUBPAGE_CODE.check(subpageCode);
      MODE_PAGE_POLICY.check(policy);
    }
  }

  public static final int PAGE_CODE = 0x87;

  private static final int DESCRIPTOR = 4;
  private static final Field POLICY_PAGE_CODE = new Field("POLICY PAGE CODE", 0, 5, 6);
  private static final Field POLICY_SUBPAGE_CODE = Field.bytes("POLICY SUBPAGE CODE", 1, 1);
  private static final Field MLUS = Field.bit("MLUS", 2, 7);
  private static final Field MODE_PAGE_POLICY = new Field("MODE PAGE POLICY", 2, 1, 2);

  public ModePagePolicy {
    policies = List.copyOf(policies);
  }

  @Override
  public int pageCode() {
    return PAGE_CODE;
  }

  @Override
  public byte[] encode(Peripheral peripheral) {
    byte[] page =
        VpdHeader.page(peripheral, PAGE_CODE, HEADER_LENGTH + DESCRIPTOR * policies.size());
    for (int i = 0; i < policies.size(); i++) {
      byte[] descriptor = new byte[DESCRIPTOR];
      POLICY_PAGE_CODE.put(descriptor, policies.get(i).pageCode());
      POLICY_SUBPAGE_CODE.put(descriptor, policies.get(i).subpageCode());
      MLUS.put(descriptor, policies.get(i).multipleUnits() ? 1 : 0);
      MODE_PAGE_POLICY.put(descriptor, policies.get(i).policy());
      System.arraycopy(descriptor, 0, page, HEADER_LENGTH + i * DESCRIPTOR, DESCRIPTOR);
    }
    return page;
  }

  static ModePagePolicy decode(byte[] page) {
    List<Policy> policies = new ArrayList<>();
    for (int at = HEADER_LENGTH; at < page.length; at += DESCRIPTOR) {
      VpdHeader.requireLength(page, at + DESCRIPTOR);
      byte[] descriptor = Arrays.copyOfRange(page, at, at + DESCRIPTOR);
      policies.add(
          new Policy(
              POLICY_PAGE_CODE.getInt(descriptor),
              POLICY_SUBPAGE_CODE.getInt(descriptor),
              MLUS.isSet(descriptor),
              MODE_PAGE_POLICY.getInt(descriptor)));
    }
    return new ModePagePolicy(policies);
  }
}

package org.untorn.core;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.untorn.vpd.Field;

/**
 * One row of the table of mode pages (SPC-5, mode parameters): the page's settings with their
 * defaults, and whether MODE SELECT may change them. What no setting covers is zero.
 *
 * <pre>
 *  bit       7    6     5     4     3     2     1     0
 *  byte 0 [ PS ][SPF][            PAGE CODE            ]    page_0 format: PS and SPF are zero
 *  byte 1 [                PAGE LENGTH                 ]    counts the bytes that follow it
 *  byte 2..  the settings
 *
 *  byte 0 [ PS ][SPF][            PAGE CODE            ]    sub_page format: SPF is one
 *  byte 1 [               SUBPAGE CODE                 ]
 *  byte 2-3 PAGE LENGTH, of what follows
 *  byte 4..  the settings
 * </pre>
 *
 * @param name the standard's name
 * @param pageCode PAGE CODE, 0 to 3Eh
 * @param subpageCode SUBPAGE CODE, 0 to FEh; 0 makes it a page in the page_0 format
 * @param length the whole page in bytes, header included
 * @param settings what the page says
 */
record ModePage(String name, int pageCode, int subpageCode, int length, List<Setting> settings) {

  /**
   * A named part of a mode page.
   *
   * @param value what it is until MODE SELECT says otherwise, and again after a reset
   * @param changeable whether MODE SELECT may say otherwise
   * @param legal the values that it may give; none: all that the field has room for
   */
  record Setting(Field field, long value, boolean changeable, Set<Long> legal) {

    Setting(Field field, long value, boolean changeable) {
      this(field, value, changeable, Set.of());
    }

    boolean allows(byte[] page) {
      return legal.isEmpty() || legal.contains(field.get(page));
    }
  }

  /** The bytes of a page's header in the page_0 format, and in the sub_page format. */
  static final int HEADER = 2;

  static final int SUBPAGE_HEADER = 4;

  static final Field PAGE_CODE = new Field("PAGE CODE", 0, 5, 6);
  static final Field PAGE_LENGTH = Field.bytes("PAGE LENGTH", 1, 1);
  static final Field SPF = Field.bit("SPF", 0, 6);
  static final Field SUBPAGE_CODE = Field.bytes("SUBPAGE CODE", 1, 1);
  static final Field SUBPAGE_LENGTH = Field.bytes("PAGE LENGTH", 2, 2);

  private static final Setting WCE = new Setting(Field.bit("WCE", 2, 2), 1, true);
  private static final Setting TST =
      new Setting(new Field("TST", 2, 7, 3), 0, true, Set.of(0b000L, 0b001L));
  private static final Setting TMF_ONLY = new Setting(Field.bit("TMF_ONLY", 2, 4), 0, true);
  private static final Setting QUEUE_ALGORITHM_MODIFIER =
      new Setting(new Field("QUEUE ALGORITHM MODIFIER", 3, 7, 4), 1, true, Set.of(0L, 1L));
  private static final Setting QERR =
      new Setting(new Field("QERR", 3, 2, 2), 0, true, Set.of(0b00L, 0b01L, 0b11L));
  private static final Setting UA_INTLCK_CTRL =
      new Setting(new Field("UA_INTLCK_CTRL", 4, 5, 2), 0, true, Set.of(0b00L, 0b10L, 0b11L));
  private static final Setting TAS = new Setting(Field.bit("TAS", 5, 6), 0, true);
  private static final Setting D_SENSE = new Setting(Field.bit("D_SENSE", 2, 2), 0, true);
  private static final Setting SWP = new Setting(Field.bit("SWP", 4, 3), 0, true);

  /**
   * Whether application tags are the initiators' alone (SPC-5): so they are where there is
   * protection information, which {@link Disk} knows.
   */
  static final Field ATO = Field.bit("ATO", 5, 7);

  /** Whether the volatile write cache is in use (SBC-4). */
  static final ModePage CACHING = new ModePage("Caching", 0x08, 0, 20, List.of(WCE));

  /** How the device server treats all commands (SPC-5). */
  static final ModePage CONTROL =
      new ModePage(
          "Control",
          0x0A,
          0,
          12,
          List.of(
              TST,
              TMF_ONLY,
              D_SENSE,
              QUEUE_ALGORITHM_MODIFIER,
              QERR,
              UA_INTLCK_CTRL,
              SWP,
              new Setting(ATO, 0, false),
              TAS,
              new Setting(Field.bytes("BUSY TIMEOUT PERIOD", 8, 2), 0xFFFF, false)));

  /** Failure prediction, of which there is none: exceptions are disabled (SBC-4). */
  static final ModePage INFORMATIONAL_EXCEPTIONS_CONTROL =
      new ModePage(
          "Informational Exceptions Control",
          0x1C,
          0,
          12,
          List.of(new Setting(Field.bit("DEXCPT", 2, 3), 1, false)));

  /** That a threshold is reported when it is reached (SBC-4): LBPERE. */
  static final ModePage READ_WRITE_ERROR_RECOVERY =
      new ModePage(
          "Read-Write Error Recovery",
          0x01,
          0,
          12,
          List.of(new Setting(Field.bit("LBPERE", 7, 7), 1, false)));

  /** Whether there is a threshold: {@link Provisioning} says. */
  static final Field ENABLED = Field.bit("ENABLED", 16, 7);

  /** Where it is, in threshold sets. */
  static final Field THRESHOLD_COUNT = Field.bytes("THRESHOLD COUNT", 20, 4);

  private static final int INCREASING = 0b001;
  private static final int USED_LBA_MAPPING_RESOURCES = 0x02;

  /** One threshold, of what is used, which every nexus is told of (SBC-4). */
  static final ModePage LOGICAL_BLOCK_PROVISIONING =
      new ModePage(
          "Logical Block Provisioning",
          0x1C,
          0x02,
          24,
          List.of(
              new Setting(Field.bit("SITUA", 4, 0), 0, false),
              new Setting(ENABLED, 0, false),
              new Setting(new Field("THRESHOLD TYPE", 16, 5, 3), 0, false),
              new Setting(new Field("THRESHOLD ARMING", 16, 2, 3), INCREASING, false),
              new Setting(
                  Field.bytes("THRESHOLD RESOURCE", 17, 1), USED_LBA_MAPPING_RESOURCES, false),
              new Setting(THRESHOLD_COUNT, 0, false)));

  /** All pages, by ascending page code. */
  static final List<ModePage> TABLE =
      List.of(
          READ_WRITE_ERROR_RECOVERY,
          CACHING,
          CONTROL,
          INFORMATIONAL_EXCEPTIONS_CONTROL,
          LOGICAL_BLOCK_PROVISIONING);

  /** The page with these codes. */
  static Optional<ModePage> find(int pageCode, int subpageCode) {
    return TABLE.stream()
        .filter(page -> page.pageCode == pageCode && page.subpageCode == subpageCode)
        .findFirst();
  }

  /** Whether MODE SELECT may change anything in it. */
  boolean isChangeable() {
    return settings.stream().anyMatch(Setting::changeable);
  }

  /** The bytes of its header. */
  int headerLength() {
    return subpageCode == 0 ? HEADER : SUBPAGE_HEADER;
  }

  /** The page with every setting at its default. */
  byte[] defaults() {
    byte[] page = header();
    settings.forEach(setting -> setting.field().put(page, setting.value()));
    return page;
  }

  /** The page with a one in every bit that may be changed. */
  byte[] changeableMask() {
    byte[] page = header();
    settings.stream()
        .filter(Setting::changeable)
        .forEach(setting -> setting.field().put(page, setting.field().maximum()));
    return page;
  }

  /** The first bit that two versions of the page differ in and that may not be changed. */
  Optional<Field> fixedBitChanged(byte[] current, byte[] given) {
    byte[] changeable = changeableMask();
    for (int i = 0; i < length; i++) {
      int mask = i < headerLength() ? 0 : changeable[i];
      int fixed = (current[i] ^ given[i]) & ~mask & 0xFF;
      if (fixed != 0) {
        return Optional.of(Field.bit("fixed", i, 31 - Integer.numberOfLeadingZeros(fixed)));
      }
    }
    return Optional.empty();
  }

  /** The first setting that has no value which means something. */
  Optional<Field> illegalSetting(byte[] given) {
    return settings.stream()
        .filter(setting -> !setting.allows(given))
        .map(Setting::field)
        .findFirst();
  }

  private byte[] header() {
    byte[] page = new byte[length];
    PAGE_CODE.put(page, pageCode);
    if (subpageCode == 0) {
      PAGE_LENGTH.put(page, length - HEADER);
    } else {
      SPF.put(page, 1);
      SUBPAGE_CODE.put(page, subpageCode);
      SUBPAGE_LENGTH.put(page, length - SUBPAGE_HEADER);
    }
    return page;
  }

  static boolean writeCacheEnabled(byte[] cachingPage) {
    return WCE.field().isSet(cachingPage);
  }

  static boolean descriptorSense(byte[] controlPage) {
    return D_SENSE.field().isSet(controlPage);
  }

  static TaskRules taskRules(byte[] controlPage) {
    return new TaskRules(
        TST.field().isSet(controlPage),
        TMF_ONLY.field().isSet(controlPage),
        !QUEUE_ALGORITHM_MODIFIER.field().isSet(controlPage),
        QERR.field().getInt(controlPage),
        UA_INTLCK_CTRL.field().getInt(controlPage),
        TAS.field().isSet(controlPage));
  }

  static boolean softwareWriteProtect(byte[] controlPage) {
    return SWP.field().isSet(controlPage);
  }
}

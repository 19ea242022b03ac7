package org.untorn.core;

import java.util.List;
import java.util.Optional;
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
 * </pre>
 *
 * @param name the standard's name
 * @param pageCode PAGE CODE, 0 to 3Eh
 * @param length the whole page in bytes, header included
 * @param settings what the page says
 */
record ModePage(String name, int pageCode, int length, List<Setting> settings) {

  /**
   * A named part of a mode page.
   *
   * @param value what it is until MODE SELECT says otherwise, and again after a reset
   * @param changeable whether MODE SELECT may say otherwise
   */
  record Setting(Field field, long value, boolean changeable) {}

  /** The bytes of a page's header. */
  static final int HEADER = 2;

  static final Field PAGE_CODE = new Field("PAGE CODE", 0, 5, 6);
  static final Field PAGE_LENGTH = Field.bytes("PAGE LENGTH", 1, 1);

  private static final Setting WCE = new Setting(Field.bit("WCE", 2, 2), 1, true);
  private static final Setting D_SENSE = new Setting(Field.bit("D_SENSE", 2, 2), 0, true);
  private static final Setting SWP = new Setting(Field.bit("SWP", 4, 3), 0, true);

  /** Whether the volatile write cache is in use (SBC-4). */
  static final ModePage CACHING = new ModePage("Caching", 0x08, 20, List.of(WCE));

  /** How the device server treats all commands (SPC-5). */
  static final ModePage CONTROL =
      new ModePage(
          "Control",
          0x0A,
          12,
          List.of(
              D_SENSE,
              new Setting(new Field("QUEUE ALGORITHM MODIFIER", 3, 7, 4), 1, false),
              SWP,
              new Setting(Field.bytes("BUSY TIMEOUT PERIOD", 8, 2), 0xFFFF, false)));

  /** Failure prediction, of which there is none: exceptions are disabled (SBC-4). */
  static final ModePage INFORMATIONAL_EXCEPTIONS_CONTROL =
      new ModePage(
          "Informational Exceptions Control",
          0x1C,
          12,
          List.of(new Setting(Field.bit("DEXCPT", 2, 3), 1, false)));

  /** All pages, by ascending page code. */
  static final List<ModePage> TABLE = List.of(CACHING, CONTROL, INFORMATIONAL_EXCEPTIONS_CONTROL);

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
      int mask = i < HEADER ? 0 : changeable[i];
      int fixed = (current[i] ^ given[i]) & ~mask & 0xFF;
      if (fixed != 0) {
        return Optional.of(Field.bit("fixed", i, 31 - Integer.numberOfLeadingZeros(fixed)));
      }
    }
    return Optional.empty();
  }

  private byte[] header() {
    byte[] page = new byte[length];
    PAGE_CODE.put(page, pageCode);
    PAGE_LENGTH.put(page, length - HEADER);
    return page;
  }

  static boolean writeCacheEnabled(byte[] cachingPage) {
    return WCE.field().isSet(cachingPage);
  }

  static boolean descriptorSense(byte[] controlPage) {
    return D_SENSE.field().isSet(controlPage);
  }

  static boolean softwareWriteProtect(byte[] controlPage) {
    return SWP.field().isSet(controlPage);
  }
}

package org.untorn.vpd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The standard INQUIRY data (SPC-5 6.7.2), 96 bytes.
 *
 * <pre>
 *  bit      7      6      5      4      3      2      1      0
 *  byte 0 [ PERIPHERAL QUALIFIER ] [  PERIPHERAL DEVICE TYPE   ]
 *       1 [RMB ] [LUCG] [                                      ]
 *       2 [                     VERSION                        ]   06h: SPC-4
 *       3 [           ] [NACA] [HISU] [  RESPONSE DATA FORMAT  ]   2
 *       4 [                ADDITIONAL LENGTH                   ]   91: what follows
 *       5 [SCCS]        [   TPGS    ] [3PC ]             [PROT ]
 *       6        [ENCS]        [MULT]
 *       7                                         [CMDQ]
 *    8-15 [ T10 VENDOR IDENTIFICATION                          ]
 *   16-31 [ PRODUCT IDENTIFICATION                             ]
 *   32-35 [ PRODUCT REVISION LEVEL                             ]
 *   58-73 [ eight VERSION DESCRIPTORs of two bytes             ]
 * </pre>
 *
 * @param peripheral what is there
 * @param flags the one-bit fields that are set
 * @param targetPortGroupSupport TPGS, 0 to 3: 0 is no asymmetric logical unit access
 * @param vendor T10 VENDOR IDENTIFICATION, up to 8 characters
 * @param product PRODUCT IDENTIFICATION, up to 16 characters
 * @param revision PRODUCT REVISION LEVEL, up to 4 characters
 * @param versionDescriptors the standards claimed, at most 8, each of 1 to FFFFh
 */
public record StandardInquiry(
    Peripheral peripheral,
    Set<Flag> flags,
    int targetPortGroupSupport,
    String vendor,
    String product,
    String revision,
    List<Integer> versionDescriptors) {

  /** A field of one bit. */
  public enum Flag {
    RMB(Field.bit("RMB", 1, 7)),
    LU_CONG(Field.bit("LU_CONG", 1, 6)),
    NORMACA(Field.bit("NORMACA", 3, 5)),
    HISUP(Field.bit("HISUP", 3, 4)),
    SCCS(Field.bit("SCCS", 5, 7)),
    /** 3PC: third-party copy commands are supported. */
    THIRD_PARTY_COPY(Field.bit("3PC", 5, 3)),
    PROTECT(Field.bit("PROTECT", 5, 0)),
    ENCSERV(Field.bit("ENCSERV", 6, 6)),
    MULTIP(Field.bit("MULTIP", 6, 4)),
    CMDQUE(Field.bit("CMDQUE", 7, 1));

    private final Field field;

    Flag(Field field) {
      this.field = field;
    }
  }

  /** Bytes of the whole. */
  public static final int LENGTH = 96;

  /**
   * What Untorn follows: SAM-5, SPC-5, SBC-4 and iSCSI; and SPC-4 and SBC-3, which those contain
   * and which older initiators look for. None claims a version.
   */
  public static final List<Integer> STANDARDS =
      List.of(0x00a0, 0x05c0, 0x0460, 0x0600, 0x04c0, 0x0960);

  /** SPC-4, the newest that libiscsi's suite takes; the version descriptors say SPC-5. */
  private static final int SPC_4 = 6;

  private static final int RESPONSE_DATA_FORMAT_2 = 2;
  private static final int MAXIMUM_DESCRIPTORS = 8;
  private static final int IMPLICIT_AND_EXPLICIT = 0b11;

  private static final Field VERSION = Field.bytes("VERSION", 2, 1);
  private static final Field RESPONSE_DATA_FORMAT = new Field("RESPONSE DATA FORMAT", 3, 3, 4);
  private static final Field ADDITIONAL_LENGTH = Field.bytes("ADDITIONAL LENGTH", 4, 1);
  private static final Field TPGS = new Field("TPGS", 5, 5, 2);
  private static final Text VENDOR = new Text("T10 VENDOR IDENTIFICATION", 8, 8);
  private static final Text PRODUCT = new Text("PRODUCT IDENTIFICATION", 16, 16);
  private static final Text REVISION = new Text("PRODUCT REVISION LEVEL", 32, 4);

  public StandardInquiry {
    flags = Collections.unmodifiableSet(copyOf(flags));
    versionDescriptors = List.copyOf(versionDescriptors);
    TPGS.check(targetPortGroupSupport);
    VENDOR.check(vendor);
    PRODUCT.check(product);
    REVISION.check(revision);
    if (versionDescriptors.size() > MAXIMUM_DESCRIPTORS) {
      throw new IllegalArgumentException("more than 8 version descriptors");
    }
    for (int descriptor : versionDescriptors) {
      versionDescriptor(0).check(descriptor);
    }
  }

  /**
   * A disk as Untorn is one: CMDQUE (it queues commands), NORMACA and HISUP, no protection, no
   * third-party copy.
   */
  public static StandardInquiry disk(String vendor, String product, String revision) {
    return new StandardInquiry(
        Peripheral.DISK,
        EnumSet.of(Flag.CMDQUE, Flag.NORMACA, Flag.HISUP),
        0,
        vendor,
        product,
        revision,
        STANDARDS);
  }

  /** The same with a medium that can be removed: RMB. */
  public StandardInquiry removable() {
    Set<Flag> more = copyOf(flags);
    more.add(Flag.RMB);
    return new StandardInquiry(
        peripheral, more, targetPortGroupSupport, vendor, product, revision, versionDescriptors);
  }

  /** The same data for another peripheral. */
  public StandardInquiry with(Peripheral other) {
    return new StandardInquiry(
        other, flags, targetPortGroupSupport, vendor, product, revision, versionDescriptors);
  }

  /**
   * The same data for a device with so many target ports: with one it has TPGS 11b (implicit and
   * explicit asymmetric logical unit access), with two or more also MULTIP.
   */
  public StandardInquiry withPorts(int ports) {
    Set<Flag> more = copyOf(flags);
    if (ports > 1) {
      more.add(Flag.MULTIP);
    }
    return new StandardInquiry(
        peripheral,
        more,
        ports > 0 ? IMPLICIT_AND_EXPLICIT : 0,
        vendor,
        product,
        revision,
        versionDescriptors);
  }

  /** The same data with one more bit set. */
  public StandardInquiry with(Flag flag) {
    Set<Flag> more = copyOf(flags);
    more.add(flag);
    return new StandardInquiry(
        peripheral, more, targetPortGroupSupport, vendor, product, revision, versionDescriptors);
  }

  /** The bytes as INQUIRY returns them. */
  public byte[] encode() {
    byte[] data = new byte[LENGTH];
    peripheral.encodeInto(data);
    VERSION.put(data, SPC_4);
    RESPONSE_DATA_FORMAT.put(data, RESPONSE_DATA_FORMAT_2);
    ADDITIONAL_LENGTH.put(data, LENGTH - ADDITIONAL_LENGTH.lastByte() - 1);
    TPGS.put(data, targetPortGroupSupport);
    for (Flag flag : flags) {
      flag.field.put(data, 1);
    }
    VENDOR.put(data, vendor);
    PRODUCT.put(data, product);
    REVISION.put(data, revision);
    for (int i = 0; i < versionDescriptors.size(); i++) {
      versionDescriptor(i).put(data, versionDescriptors.get(i));
    }
    return data;
  }

  /**
   * Reads what a device returned.
   *
   * @throws IllegalArgumentException if there are fewer than 96 bytes
   */
  public static StandardInquiry decode(byte[] data) {
    if (data.length < LENGTH) {
      throw new IllegalArgumentException("INQUIRY data of " + data.length + " bytes, not 96");
    }
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if (flag.field.isSet(data)) {
        flags.add(flag);
      }
    }
    List<Integer> descriptors = new ArrayList<>();
    for (int i = 0; i < MAXIMUM_DESCRIPTORS; i++) {
      int descriptor = versionDescriptor(i).getInt(data);
      if (descriptor != 0) {
        descriptors.add(descriptor);
      }
    }
    return new StandardInquiry(
        Peripheral.decode(data),
        flags,
        TPGS.getInt(data),
        VENDOR.get(data),
        PRODUCT.get(data),
        REVISION.get(data),
        descriptors);
  }

  private static Field versionDescriptor(int index) {
    return Field.bytes("VERSION DESCRIPTOR " + (index + 1), 58 + 2 * index, 2);
  }

  private static Set<Flag> copyOf(Set<Flag> flags) {
    Set<Flag> copy = EnumSet.noneOf(Flag.class);
    copy.addAll(flags);
    return copy;
  }
}

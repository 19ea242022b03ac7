package org.untorn.core;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.PointInTime;
import org.untorn.vpd.Association;
import org.untorn.vpd.Designator;
import org.untorn.vpd.Field;

/**
 * A ROD token (SPC-5 5.17.6), 512 bytes that stand for blocks of a logical unit as they were when
 * it was made. Whoever has it may write them somewhere.
 *
 * <pre>
 *  byte 0-3     ROD TYPE
 *  byte 6-7     ROD TOKEN LENGTH (01F8h)
 *  byte 8-15    COPY MANAGER ROD TOKEN IDENTIFIER
 *  byte 16-47   CREATOR LOGICAL UNIT DESCRIPTOR, a CSCD descriptor
 *  byte 48-63   NUMBER OF BYTES REPRESENTED
 *  byte 96-127  device type specific: LOGICAL BLOCK LENGTH IN BYTES, then bytes 12 to 15 of READ
 *               CAPACITY(16)'s answer
 *  byte 128-t   TARGET DEVICE DESCRIPTOR, a designation descriptor
 *  byte t+1-511 EXTENDED ROD TOKEN DATA: random, so that nobody makes one up
 * </pre>
 *
 * <p>How long it lives is {@link RodTokens}' business.
 */
final class RodToken {

  static final long POINT_IN_TIME_DEFAULT = 0x0080_0000L;
  static final long POINT_IN_TIME_ANY = 0x0080_FFFFL;
  static final long BLOCK_DEVICE_ZERO = 0xFFFF_0001L;

  static final int LENGTH = 512;
  static final Field TYPE = Field.bytes("ROD TYPE", 0, 4);
  static final Field TOKEN_LENGTH = Field.bytes("ROD TOKEN LENGTH", 6, 2);
  static final int TOKEN_LENGTH_VALUE = LENGTH - 8;
  static final Field IDENTIFIER = Field.bytes("COPY MANAGER ROD TOKEN IDENTIFIER", 8, 8);

  private static final int CREATOR = 16;

  /** The lower half of the field's 16 bytes. */
  private static final Field BYTES_REPRESENTED = Field.bytes("NUMBER OF BYTES REPRESENTED", 56, 8);

  private static final Field BLOCK_LENGTH = Field.bytes("LOGICAL BLOCK LENGTH IN BYTES", 96, 4);
  private static final Field PHYSICAL_EXPONENT =
      new Field("LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT", 101, 3, 4);
  private static final Field LBPME = Field.bit("LBPME", 102, 7);
  private static final Field LBPRZ = Field.bit("LBPRZ", 102, 6);
  private static final int TARGET_DEVICE = 128;
  private static final int NAA = 3;

  /**
   * What it stands for.
   *
   * @param point the blocks, which are this token's to let go
   * @param ranges which of them, in the order of the token's bytes
   */
  record Content(PointInTime point, int blockLength, List<BlockExtent> ranges) {

    long bytes() {
      return ranges.stream().mapToLong(BlockExtent::count).sum() * blockLength;
    }
  }

  private final byte[] bytes;
  private final Content content;

  /**
   * A token.
   *
   * @param random as many bytes as a token has, of which those are used that nothing else fills
   */
  RodToken(long identifier, UnitProfile creator, Content content, byte[] random) {
    this.content = content;
    this.bytes = random.clone();
    Arrays.fill(bytes, 0, TARGET_DEVICE, (byte) 0);
    TYPE.put(bytes, POINT_IN_TIME_DEFAULT);
    TOKEN_LENGTH.put(bytes, TOKEN_LENGTH_VALUE);
    IDENTIFIER.put(bytes, identifier);
    creator(creator, content.blockLength())
        .ifPresent(cscd -> System.arraycopy(cscd, 0, bytes, CREATOR, cscd.length));
    BYTES_REPRESENTED.put(bytes, content.bytes());
    BLOCK_LENGTH.put(bytes, content.blockLength());
    PHYSICAL_EXPONENT.put(bytes, creator.physicalBlockExponent());
    LBPME.put(bytes, 1);
    LBPRZ.put(bytes, 1);
    creator.designators().stream()
        .filter(designator -> designator.association() == Association.TARGET_DEVICE)
        .map(Designator::encode)
        .findFirst()
        .ifPresent(name -> System.arraycopy(name, 0, bytes, TARGET_DEVICE, name.length));
  }

  byte[] bytes() {
    return bytes.clone();
  }

  long identifier() {
    return IDENTIFIER.get(bytes);
  }

  Content content() {
    return content;
  }

  /** The unit's CSCD descriptor: by an NAA name if it has one. */
  private static Optional<byte[]> creator(UnitProfile profile, int blockLength) {
    List<byte[]> all =
        profile.designators().stream()
            .filter(designator -> designator.association() == Association.LOGICAL_UNIT)
            .map(RodToken::asCscd)
            .flatMap(Optional::stream)
            .toList();
    Optional<byte[]> best =
        all.stream()
            .filter(cscd -> CopyList.DESIGNATOR_TYPE.getInt(cscd) == NAA)
            .findFirst()
            .or(() -> all.stream().findFirst());
    best.ifPresent(cscd -> CopyList.DISK_BLOCK_LENGTH.put(cscd, blockLength));
    return best;
  }

  /** A designator as an identification descriptor CSCD descriptor; empty if it is too long. */
  static Optional<byte[]> asCscd(Designator designator) {
    byte[] descriptor = designator.encode();
    int length = descriptor.length - 4;
    if (length > CopyList.LONGEST_DESIGNATOR) {
      return Optional.empty();
    }
    byte[] cscd = new byte[CopyList.CSCD_DESCRIPTOR];
    cscd[0] = (byte) CopyLimits.IDENTIFICATION;
    System.arraycopy(descriptor, 0, cscd, 4, descriptor.length);
    return Optional.of(cscd);
  }
}

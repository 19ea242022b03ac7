package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * How one command treats protection information: what its RDPROTECT, WRPROTECT, VRPROTECT or
 * ORPROTECT field asks for on a disk whose blocks carry any (SBC-4 4.21).
 *
 * <pre>
 *   on the wire, PROTECT 000b       [ user data ]
 *   on the wire, else               [ user data | GUARD 2 | APPLICATION TAG 2 | REFERENCE TAG 4 ]
 *   stored                          [ user data | the same eight bytes, inverted                ]
 * </pre>
 *
 * They are stored inverted so that a block which was never written, and reads as zeros, has
 * FFFF_FFFF_FFFF_FFFFh, which is never checked.
 *
 * @param protect the field's value, 000b to 101b; 000b where a CDB has none
 * @param lba the first block of the command
 * @param dataLength bytes of user data per block
 * @param expected what the CDB says of the tags
 */
record Shield(
    ProtectionType type, int protect, long lba, int dataLength, Optional<ExpectedTags> expected) {

  private static final int TUPLE = 8;

  /** Which fields are looked at; the application tag and type 2's reference tag only if known. */
  private record Checks(boolean guard, boolean application, boolean reference) {
    private static final Checks ALL = new Checks(true, true, true);
    private static final Checks TAGS = new Checks(false, true, true);
    private static final Checks GUARD = new Checks(true, false, false);
    private static final Checks NONE = new Checks(false, false, false);
    private static final Checks NO_REFERENCE = new Checks(true, true, false);
  }

  /** By the PROTECT field: what is checked of blocks that are read (SBC-4, RDPROTECT field). */
  private static final List<Checks> WHEN_READ =
      List.of(Checks.ALL, Checks.ALL, Checks.TAGS, Checks.NONE, Checks.GUARD, Checks.ALL);

  /** What is checked of the Data-Out Buffer (SBC-4, WRPROTECT field). */
  private static final List<Checks> WHEN_SENT =
      List.of(Checks.NONE, Checks.ALL, Checks.TAGS, Checks.NONE, Checks.GUARD, Checks.ALL);

  /** What VERIFY compares (SBC-4, VRPROTECT field, compare operation requirements). */
  private static final List<Checks> WHEN_COMPARED =
      List.of(Checks.NONE, Checks.ALL, Checks.TAGS, Checks.ALL, Checks.ALL, Checks.NO_REFERENCE);

  /** Bytes per block on the wire. */
  int wireLength() {
    return protect == 0 ? dataLength : dataLength + TUPLE;
  }

  /** The same for other blocks of the command, of which something else is expected. */
  Shield at(long otherLba, Optional<ExpectedTags> tags) {
    return new Shield(type, protect, otherLba, dataLength, tags);
  }

  /** Bytes per block as the store has it. */
  int storedLength() {
    return dataLength + TUPLE;
  }

  /**
   * Turns what came from the initiator into what is stored: checks its protection information, or
   * makes some.
   *
   * @param wire whole blocks, from its reader index on
   * @param into room for as many, from its position on
   * @param duplicated whether the one block stands for many (WRITE SAME), in which
   *     FFFF_FFFF_FFFF_FFFFh is allowed
   */
  Optional<SenseData> store(ByteBuf wire, ByteBuffer into, boolean duplicated) {
    int wireLength = wireLength();
    int blocks = wire.readableBytes() / wireLength;
    for (int i = 0; i < blocks; i++) {
      int at = into.position() + i * storedLength();
      int from = wire.readerIndex() + i * wireLength;
      wire.getBytes(from, into.slice(at, wireLength));
      if (protect == 0) {
        generate(into, at, i);
      } else if (!duplicated || into.getLong(at + dataLength) != -1) {
        Optional<SenseData> wrong = check(into, at, i, WHEN_SENT.get(protect), false, 0L);
        if (wrong.isPresent()) {
          return wrong;
        }
      }
      into.putLong(at + dataLength, ~into.getLong(at + dataLength));
    }
    return Optional.empty();
  }

  /** Turns user data alone into what is stored; both buffers from their positions on. */
  void generate(ByteBuffer data, ByteBuffer into) {
    for (int i = 0; i < data.remaining() / dataLength; i++) {
      int at = into.position() + i * storedLength();
      into.put(at, data, data.position() + i * dataLength, dataLength);
      generate(into, at, i);
      into.putLong(at + dataLength, ~into.getLong(at + dataLength));
    }
  }

  /** Writes the protection information of a block that has come without any. */
  private void generate(ByteBuffer block, int at, int index) {
    int tuple = at + dataLength;
    block.putShort(tuple, (short) BlockGuard.of(block, at, dataLength));
    block.putShort(tuple + 2, (short) ProtectionType.APPLICATION_ESCAPE);
    block.putInt(tuple + 4, type.generatedReference(lba + index));
  }

  /** Checks blocks that were read, as the store has them, from the buffer's position on. */
  Optional<SenseData> checkRead(ByteBuffer stored) {
    return checkRead(stored, WHEN_READ.get(protect));
  }

  private Optional<SenseData> checkRead(ByteBuffer stored, Checks checks) {
    int length = storedLength();
    for (int i = 0; i < stored.remaining() / length; i++) {
      int at = stored.position() + i * length;
      Optional<SenseData> wrong = check(stored, at, i, checks, true, -1L);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }

  /**
   * Turns blocks that were read into what goes to the initiator, in their own buffer, which starts
   * at its first byte.
   *
   * @return how many bytes go
   */
  int deliver(ByteBuffer stored) {
    int blocks = stored.remaining() / storedLength();
    for (int i = 0; i < blocks; i++) {
      int at = i * storedLength();
      if (protect == 0) {
        stored.put(i * dataLength, stored, at, dataLength);
      } else {
        stored.putLong(at + dataLength, ~stored.getLong(at + dataLength));
      }
    }
    return blocks * wireLength();
  }

  /**
   * Checks one block.
   *
   * @param index its number in the command
   * @param escapes whether its tags may say that it is not to be checked
   * @param inversion what its protection information is inverted by: 0 or -1
   */
  private Optional<SenseData> check(
      ByteBuffer block, int at, int index, Checks checks, boolean escapes, long inversion) {
    long tuple = block.getLong(at + dataLength) ^ inversion;
    if (escapes && type.isEscaped(application(tuple), reference(tuple))) {
      return Optional.empty();
    }
    if (checks.guard() && guard(tuple) != BlockGuard.of(block, at, dataLength)) {
      return aborted(AdditionalSense.LOGICAL_BLOCK_GUARD_CHECK_FAILED, index);
    }
    if (checks.application()
        && expected.isPresent()
        && !expected.get().matches(application(tuple))) {
      return aborted(AdditionalSense.LOGICAL_BLOCK_APPLICATION_TAG_CHECK_FAILED, index);
    }
    if (checks.reference() && !isRightReference(reference(tuple), index)) {
      return aborted(AdditionalSense.LOGICAL_BLOCK_REFERENCE_TAG_CHECK_FAILED, index);
    }
    return Optional.empty();
  }

  private boolean isRightReference(int reference, int index) {
    return switch (type) {
      case TYPE_1 -> reference == (int) (lba + index);
      case TYPE_2 -> expected.isEmpty() || reference == expected.get().reference() + index;
      case TYPE_3 -> true;
    };
  }

  private Optional<SenseData> aborted(AdditionalSense what, int index) {
    return Optional.of(new SenseData(SenseKey.ABORTED_COMMAND, what).withInformation(lba + index));
  }

  /**
   * Compares blocks that were read with those that came, both as the store has them: user data, and
   * protection information as VRPROTECT asks (SBC-4, VERIFY with BYTCHK 01b or 11b).
   *
   * @param came all of them, or one that each is compared with
   */
  Optional<SenseData> compare(ByteBuffer came, ByteBuffer read) {
    Optional<SenseData> wrong = protect == 0 ? checkRead(read) : Optional.empty();
    int length = storedLength();
    boolean one = came.remaining() == length;
    for (int i = 0; i < read.remaining() / length && wrong.isEmpty(); i++) {
      ByteBuffer expectedBlock = came.slice(came.position() + (one ? 0 : i * length), length);
      ByteBuffer block = read.slice(read.position() + i * length, length);
      wrong = compareBlock(expectedBlock, block, i, one ? i : 0);
    }
    return wrong;
  }

  private Optional<SenseData> compareBlock(
      ByteBuffer came, ByteBuffer read, int index, int increment) {
    int mismatch = came.slice(0, dataLength).mismatch(read.slice(0, dataLength));
    long offset = (long) index * wireLength();
    if (mismatch >= 0) {
      return Optional.of(Failures.miscompare(offset + mismatch));
    }
    long tuple = ~read.getLong(dataLength);
    if (type.isEscaped(application(tuple), reference(tuple))) {
      return Optional.empty();
    }
    Checks checks = WHEN_COMPARED.get(protect);
    long wanted = ~came.getLong(dataLength);
    int reference = reference(wanted) + (type == ProtectionType.TYPE_3 ? 0 : increment);
    if (checks.guard() && guard(tuple) != guard(wanted)) {
      return differs(AdditionalSense.LOGICAL_BLOCK_GUARD_CHECK_FAILED, offset);
    }
    if (checks.application() && application(tuple) != application(wanted)) {
      return differs(AdditionalSense.LOGICAL_BLOCK_APPLICATION_TAG_CHECK_FAILED, offset + 2);
    }
    if (checks.reference() && reference(tuple) != reference) {
      return differs(AdditionalSense.LOGICAL_BLOCK_REFERENCE_TAG_CHECK_FAILED, offset + 4);
    }
    return Optional.empty();
  }

  private Optional<SenseData> differs(AdditionalSense what, long offset) {
    return Optional.of(
        new SenseData(SenseKey.MISCOMPARE, what).withInformation(offset + dataLength));
  }

  /**
   * Gives blocks that ORWRITE has made their tuples: the tags of the data that came, and the guard
   * of what that and the blocks together came to. Both are as the store has them.
   */
  void combined(ByteBuffer data, ByteBuffer merged) {
    for (int at = 0; at < merged.remaining(); at += storedLength()) {
      int tuple = at + dataLength;
      merged.putLong(tuple, data.getLong(tuple));
      merged.putShort(tuple, (short) ~BlockGuard.of(merged, at, dataLength));
    }
  }

  /** Whether the blocks that WRITE SAME makes of one differ in their reference tags. */
  boolean numbers(ByteBuffer block) {
    boolean counted =
        type == ProtectionType.TYPE_1 || (type == ProtectionType.TYPE_2 && protect != 0);
    return counted && block.getLong(block.position() + dataLength) != 0;
  }

  /** So many blocks of those that WRITE SAME makes of one, from number {@code first} on. */
  ByteBuffer numbered(ByteBuffer block, long first, int count) {
    ByteBuffer blocks = ByteBuffer.allocate(count * storedLength());
    int reference = ~block.getInt(block.position() + dataLength + 4);
    for (int i = 0; i < count; i++) {
      int at = i * storedLength();
      blocks.put(at, block, block.position(), storedLength());
      blocks.putInt(at + dataLength + 4, ~(int) (reference + first + i));
    }
    return blocks;
  }

  private static int guard(long tuple) {
    return (int) (tuple >>> 48);
  }

  private static int application(long tuple) {
    return (int) (tuple >>> 32) & 0xFFFF;
  }

  private static int reference(long tuple) {
    return (int) tuple;
  }
}

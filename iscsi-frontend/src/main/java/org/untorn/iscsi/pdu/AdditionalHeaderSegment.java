package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An additional header segment (RFC 7143 11.2.2).
 *
 * <pre>
 *   0 | AHSLength, 16 bits      | AHSType       | AHS-specific  |
 *   4 | AHS-specific: AHSLength - 1 bytes, padded to a word     |
 * </pre>
 */
public sealed interface AdditionalHeaderSegment {

  /** AHSType. */
  int type();

  /** What follows AHSType: AHSLength bytes, at least one. */
  ByteBuf specific();

  /**
   * The part of a CDB beyond 16 bytes (11.2.2.3).
   *
   * @param rest the bytes from 16 on
   */
  record ExtendedCdb(ByteBuf rest) implements AdditionalHeaderSegment {
    static final int TYPE = 1;

    @Override
    public int type() {
      return TYPE;
    }

    @Override
    public ByteBuf specific() {
      return Unpooled.buffer(1 + rest.readableBytes()).writeZero(1).writeBytes(rest.duplicate());
    }
  }

  /**
   * How many bytes a bidirectional command's initiator expects to read (11.2.2.4).
   *
   * @param length bytes, unsigned
   */
  record BidirectionalReadLength(int length) implements AdditionalHeaderSegment {
    static final int TYPE = 2;

    @Override
    public int type() {
      return TYPE;
    }

    @Override
    public ByteBuf specific() {
      return Unpooled.buffer(5).writeZero(1).writeInt(length);
    }
  }

  /** A segment of a type that RFC 7143 does not define. */
  record Other(int type, ByteBuf specific) implements AdditionalHeaderSegment {}

  /** The bytes that segments take, padding included. */
  static int encodedLength(List<AdditionalHeaderSegment> segments) {
    int length = 0;
    for (AdditionalHeaderSegment segment : segments) {
      length += padded(3 + segment.specific().readableBytes());
    }
    return length;
  }

  static void encode(List<AdditionalHeaderSegment> segments, ByteBuf out) {
    for (AdditionalHeaderSegment segment : segments) {
      ByteBuf specific = segment.specific();
      int length = specific.readableBytes();
      out.writeShort(length).writeByte(segment.type()).writeBytes(specific.duplicate());
      out.writeZero(padded(3 + length) - 3 - length);
    }
  }

  /** Reads segments until the buffer ends; empty if they are not consistent. */
  static Optional<List<AdditionalHeaderSegment>> decode(ByteBuf in) {
    List<AdditionalHeaderSegment> segments = new ArrayList<>();
    while (in.isReadable()) {
      int length = in.readUnsignedShort();
      int type = in.readUnsignedByte();
      if (length == 0 || padded(3 + length) - 3 > in.readableBytes()) {
        return Optional.empty();
      }
      byte[] specific = new byte[length];
      in.readBytes(specific);
      in.skipBytes(padded(3 + length) - 3 - length);
      Optional<AdditionalHeaderSegment> segment = of(type, Unpooled.wrappedBuffer(specific));
      if (segment.isEmpty()) {
        return Optional.empty();
      }
      segments.add(segment.get());
    }
    return Optional.of(List.copyOf(segments));
  }

  private static Optional<AdditionalHeaderSegment> of(int type, ByteBuf specific) {
    return switch (type) {
      case ExtendedCdb.TYPE -> Optional.of(new ExtendedCdb(specific.skipBytes(1)));
      case BidirectionalReadLength.TYPE ->
          specific.readableBytes() == 5
              ? Optional.of(new BidirectionalReadLength(specific.getInt(1)))
              : Optional.empty();
      default -> Optional.of(new Other(type, specific));
    };
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }
}

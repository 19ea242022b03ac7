package org.untorn.daemon.volume;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * A content as the control API sends and takes it. Integers are big-endian.
 *
 * <pre>
 *   [ "UNTX" | block size (4) | capacity (8), -1: not known | bytes of data (8), -1: not known ]
 *   each extent:  [ offset (8) | length (4) | the bytes ]
 *   the end:      [ -1 (8) ]
 * </pre>
 *
 * A stream that stops before its end was cut off.
 */
final class ContentStream {

  static final String MEDIA_TYPE = "application/vnd.untorn.content";

  private static final int MAGIC = 0x554E5458;
  private static final long END = -1;
  private static final long UNKNOWN = -1;
  private static final int LONGEST_EXTENT = 16 << 20;

  private ContentStream() {}

  /** Writes a content to a stream, which remains the caller's. */
  static ContentSink writer(OutputStream stream) {
    DataOutputStream out = new DataOutputStream(stream);
    return new ContentSink() {
      @Override
      public void begin(Content content) throws IOException {
        out.writeInt(MAGIC);
        out.writeInt(content.blockSize());
        out.writeLong(content.bytes().orElse(UNKNOWN));
        out.writeLong(content.dataBytes().orElse(UNKNOWN));
      }

      @Override
      public void data(long offset, ByteBuffer bytes) throws IOException {
        out.writeLong(offset);
        out.writeInt(bytes.remaining());
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      }

      @Override
      public void end() throws IOException {
        out.writeLong(END);
        out.flush();
      }
    };
  }

  /**
   * Reads a content from a stream, which remains the caller's.
   *
   * @throws EOFException if it was cut off
   */
  static void read(InputStream stream, ContentSink sink) throws IOException {
    try {
      readToEnd(stream, sink);
    } catch (EOFException cut) {
      throw (EOFException) new EOFException("the content was cut off").initCause(cut);
    }
  }

  private static void readToEnd(InputStream stream, ContentSink sink) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    if (in.readInt() != MAGIC) {
      throw new IOException("this is no content of a volume: send " + MEDIA_TYPE);
    }
    sink.begin(new Content(in.readInt(), known(in.readLong()), known(in.readLong())));
    byte[] buffer = new byte[0];
    for (long offset = in.readLong(); offset != END; offset = in.readLong()) {
      int length = in.readInt();
      if (offset < 0 || length < 0 || length > LONGEST_EXTENT) {
        throw new IOException("an extent of " + length + " bytes at " + offset);
      }
      if (length > buffer.length) {
        buffer = new byte[length];
      }
      in.readFully(buffer, 0, length);
      sink.data(offset, ByteBuffer.wrap(buffer, 0, length));
    }
    sink.end();
  }

  private static OptionalLong known(long value) {
    return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }
}

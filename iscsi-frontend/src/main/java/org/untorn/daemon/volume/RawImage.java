package org.untorn.daemon.volume;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** A content as a raw image: byte n of the volume is byte n of the file. */
public final class RawImage {

  private static final int PIECE_BYTES = 1 << 20;

  private RawImage() {}

  /** Writes a new file, with holes where the content has them. It is whole when it is closed. */
  public static final class FileSink implements ContentSink, AutoCloseable {

    private final RandomAccessFile file;

    public FileSink(Path path) throws IOException {
      file = new RandomAccessFile(path.toFile(), "rw");
    }

    @Override
    public void begin(Content content) throws IOException {
      file.setLength(0);
      file.setLength(content.bytes().orElse(0));
    }

    @Override
    public void data(long offset, ByteBuffer bytes) throws IOException {
      FileChannel channel = file.getChannel();
      for (long at = offset; bytes.hasRemaining(); ) {
        at += channel.write(bytes, at);
      }
    }

    @Override
    public void end() throws IOException {
      file.getChannel().force(true);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Writes a stream, zeros and all. */
  static ContentSink stream(OutputStream stream) {
    OutputStream out = new BufferedOutputStream(stream, PIECE_BYTES);
    return new ContentSink() {
      private final byte[] zeros = new byte[PIECE_BYTES];
      private long end;
      private long at;

      @Override
      public void begin(Content content) {
        end = content.bytes().orElse(0);
      }

      @Override
      public void data(long offset, ByteBuffer bytes) throws IOException {
        fill(offset);
        int length = bytes.remaining();
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        bytes.position(bytes.limit());
        at += length;
      }

      @Override
      public void end() throws IOException {
        fill(end);
        out.flush();
      }

      private void fill(long until) throws IOException {
        while (at < until) {
          int length = (int) Math.min(zeros.length, until - at);
          out.write(zeros, 0, length);
          at += length;
        }
      }
    };
  }

  /**
   * Reads a file; pieces of zeros are left out.
   *
   * @param bytes how large the volume shall be, if not as large as the file
   */
  static ContentSource file(Path path, int blockSize, OptionalLong bytes) {
    return sink -> {
      OptionalLong length = bytes.isPresent() ? bytes : OptionalLong.of(Files.size(path));
      try (InputStream in = Files.newInputStream(path)) {
        copy(in, new Content(blockSize, length, OptionalLong.empty()), sink);
      }
    };
  }

  /** Reads a stream to its end; pieces of zeros are left out. */
  static ContentSource stream(InputStream stream, int blockSize, OptionalLong bytes) {
    return sink -> copy(stream, new Content(blockSize, bytes, OptionalLong.empty()), sink);
  }

  private static void copy(InputStream in, Content content, ContentSink sink) throws IOException {
    sink.begin(content);
    byte[] piece = new byte[PIECE_BYTES];
    long offset = 0;
    while (true) {
      int length = in.readNBytes(piece, 0, piece.length);
      boolean last = length < piece.length;
      // Where the length is not known, zeros say how long it is.
      if (length > 0 && (content.bytes().isEmpty() || last || !isZero(piece))) {
        sink.data(offset, ByteBuffer.wrap(piece, 0, length));
      }
      if (last) {
        sink.end();
        return;
      }
      offset += length;
    }
  }

  private static boolean isZero(byte[] piece) {
    ByteBuffer bytes = ByteBuffer.wrap(piece);
    while (bytes.hasRemaining()) {
      if (bytes.getLong() != 0) {
        return false;
      }
    }
    return true;
  }
}

package org.untorn.daemon.volume;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Shows on a terminal how far a content has come, on one line that it writes over, and takes away
 * at the end:
 *
 * <pre>
 *   exporting disk0 [##########..........]  50 %  512 of 1024 MiB, 300 MiB/s
 * </pre>
 *
 * What goes through it goes on to the next sink. Used by one thread.
 */
final class Progress implements ContentSink {

  private static final int WIDTH = 20;
  private static final long INTERVAL_NANOS = 200_000_000;
  private static final String CLEAR = "\r\u001b[K";

  private final String what;
  private final ContentSink next;
  private final PrintWriter terminal;
  private final LongSupplier nanoTime;
  private final long started;
  private OptionalLong total = OptionalLong.empty();
  private boolean countsData;
  private long done;
  private long shown;

  Progress(String what, ContentSink next, PrintWriter terminal, LongSupplier nanoTime) {
    this.what = what;
    this.next = next;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
    this.shown = started;
  }

  @Override
  public void begin(Content content) throws IOException {
    countsData = content.dataBytes().isPresent();
    total = countsData ? content.dataBytes() : content.bytes();
    next.begin(content);
  }

  @Override
  public void data(long offset, ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    next.data(offset, bytes);
    done = countsData ? done + length : offset + length;
    long now = nanoTime.getAsLong();
    if (now - shown >= INTERVAL_NANOS) {
      shown = now;
      terminal.print(CLEAR + line(now));
      terminal.flush();
    }
  }

  @Override
  public void end() throws IOException {
    next.end();
    clear();
  }

  /** Takes the line away. */
  void clear() {
    terminal.print(CLEAR);
    terminal.flush();
  }

  private String line(long now) {
    long mebibytes = done >> 20;
    double seconds = (now - started) / 1e9;
    long rate = Math.round(mebibytes / seconds);
    if (total.isEmpty() || total.getAsLong() == 0) {
      return "%s %d MiB, %d MiB/s".formatted(what, mebibytes, rate);
    }
    double part = Math.min(1.0, (double) done / total.getAsLong());
    int full = (int) (part * WIDTH);
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %3d %%  %d of %d MiB, %d MiB/s",
        what,
        "#".repeat(full),
        ".".repeat(WIDTH - full),
        (int) (part * 100),
        mebibytes,
        total.getAsLong() >> 20,
        rate);
  }
}

package org.untorn.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What a process printed on one of its streams, collected line by line so that the process never
 * waits for a reader. Of very long outputs the newest lines are kept; how many were dropped is
 * said.
 *
 * <p>Thread-safe: a thread of its own reads, anyone may ask.
 */
final class ProcessOutput {

  private final Deque<String> lines = new ArrayDeque<>();
  private final int maximumLines;
  private final Thread reader;
  private long dropped;

  private ProcessOutput(InputStream stream, int maximumLines, Consumer<String> listener) {
    this.maximumLines = maximumLines;
    // No virtual thread: a blocked read of a pipe holds its carrier, and there are as few as cores.
    this.reader = Thread.ofPlatform().daemon().unstarted(() -> readAll(stream, listener));
  }

  /**
   * Starts to collect.
   *
   * @param listener hears each line as it comes, on the reading thread
   */
  static ProcessOutput collect(InputStream stream, int maximumLines, Consumer<String> listener) {
    ProcessOutput output = new ProcessOutput(stream, maximumLines, listener);
    output.reader.start();
    return output;
  }

  /** Waits until the stream has ended, and gives what was collected. */
  String finish() {
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return soFar();
  }

  /** What was collected until now. */
  synchronized String soFar() {
    String text = String.join("\n", lines);
    return dropped == 0 ? text : "... " + dropped + " lines before these ...\n" + text;
  }

  private void readAll(InputStream stream, Consumer<String> listener) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line);
        listener.accept(line);
      }
    } catch (IOException e) {
      // The process was killed while it wrote: what it wrote before is what there is.
      add("(output ended: " + e.getMessage() + ")");
    }
  }

  private synchronized void add(String line) {
    lines.addLast(line);
    if (lines.size() > maximumLines) {
      lines.removeFirst();
      dropped++;
    }
  }
}

package org.untorn.daemon.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.untorn.oracle.Content;
import org.untorn.oracle.Event;
import org.untorn.oracle.Operation;
import org.untorn.oracle.Stamp;

/**
 * Contents as words. What a write of this history put into the same block is its number; a word may
 * stand for several blocks in a row:
 *
 * <pre>
 *   17*8 0*3 #00f3a9... stamps*2
 *   │    │   │          └ what the stamps say that this very write puts there
 *   │    │   └ any other content, 16 digits
 *   │    └ three blocks of zeros
 *   └ what write 17 put into these eight blocks
 * </pre>
 *
 * A text belongs to its place in a history: what {@link #note} was told before counts.
 */
final class Contents {

  private static final String STAMPS = "stamps";

  private final OptionalLong stampSeed;
  private final int blockLength;
  private final Map<Integer, Operation.Write> writes = new HashMap<>();

  /** By LBA, which write put which content there last; only what was noted. */
  private final Map<Long, Map<Long, Integer>> writers = new HashMap<>();

  Contents(OptionalLong stampSeed, int blockLength) {
    this.stampSeed = stampSeed;
    this.blockLength = blockLength;
  }

  /** Takes note of an event, in the history's order. */
  void note(Event event) {
    if (event instanceof Event.Sent(int id, Operation.Write write)) {
      writes.put(id, write);
      for (int i = 0; i < write.blocks(); i++) {
        writers
            .computeIfAbsent(write.lba() + i, _ -> new HashMap<>())
            .put(write.contents().get(i), id);
      }
    }
  }

  /** The contents of blocks from {@code lba} on. */
  String text(long lba, List<Long> contents) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      words.add(word(lba + i, contents.get(i)));
    }
    return runs(words);
  }

  /** The contents of a write: that they are its stamps, if they are. */
  String text(int id, Operation.Write write) {
    return isStamped(id, write)
        ? runs(List.of(STAMPS)) + "*" + write.blocks()
        : text(write.lba(), write.contents());
  }

  private boolean isStamped(int id, Operation.Write write) {
    return stampSeed.isPresent()
        && write.contents().equals(stamps(id, write.lba(), write.blocks()));
  }

  private List<Long> stamps(int id, long lba, int blocks) {
    return Content.ofBlocks(
        Stamp.data(stampSeed.orElseThrow(), id, lba, blocks, blockLength), blockLength);
  }

  private String word(long lba, long content) {
    if (content == Content.ZEROS) {
      return "0";
    }
    Integer writer = writers.getOrDefault(lba, Map.of()).get(content);
    return writer != null ? writer.toString() : "#%016x".formatted(content);
  }

  private static String runs(List<String> words) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    while (from < words.size()) {
      int end = from + 1;
      while (end < words.size() && words.get(end).equals(words.get(from))) {
        end++;
      }
      text.append(text.isEmpty() ? "" : " ").append(words.get(from));
      if (end - from > 1) {
        text.append('*').append(end - from);
      }
      from = end;
    }
    return text.toString();
  }

  /**
   * Reads contents.
   *
   * @param id the number of the write whose they are; 0: they are no write's
   * @throws IllegalArgumentException that says which word is wrong
   */
  List<Long> parse(String text, int id, long lba) {
    List<Long> contents = new ArrayList<>();
    for (String run : text.split(" ", -1)) {
      if (!run.matches("(\\d{1,9}|#[0-9a-f]{16}|stamps)(\\*\\d{1,7})?")) {
        throw new IllegalArgumentException("'" + run + "' is no content");
      }
      int star = run.indexOf('*');
      String word = star < 0 ? run : run.substring(0, star);
      int count = star < 0 ? 1 : Integer.parseInt(run.substring(star + 1));
      if (word.equals(STAMPS)) {
        contents.addAll(stampsOf(id, lba + contents.size(), count));
      } else {
        for (int i = 0; i < count; i++) {
          contents.add(content(word, lba + contents.size()));
        }
      }
    }
    return contents;
  }

  private List<Long> stampsOf(int id, long lba, int count) {
    if (stampSeed.isEmpty() || id == 0) {
      throw new IllegalArgumentException("'stamps' can stand in a write of a stamped history only");
    }
    return stamps(id, lba, count);
  }

  private long content(String word, long lba) {
    if (word.startsWith("#")) {
      return Long.parseUnsignedLong(word.substring(1), 16);
    }
    int writer = Integer.parseInt(word);
    if (writer == 0) {
      return Content.ZEROS;
    }
    Operation.Write write = writes.get(writer);
    if (write == null || lba < write.lba() || lba >= write.end()) {
      throw new IllegalArgumentException(
          "write %d put nothing into block %d".formatted(writer, lba));
    }
    return write.contents().get((int) (lba - write.lba()));
  }
}

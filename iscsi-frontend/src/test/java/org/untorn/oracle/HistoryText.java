package org.untorn.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Small histories as text, an event per word. A content is a letter, which stands for itself in
 * every block; {@code .} is zeros.
 *
 * <pre>
 *   found@0:....   blocks 0 to 3 hold zeros
 *   w1@0:aa        plain write 1 of two blocks is sent       w1!@0:aa  with FUA
 *   A2@0:bb        atomic write 2 is sent                    A2/1@..   in units of one block
 *   r3@0:2         read 3 of two blocks is sent
 *   f4             flush 4 is sent
 *   ok1            operation 1 is answered                   ok3:ab    a read, with what it saw
 *   bad1           operation 1 ends in an error
 *   cut            the power is cut
 * </pre>
 */
final class HistoryText {

  private HistoryText() {}

  /** A letter at an LBA as a content: different in each block. */
  static long content(char letter, long lba) {
    return letter == '.' ? Content.ZEROS : letter * 1000L + lba;
  }

  static History parse(String text) {
    List<Event> events = new ArrayList<>();
    Map<Integer, Long> readAt = new HashMap<>();
    for (String word : text.strip().split("\\s+", -1)) {
      events.add(event(word, readAt));
    }
    return new History(events);
  }

  private static Event event(String word, Map<Integer, Long> readAt) {
    if (word.equals("cut")) {
      return new Event.Cut();
    }
    if (word.startsWith("found@")) {
      long lba = Long.parseLong(word.substring(6, word.indexOf(':')));
      return new Event.Found(lba, contents(word.substring(word.indexOf(':') + 1), lba));
    }
    if (word.startsWith("ok")) {
      String[] parts = word.substring(2).split(":", -1);
      int id = Integer.parseInt(parts[0]);
      return new Event.Answered(
          id, parts.length == 1 ? List.of() : contents(parts[1], readAt.getOrDefault(id, 0L)));
    }
    if (word.startsWith("bad")) {
      return new Event.Failed(Integer.parseInt(word.substring(3)));
    }
    if (word.startsWith("f")) {
      return new Event.Sent(Integer.parseInt(word.substring(1)), new Operation.Flush());
    }
    String name = word.substring(1, word.indexOf('@'));
    int id = Integer.parseInt(name.replaceAll("[!/].*", ""));
    long lba = Long.parseLong(word.substring(word.indexOf('@') + 1, word.indexOf(':')));
    String data = word.substring(word.indexOf(':') + 1);
    if (word.startsWith("r")) {
      readAt.put(id, lba);
      return new Event.Sent(id, new Operation.Read(lba, Integer.parseInt(data)));
    }
    boolean atomic = word.startsWith("A");
    int unit = atomic ? data.length() : 1;
    if (name.contains("/")) {
      unit = Integer.parseInt(name.replaceAll(".*/", "").replace("!", ""));
    }
    return new Event.Sent(
        id, new Operation.Write(lba, contents(data, lba), atomic, unit, name.contains("!")));
  }

  private static List<Long> contents(String letters, long lba) {
    List<Long> contents = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      // An upper-case letter is the block of the same letter that belongs one block further up.
      contents.add(
          Character.isUpperCase(letter)
              ? content(Character.toLowerCase(letter), lba + i + 1)
              : content(letter, lba + i));
    }
    return contents;
  }
}

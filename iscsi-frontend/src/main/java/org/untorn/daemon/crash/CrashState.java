package org.untorn.daemon.crash;

import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.untorn.daemon.config.Parsed;

/**
 * A state that a power cut may leave: the power goes when command {@code after} was just sent, and
 * of what is not durable then all survives but {@code lost}.
 *
 * <pre>
 *   57                 all that was sent up to command 57 survives
 *   57~41              so it does but for command 41, which is lost
 *   57~41~45:0..3,6    and command 45, of which blocks 0 to 3 and 6 are lost, counted within it
 *   0                  nothing: the volume as it was when the recording began
 * </pre>
 *
 * @param lost by the number of a command which of its blocks; an empty set is all of them
 */
record CrashState(int after, SortedMap<Integer, BitSet> lost) {

  /** What stands for all blocks of a change. */
  static final BitSet WHOLE = new BitSet();

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})((?:~\\d{1,9}(?::[\\d.,]+)?)*)");
  private static final Pattern LOSS = Pattern.compile("~(\\d+)(?::([\\d.,]+))?");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:\\.\\.(\\d{1,9}))?");

  /** Of a longer write no block can be named. */
  private static final int MOST_BLOCKS = 1 << 24;

  CrashState {
    lost = new TreeMap<>(lost);
  }

  /** All that was sent up to a command survives. */
  static CrashState whole(int after) {
    return new CrashState(after, new TreeMap<>());
  }

  /** The state in which this is lost of these changes; where it is all blocks it says so. */
  static CrashState of(
      int after, SortedMap<Integer, BitSet> lost, Collection<RecordedChange> changes) {
    SortedMap<Integer, BitSet> losses = new TreeMap<>(lost);
    for (RecordedChange change : changes) {
      losses.computeIfPresent(
          change.number(), (_, blocks) -> blocks.cardinality() == change.blocks() ? WHOLE : blocks);
    }
    return new CrashState(after, losses);
  }

  /** Whether a block of a change is lost, counted within it. */
  boolean loses(int number, int block) {
    BitSet blocks = lost.get(number);
    return blocks != null && (blocks.isEmpty() || blocks.get(block));
  }

  /**
   * Reads what {@link #toString} gives.
   *
   * @return or why the recording has no such state
   */
  static Parsed<CrashState> parse(String text, Recording recording) {
    Matcher whole = TEXT.matcher(text);
    if (!whole.matches()) {
      return Parsed.wrong(
          "'%s' is no crash state; one is like 57~41~45:0..3, see 'untorn crash-states list'"
              .formatted(text));
    }
    int after = Integer.parseInt(whole.group(1));
    Optional<RecordedChange> last = recording.change(after);
    if (after != 0 && last.isEmpty()) {
      return Parsed.wrong("%s: command %d is none of the recorded changes".formatted(text, after));
    }
    TreeMap<Integer, BitSet> lost = new TreeMap<>();
    Matcher loss = LOSS.matcher(whole.group(2));
    while (loss.find()) {
      int number = Integer.parseInt(loss.group(1));
      Optional<RecordedChange> change =
          recording.change(number).filter(one -> last.filter(one::isAtRiskWhenSent).isPresent());
      if (change.isEmpty()) {
        return Parsed.wrong(
            "%s: command %d is no change that is at risk when command %d was just sent"
                .formatted(text, number, after));
      }
      switch (blocks(change.get(), Optional.ofNullable(loss.group(2)))) {
        case Parsed.Wrong<BitSet>(String why) -> {
          return Parsed.wrong(text + ": " + why);
        }
        case Parsed.Value<BitSet>(BitSet blocks) -> lost.put(number, blocks);
      }
    }
    return Parsed.value(new CrashState(after, lost));
  }

  private static Parsed<BitSet> blocks(RecordedChange change, Optional<String> text) {
    BitSet blocks = new BitSet();
    if (text.isEmpty()) {
      return Parsed.value(blocks);
    }
    if (!change.tears()) {
      return Parsed.wrong(
          "command %d is whole or absent; no part of it can be lost".formatted(change.number()));
    }
    for (String part : text.get().split(",", -1)) {
      Matcher range = RANGE.matcher(part);
      int first = range.matches() ? Integer.parseInt(range.group(1)) : MOST_BLOCKS;
      int last =
          range.matches() && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
      if (first > last || last >= change.blocks()) {
        return Parsed.wrong(
            "command %d has blocks 0 to %d, not '%s'"
                .formatted(change.number(), change.blocks() - 1, part));
      }
      blocks.set(first, last + 1);
    }
    return Parsed.value(blocks.cardinality() == change.blocks() ? WHOLE : blocks);
  }

  /** Runs of blocks, like {@code 0..3,6}. */
  static String ranges(BitSet blocks) {
    StringBuilder text = new StringBuilder();
    for (int first = blocks.nextSetBit(0); first >= 0; ) {
      int end = blocks.nextClearBit(first);
      text.append(text.isEmpty() ? "" : ",").append(first);
      if (end - first > 1) {
        text.append("..").append(end - 1);
      }
      first = blocks.nextSetBit(end);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(after);
    for (Map.Entry<Integer, BitSet> loss : lost.entrySet()) {
      text.append('~').append(loss.getKey());
      if (!loss.getValue().isEmpty()) {
        text.append(':').append(ranges(loss.getValue()));
      }
    }
    return text.toString();
  }
}

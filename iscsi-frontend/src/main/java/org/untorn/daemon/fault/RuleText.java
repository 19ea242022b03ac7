package org.untorn.daemon.fault;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.untorn.core.AdditionalSense;
import org.untorn.core.SenseData;
import org.untorn.core.SenseKey;
import org.untorn.core.fault.CommandFault;
import org.untorn.daemon.config.Parsed;
import org.untorn.iscsi.fault.WireFault;

/**
 * The language of fault rules, the same on the command line, in a file and over HTTP: words, of
 * which those with {@code =} say what a rule is about and the others what it does.
 *
 * <pre>
 *   op=write lba=100+8 nth=3 sense 03/0c/00
 *   initiator=iqn.2026-11.org.example:* op=read,9c chance=0.01 busy
 *
 *   lun=N  target=NAME  initiator=NAME         a name may end in *
 *   op=NAME[,NAME]                             a command's name, or operation code in hexadecimal
 *   lba=FIRST-LAST or FIRST+COUNT
 *   nth=N  next=N  every=N  chance=P           which of those that fit; 'nth=3 next=2': 3 and 4
 *   state=NAME  then=NAME                      only in this state; go to that one ('' at first)
 *   purpose=data,map,commit                    of an I/O of the medium
 *
 *   busy | task-set-full | reservation-conflict | good | status HEX
 *   sense KEY/ASC/ASCQ [afterwards] | attention ASC/ASCQ
 *   delay TIME | hold | ignore | short | cut-power
 *   read-error | write-error | no-space | lost | bit-rot       of the blocks below the disk
 *   reset-connection | stall | drop-pdu | delay-pdu TIME     of PDUs (pdu=NAME[,NAME])
 *   flip-bit [N] | corrupt-digest | truncate | refuse-login CLASS/DETAIL
 *   medium-error                                               of the store's files (op=read, write, sync)
 * </pre>
 */
final class RuleText {

  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern HEX = Pattern.compile("(?:0x)?([0-9a-fA-F]{1,2})h?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Pattern CHANCE = Pattern.compile("1|0?\\.\\d{1,12}|0\\.\\d{1,12}");

  private static final Set<String> KEYS =
      new LinkedHashSet<>(
          List.of(
              "lun",
              "target",
              "initiator",
              "op",
              "lba",
              "nth",
              "next",
              "every",
              "chance",
              "state",
              "then",
              "purpose",
              "pdu"));

  private static final int LAST_LUN = 16_383;

  private static final String ACTIONS =
      "busy, task-set-full, reservation-conflict, good, status HEX, sense KEY/ASC/ASCQ"
          + " [afterwards], attention ASC/ASCQ, delay TIME, hold, ignore, short, cut-power,"
          + " read-error, write-error, no-space, lost, bit-rot, medium-error, reset-connection, stall,"
          + " drop-pdu, delay-pdu TIME, flip-bit [N], corrupt-digest, truncate, refuse-login"
          + " CLASS/DETAIL";

  /** Ends the reading with a sentence. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(int column, String what) {
      super("column %d: %s".formatted(column, what));
    }
  }

  private record Word(String text, int column) {}

  private final String text;
  private final Map<String, Word> keys = new HashMap<>();
  private final Deque<Word> action = new ArrayDeque<>();

  private RuleText(String text) {
    this.text = text;
  }

  /** Reads a rule; what is wrong with it is said with the column. */
  static Parsed<FaultRule> parse(String text) {
    try {
      return Parsed.value(new RuleText(text).rule());
    } catch (Wrong problem) {
      return Parsed.wrong("'" + text + "', " + problem.getMessage());
    }
  }

  private FaultRule rule() throws Wrong {
    for (MatchResult match : WORD.matcher(text).results().toList()) {
      Word word = new Word(match.group(), match.start() + 1);
      int equals = word.text.indexOf('=');
      if (equals < 0) {
        action.add(word);
      } else {
        key(word, equals);
      }
    }
    FaultAction what = action();
    if (!action.isEmpty()) {
      throw new Wrong(action.peek().column, "'" + action.peek().text + "' is one word too many");
    }
    FaultRule rule =
        new FaultRule(
            text.strip(),
            what,
            lun(),
            word("target"),
            word("initiator"),
            operations(what),
            names("purpose", Set.of("data", "map", "commit")),
            lba(),
            positive("nth"),
            positive("next"),
            positive("every"),
            chance(),
            word("state"),
            word("then"));
    meaningful(rule.seam());
    return rule;
  }

  /** Every key has to be one that is known where the rule acts. */
  private void meaningful(FaultEvent.Seam seam) throws Wrong {
    for (String key : KEYS) {
      if (keys.containsKey(key) && !seam.knows(key)) {
        throw new Wrong(
            keys.get(key).column - key.length() - 1, "'" + key + "' means nothing for this action");
      }
    }
  }

  private OptionalInt lun() throws Wrong {
    OptionalLong number = number("lun");
    if (number.orElse(0) > LAST_LUN) {
      throw new Wrong(text.indexOf("lun=") + 5, "logical units are numbered from 0 to " + LAST_LUN);
    }
    return number.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) number.getAsLong());
  }

  private void key(Word word, int equals) throws Wrong {
    String key = word.text.substring(0, equals);
    if (!KEYS.contains(key)) {
      throw new Wrong(
          word.column, "no key is named '" + key + "'; there are " + String.join(", ", KEYS));
    }
    Word value = new Word(word.text.substring(equals + 1), word.column + equals + 1);
    if (keys.put(key, value) != null) {
      throw new Wrong(word.column, "'" + key + "' is said twice");
    }
  }

  private FaultAction action() throws Wrong {
    if (action.isEmpty()) {
      throw new Wrong(text.length() + 1, "say what is to happen: " + ACTIONS);
    }
    Word name = action.remove();
    return switch (name.text) {
      case "busy" -> new FaultAction.OnCommand(new CommandFault.Status(0x08));
      case "task-set-full" -> new FaultAction.OnCommand(new CommandFault.Status(0x28));
      case "reservation-conflict" -> new FaultAction.OnCommand(new CommandFault.Status(0x18));
      case "good" -> new FaultAction.OnCommand(new CommandFault.Status(0x00));
      case "status" -> new FaultAction.OnCommand(new CommandFault.Status(status(name)));
      case "sense" -> sense(name);
      case "attention" -> attention(name);
      case "delay" -> new FaultAction.OnCommand(new CommandFault.Delay(time(name).toNanos()));
      case "hold" -> new FaultAction.OnCommand(new CommandFault.Hold());
      case "ignore" -> new FaultAction.OnCommand(new CommandFault.Ignore());
      case "short" -> new FaultAction.OnCommand(new CommandFault.ShortTransfer());
      case "cut-power" -> new FaultAction.CutPower();
      case "read-error" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.READ_ERROR);
      case "write-error" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.WRITE_ERROR);
      case "no-space" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.NO_SPACE);
      case "lost" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.LOST);
      case "bit-rot" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.BIT_ROT);
      case "medium-error" -> new FaultAction.OnMedium();
      case "reset-connection" -> new FaultAction.OnWire(new WireFault.Reset());
      case "stall" -> new FaultAction.OnWire(new WireFault.Stall());
      case "drop-pdu" -> new FaultAction.OnWire(new WireFault.Drop());
      case "delay-pdu" -> new FaultAction.OnWire(new WireFault.Delay(time(name)));
      case "flip-bit" -> new FaultAction.OnWire(new WireFault.FlipBit(bit()));
      case "corrupt-digest" -> new FaultAction.OnWire(new WireFault.CorruptDigest());
      case "truncate" -> new FaultAction.OnWire(new WireFault.Truncate());
      case "refuse-login" -> refuseLogin(name);
      default ->
          throw new Wrong(
              name.column, "no action is named '" + name.text + "'; there are " + ACTIONS);
    };
  }

  private Word argument(Word of, String what) throws Wrong {
    if (action.isEmpty()) {
      throw new Wrong(of.column, "'" + of.text + "' needs " + what);
    }
    return action.remove();
  }

  private int status(Word of) throws Wrong {
    Word word = argument(of, "a status in hexadecimal, like 08");
    int status = hex(word.text, word.column);
    if (status == 0x02) {
      throw new Wrong(word.column, "CHECK CONDITION has sense data: say sense KEY/ASC/ASCQ");
    }
    return status;
  }

  private FaultAction sense(Word of) throws Wrong {
    Word word = argument(of, "KEY/ASC/ASCQ in hexadecimal, like 03/11/00");
    List<Integer> codes = codes(word, 3, "KEY/ASC/ASCQ in hexadecimal, like 03/11/00");
    Optional<SenseKey> key =
        Arrays.stream(SenseKey.values()).filter(k -> k.value() == codes.getFirst()).findFirst();
    if (key.isEmpty()) {
      throw new Wrong(word.column, "there is no sense key %02X".formatted(codes.getFirst()));
    }
    SenseData sense = new SenseData(key.get(), new AdditionalSense(codes.get(1), codes.get(2)));
    if (!action.isEmpty() && action.peek().text.equals("afterwards")) {
      action.remove();
      return new FaultAction.OnCommand(new CommandFault.SenseAfterwards(sense));
    }
    return new FaultAction.OnCommand(new CommandFault.Sense(sense));
  }

  private FaultAction refuseLogin(Word of) throws Wrong {
    String what = "Status-Class/Status-Detail in hexadecimal, like 03/01";
    List<Integer> codes = codes(argument(of, what), 2, what);
    return new FaultAction.OnWire(new WireFault.RefuseLogin(codes.get(0), codes.get(1)));
  }

  /** Which bit of the basic header segment; by default one that makes its opcode an initiator's. */
  private int bit() throws Wrong {
    if (action.isEmpty()) {
      return 2;
    }
    Word word = action.remove();
    long bit = NUMBER.matcher(word.text).matches() ? Long.parseLong(word.text) : -1;
    if (bit < 0 || bit >= 384) {
      throw new Wrong(word.column, "'" + word.text + "' is no bit of 48 bytes, 0 to 383");
    }
    return (int) bit;
  }

  private FaultAction attention(Word of) throws Wrong {
    String what = "ASC/ASCQ in hexadecimal, like 2a/09";
    List<Integer> codes = codes(argument(of, what), 2, what);
    return new FaultAction.OnCommand(
        new CommandFault.Attention(new AdditionalSense(codes.get(0), codes.get(1))));
  }

  private Duration time(Word of) throws Wrong {
    Word word = argument(of, "a time, like 500ms");
    return switch (CutText.duration(word.text)) {
      case Parsed.Value<Duration>(Duration duration) -> duration;
      case Parsed.Wrong<Duration>(String why) -> throw new Wrong(word.column, why);
    };
  }

  private static List<Integer> codes(Word word, int count, String what) throws Wrong {
    String[] parts = word.text.split("/", -1);
    if (parts.length != count) {
      throw new Wrong(word.column, "'" + word.text + "' is not " + what);
    }
    List<Integer> codes = new ArrayList<>();
    for (String part : parts) {
      codes.add(hex(part, word.column));
    }
    return codes;
  }

  private static int hex(String text, int column) throws Wrong {
    if (!HEX.matcher(text).matches()) {
      throw new Wrong(column, "'" + text + "' is no hexadecimal number from 00 to FF");
    }
    return Integer.parseInt(text.replaceAll("^0x|h$", ""), 16);
  }

  private Optional<String> word(String key) {
    return Optional.ofNullable(keys.get(key)).map(Word::text);
  }

  private OptionalLong number(String key) throws Wrong {
    Word word = keys.get(key);
    if (word == null) {
      return OptionalLong.empty();
    }
    if (!NUMBER.matcher(word.text).matches()) {
      throw new Wrong(word.column, "'" + word.text + "' is no number");
    }
    return OptionalLong.of(Long.parseLong(word.text));
  }

  private OptionalLong positive(String key) throws Wrong {
    OptionalLong number = number(key);
    if (number.isPresent() && number.getAsLong() == 0) {
      throw new Wrong(text.indexOf(key + "=") + 1, "'" + key + "' counts from 1");
    }
    return number;
  }

  private OptionalDouble chance() throws Wrong {
    Word word = keys.get("chance");
    if (word == null) {
      return OptionalDouble.empty();
    }
    if (!CHANCE.matcher(word.text).matches()) {
      throw new Wrong(word.column, "'" + word.text + "' is no probability; say for example 0.01");
    }
    return OptionalDouble.of(Double.parseDouble(word.text));
  }

  private Set<String> names(String key, Set<String> known) throws Wrong {
    Word word = keys.get(key);
    if (word == null) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>(Arrays.asList(word.text.split(",", -1)));
    for (String name : names) {
      if (!known.contains(name)) {
        throw new Wrong(
            word.column, "'" + name + "' is none of " + String.join(", ", new TreeSet<>(known)));
      }
    }
    return names;
  }

  private Set<String> operations(FaultAction what) throws Wrong {
    if (what instanceof FaultAction.OnWire) {
      return names("pdu", FaultRule.PDUS);
    }
    Word word = keys.get("op");
    if (word == null) {
      return Set.of();
    }
    return switch (what) {
      case FaultAction.OnMedium _ -> names("op", Set.of("read", "write", "sync"));
      case FaultAction.OnBlocks _ ->
          names("op", Set.of("read", "write", "write-atomic", "compare-and-write", "unmap"));
      case FaultAction.OnCommand _, FaultAction.CutPower _, FaultAction.OnWire _ -> commands(word);
    };
  }

  private static Set<String> commands(Word word) throws Wrong {
    Set<String> names = new TreeSet<>();
    for (String name : word.text.split(",", -1)) {
      if (FaultRule.COMMANDS.containsKey(name)) {
        names.add(name);
      } else if (HEX.matcher(name).matches()) {
        names.add("%02x".formatted(hex(name, word.column)));
      } else {
        throw new Wrong(
            word.column,
            "'%s' is no operation code in hexadecimal, and none of %s"
                .formatted(name, String.join(", ", new TreeSet<>(FaultRule.COMMANDS.keySet()))));
      }
    }
    return names;
  }

  private Optional<FaultRule.Range> lba() throws Wrong {
    Word word = keys.get("lba");
    if (word == null) {
      return Optional.empty();
    }
    String[] ends = word.text.split("[-+]", -1);
    boolean numbers = Arrays.stream(ends).allMatch(end -> NUMBER.matcher(end).matches());
    if (!numbers || ends.length > 2) {
      throw new Wrong(
          word.column, "'" + word.text + "' is no range; say FIRST-LAST or FIRST+COUNT");
    }
    long first = Long.parseLong(ends[0]);
    long last = ends.length == 1 ? first : Long.parseLong(ends[1]);
    last = word.text.indexOf('+') >= 0 ? first + last - 1 : last;
    if (last < first) {
      throw new Wrong(word.column, "'" + word.text + "' has no blocks");
    }
    return Optional.of(new FaultRule.Range(first, last));
  }
}

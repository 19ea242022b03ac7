package org.untorn.daemon.fault;

import java.util.ArrayDeque;
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
import org.untorn.core.CommandCode;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.fault.RuleWord.Wrong;
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
 *   op=NAME[,NAME]                             a command's name, or operation code in hexadecimal,
 *                                              7f/0f with a service action; of PDUs what they
 *                                              belong to
 *   pdu=NAME[,NAME]                            the kind of a PDU
 *   lba=FIRST-LAST or FIRST+COUNT
 *   nth=N  next=N  every=N  chance=P           which of those that fit; 'nth=3 next=2': 3 and 4
 *   state=NAME  then=NAME                      only in this state; go to that one ('' at first)
 *   purpose=data,map,commit                    of an I/O of the medium
 *
 *   busy | task-set-full | reservation-conflict | good | status HEX
 *   sense KEY/ASC/ASCQ [afterwards] | attention ASC/ASCQ
 *   delay TIME | hold | ignore | short | cut-power
 *   read-error | write-error | no-space | bit-rot              of the blocks below the disk
 *   lost | torn [BLOCKS] | misdirected [LBA]                   of writes below the disk
 *   reset-connection | stall | drop-pdu | duplicate-pdu        of PDUs, as are those that follow
 *   delay-pdu TIME | flip-bit [N] | corrupt-digest [header|data] | truncate
 *   refuse-login CLASS/DETAIL | refuse-function [HEX]
 *   medium-error                                               of the store's files (op=read, write, sync)
 *
 *   cut-power with pdu= is for PDUs.
 * </pre>
 */
final class RuleText {

  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern CODE =
      Pattern.compile("(?:0x)?[0-9a-fA-F]{1,2}h?(?:/(?:0x)?[0-9a-fA-F]{1,4}h?)?");
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

  private final String text;
  private final Map<String, RuleWord> keys = new HashMap<>();
  private final Deque<RuleWord> action = new ArrayDeque<>();

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
      RuleWord word = new RuleWord(match.group(), match.start() + 1);
      int equals = word.text().indexOf('=');
      if (equals < 0) {
        action.add(word);
      } else {
        key(word, equals);
      }
    }
    FaultAction what = ActionText.read(action, text.length() + 1, keys.containsKey("pdu"));
    if (!action.isEmpty()) {
      throw action.peek().wrong("'" + action.peek().text() + "' is one word too many");
    }
    FaultRule rule =
        new FaultRule(
            text.strip(),
            what,
            lun(),
            word("target"),
            word("initiator"),
            operations(what),
            pdus(what),
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
            keys.get(key).column() - key.length() - 1,
            "'" + key + "' means nothing for this action");
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

  private void key(RuleWord word, int equals) throws Wrong {
    String key = word.text().substring(0, equals);
    if (!KEYS.contains(key)) {
      throw new Wrong(
          word.column(), "no key is named '" + key + "'; there are " + String.join(", ", KEYS));
    }
    RuleWord value = new RuleWord(word.text().substring(equals + 1), word.column() + equals + 1);
    if (keys.put(key, value) != null) {
      throw word.wrong("'" + key + "' is said twice");
    }
  }

  private Optional<String> word(String key) {
    return Optional.ofNullable(keys.get(key)).map(RuleWord::text);
  }

  private OptionalLong number(String key) throws Wrong {
    RuleWord word = keys.get(key);
    if (word == null) {
      return OptionalLong.empty();
    }
    if (!NUMBER.matcher(word.text()).matches()) {
      throw word.wrong("'" + word.text() + "' is no number");
    }
    return OptionalLong.of(Long.parseLong(word.text()));
  }

  private OptionalLong positive(String key) throws Wrong {
    OptionalLong number = number(key);
    if (number.isPresent() && number.getAsLong() == 0) {
      throw new Wrong(text.indexOf(key + "=") + 1, "'" + key + "' counts from 1");
    }
    return number;
  }

  private OptionalDouble chance() throws Wrong {
    RuleWord word = keys.get("chance");
    if (word == null) {
      return OptionalDouble.empty();
    }
    if (!CHANCE.matcher(word.text()).matches()) {
      throw word.wrong("'" + word.text() + "' is no probability; say for example 0.01");
    }
    return OptionalDouble.of(Double.parseDouble(word.text()));
  }

  private Set<String> names(String key, Set<String> known) throws Wrong {
    RuleWord word = keys.get(key);
    if (word == null) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>(Arrays.asList(word.text().split(",", -1)));
    for (String name : names) {
      if (!known.contains(name)) {
        throw new Wrong(
            word.column(), "'" + name + "' is none of " + String.join(", ", new TreeSet<>(known)));
      }
    }
    return names;
  }

  private Set<String> operations(FaultAction what) throws Wrong {
    RuleWord word = keys.get("op");
    if (word == null) {
      return Set.of();
    }
    return switch (what) {
      case FaultAction.OnMedium _ -> names("op", Set.of("read", "write", "sync"));
      case FaultAction.OnBlocks(FaultAction.BlockEffect effect, OptionalLong _) ->
          names("op", FaultRule.blockOperations(effect));
      case FaultAction.OnWire(WireFault.RefuseFunction _) ->
          names("op", Set.copyOf(FaultRule.FUNCTIONS));
      case FaultAction.OnWire _ -> commands(word, FaultRule.FUNCTIONS);
      case FaultAction.CutPower(FaultEvent.Seam seam) ->
          commands(word, seam == FaultEvent.Seam.WIRE ? FaultRule.FUNCTIONS : List.of());
      case FaultAction.OnCommand _ -> commands(word, List.of());
    };
  }

  private static Set<String> commands(RuleWord word, List<String> functions) throws Wrong {
    Set<String> names = new TreeSet<>();
    for (String name : word.text().split(",", -1)) {
      if (FaultRule.COMMANDS.containsKey(name) || functions.contains(name)) {
        names.add(name);
      } else if (CODE.matcher(name).matches()) {
        names.add(code(word, name).toString());
      } else {
        Set<String> known = new TreeSet<>(FaultRule.COMMANDS.keySet());
        known.addAll(functions);
        throw word.wrong(
            "'%s' is no operation code in hexadecimal, and none of %s"
                .formatted(name, String.join(", ", known)));
      }
    }
    return names;
  }

  /** An operation code, and perhaps a service action behind a slash. */
  private static CommandCode code(RuleWord word, String name) throws Wrong {
    String[] parts = name.split("/", -1);
    OptionalInt action =
        parts.length == 1
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(parts[1].replaceAll("^0x|h$", ""), 16));
    return new CommandCode(word.hex(parts[0]), action);
  }

  private Set<String> pdus(FaultAction what) throws Wrong {
    Set<String> known = new TreeSet<>(FaultRule.TARGET_PDUS);
    boolean outbound =
        what instanceof FaultAction.OnWire(WireFault fault)
            && (fault instanceof WireFault.FlipBit || fault instanceof WireFault.Truncate);
    if (!outbound) {
      known.addAll(FaultRule.INITIATOR_PDUS);
    }
    return names("pdu", known);
  }

  private Optional<FaultRule.Range> lba() throws Wrong {
    RuleWord word = keys.get("lba");
    if (word == null) {
      return Optional.empty();
    }
    String[] ends = word.text().split("[-+]", -1);
    boolean numbers = Arrays.stream(ends).allMatch(end -> NUMBER.matcher(end).matches());
    if (!numbers || ends.length > 2) {
      throw new Wrong(
          word.column(), "'" + word.text() + "' is no range; say FIRST-LAST or FIRST+COUNT");
    }
    long first = Long.parseLong(ends[0]);
    long last = ends.length == 1 ? first : Long.parseLong(ends[1]);
    last = word.text().indexOf('+') >= 0 ? first + last - 1 : last;
    if (last < first) {
      throw word.wrong("'" + word.text() + "' has no blocks");
    }
    return Optional.of(new FaultRule.Range(first, last));
  }
}

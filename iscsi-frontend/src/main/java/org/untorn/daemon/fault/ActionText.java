package org.untorn.daemon.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.untorn.core.AdditionalSense;
import org.untorn.core.SenseData;
import org.untorn.core.SenseKey;
import org.untorn.core.fault.CommandFault;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.fault.RuleWord.Wrong;
import org.untorn.iscsi.fault.WireFault;
import org.untorn.iscsi.pdu.TaskManagementResponse;

/** What a rule does, as {@link RuleText} has it. */
final class ActionText {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private static final String ACTIONS =
      "busy, task-set-full, reservation-conflict, good, status HEX, sense KEY/ASC/ASCQ"
          + " [afterwards], attention ASC/ASCQ, delay TIME, hold, ignore, short, cut-power,"
          + " read-error, write-error, no-space, lost, torn [BLOCKS], misdirected [LBA], bit-rot,"
          + " medium-error, reset-connection, stall, drop-pdu, duplicate-pdu, delay-pdu TIME,"
          + " flip-bit [N], corrupt-digest [header|data], truncate, refuse-login CLASS/DETAIL,"
          + " refuse-function [HEX]";

  private final Deque<RuleWord> words;

  private ActionText(Deque<RuleWord> words) {
    this.words = words;
  }

  /**
   * Reads what a rule does.
   *
   * @param words all of the rule that are no keys; those that it needs are taken away
   * @param end the column behind the rule
   * @param onWire whether the rule is about PDUs
   */
  static FaultAction read(Deque<RuleWord> words, int end, boolean onWire) throws Wrong {
    if (words.isEmpty()) {
      throw new Wrong(end, "say what is to happen: " + ACTIONS);
    }
    return new ActionText(words).action(words.remove(), onWire);
  }

  private FaultAction action(RuleWord name, boolean onWire) throws Wrong {
    return switch (name.text()) {
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
      case "cut-power" ->
          new FaultAction.CutPower(onWire ? FaultEvent.Seam.WIRE : FaultEvent.Seam.COMMAND);
      case "read-error" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.READ_ERROR);
      case "write-error" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.WRITE_ERROR);
      case "no-space" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.NO_SPACE);
      case "torn" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.TORN, blocks());
      case "misdirected" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.MISDIRECTED, number());
      case "lost" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.LOST);
      case "bit-rot" -> new FaultAction.OnBlocks(FaultAction.BlockEffect.BIT_ROT);
      case "medium-error" -> new FaultAction.OnMedium();
      case "reset-connection" -> new FaultAction.OnWire(new WireFault.Reset());
      case "stall" -> new FaultAction.OnWire(new WireFault.Stall());
      case "drop-pdu" -> new FaultAction.OnWire(new WireFault.Drop());
      case "duplicate-pdu" -> new FaultAction.OnWire(new WireFault.Duplicate());
      case "delay-pdu" -> new FaultAction.OnWire(new WireFault.Delay(time(name)));
      case "flip-bit" -> new FaultAction.OnWire(new WireFault.FlipBit(bit()));
      case "corrupt-digest" -> new FaultAction.OnWire(new WireFault.CorruptDigest(digest()));
      case "truncate" -> new FaultAction.OnWire(new WireFault.Truncate());
      case "refuse-login" -> refuseLogin(name);
      case "refuse-function" -> new FaultAction.OnWire(new WireFault.RefuseFunction(response()));
      default -> throw name.wrong("no action is named '" + name.text() + "'; there are " + ACTIONS);
    };
  }

  private RuleWord argument(RuleWord of, String what) throws Wrong {
    if (words.isEmpty()) {
      throw of.wrong("'" + of.text() + "' needs " + what);
    }
    return words.remove();
  }

  private int status(RuleWord of) throws Wrong {
    RuleWord word = argument(of, "a status in hexadecimal, like 08");
    int status = word.hex(word.text());
    if (status == 0x02) {
      throw word.wrong("CHECK CONDITION has sense data: say sense KEY/ASC/ASCQ");
    }
    return status;
  }

  private FaultAction sense(RuleWord of) throws Wrong {
    RuleWord word = argument(of, "KEY/ASC/ASCQ in hexadecimal, like 03/11/00");
    List<Integer> codes = codes(word, 3, "KEY/ASC/ASCQ in hexadecimal, like 03/11/00");
    Optional<SenseKey> key =
        Arrays.stream(SenseKey.values()).filter(k -> k.value() == codes.getFirst()).findFirst();
    if (key.isEmpty()) {
      throw word.wrong("there is no sense key %02X".formatted(codes.getFirst()));
    }
    SenseData sense = new SenseData(key.get(), new AdditionalSense(codes.get(1), codes.get(2)));
    if (!words.isEmpty() && words.peek().text().equals("afterwards")) {
      words.remove();
      return new FaultAction.OnCommand(new CommandFault.SenseAfterwards(sense));
    }
    return new FaultAction.OnCommand(new CommandFault.Sense(sense));
  }

  private FaultAction refuseLogin(RuleWord of) throws Wrong {
    String what = "Status-Class/Status-Detail in hexadecimal, like 03/01";
    List<Integer> codes = codes(argument(of, what), 2, what);
    return new FaultAction.OnWire(new WireFault.RefuseLogin(codes.get(0), codes.get(1)));
  }

  /** Which bit of the basic header segment; by default one that makes its opcode an initiator's. */
  private int bit() throws Wrong {
    if (words.isEmpty()) {
      return 2;
    }
    RuleWord word = words.remove();
    long bit = NUMBER.matcher(word.text()).matches() ? Long.parseLong(word.text()) : -1;
    if (bit < 0 || bit >= 384) {
      throw word.wrong("'" + word.text() + "' is no bit of 48 bytes, 0 to 383");
    }
    return (int) bit;
  }

  /** How many blocks of a write are written; empty: half of them. */
  private OptionalLong blocks() throws Wrong {
    if (!words.isEmpty() && words.peek().text().matches("0+")) {
      throw words.peek().wrong("a write of which nothing is written is not torn: say lost");
    }
    return number();
  }

  private OptionalLong number() {
    boolean isThere = !words.isEmpty() && NUMBER.matcher(words.peek().text()).matches();
    return isThere ? OptionalLong.of(Long.parseLong(words.remove().text())) : OptionalLong.empty();
  }

  private Optional<WireFault.Digest> digest() throws Wrong {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    RuleWord word = words.remove();
    return switch (word.text()) {
      case "header" -> Optional.of(WireFault.Digest.HEADER);
      case "data" -> Optional.of(WireFault.Digest.DATA);
      default -> throw word.wrong("'" + word.text() + "' is no digest; there are header and data");
    };
  }

  /** A response code; by default Function rejected (RFC 7143 11.6.1). */
  private int response() throws Wrong {
    if (words.isEmpty()) {
      return TaskManagementResponse.FUNCTION_REJECTED;
    }
    RuleWord word = words.remove();
    return word.hex(word.text());
  }

  private FaultAction attention(RuleWord of) throws Wrong {
    String what = "ASC/ASCQ in hexadecimal, like 2a/09";
    List<Integer> codes = codes(argument(of, what), 2, what);
    return new FaultAction.OnCommand(
        new CommandFault.Attention(new AdditionalSense(codes.get(0), codes.get(1))));
  }

  private Duration time(RuleWord of) throws Wrong {
    RuleWord word = argument(of, "a time, like 500ms");
    return switch (CutText.duration(word.text())) {
      case Parsed.Value<Duration>(Duration duration) -> duration;
      case Parsed.Wrong<Duration>(String why) -> throw word.wrong(why);
    };
  }

  private static List<Integer> codes(RuleWord word, int count, String what) throws Wrong {
    String[] parts = word.text().split("/", -1);
    if (parts.length != count) {
      throw word.wrong("'" + word.text() + "' is not " + what);
    }
    List<Integer> codes = new ArrayList<>();
    for (String part : parts) {
      codes.add(word.hex(part));
    }
    return codes;
  }
}

package org.untorn.daemon.fault;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.untorn.core.CommandCode;
import org.untorn.daemon.config.Parsed;
import org.untorn.iscsi.fault.Passing;
import org.untorn.iscsi.fault.WireFault;

/**
 * A rule of the fault plan, as {@link RuleText} reads it: when all of it fits, the action happens.
 *
 * @param text as it was written
 * @param operations names, or operation codes in hexadecimal, with or without a service action;
 *     empty: any
 * @param pdus kinds of PDUs; empty: any
 * @param purposes of the medium; empty: any
 * @param nth the first fitting event that it acts on, counted from 1
 * @param next on how many it acts then
 * @param every on each how manieth of them
 * @param chance with what probability, at each
 * @param state the plan's state in which alone it fits
 * @param then the state that the plan is in once it has acted
 */
record FaultRule(
    String text,
    FaultAction action,
    OptionalInt lun,
    Optional<String> target,
    Optional<String> initiator,
    Set<String> operations,
    Set<String> pdus,
    Set<String> purposes,
    Optional<Range> lba,
    OptionalLong nth,
    OptionalLong next,
    OptionalLong every,
    OptionalDouble chance,
    Optional<String> state,
    Optional<String> then) {

  /** Operation codes, and service actions, by the names that rules have for them. */
  static final Map<String, Set<String>> COMMANDS =
      Map.ofEntries(
          Map.entry("read", Set.of("08", "28", "a8", "88", "7f/09")),
          Map.entry("write", Set.of("0a", "2a", "aa", "8a", "7f/0b")),
          Map.entry("write-atomic", Set.of("9c", "7f/0f")),
          Map.entry("write-scattered", Set.of("9f/12", "7f/11")),
          Map.entry("compare-and-write", Set.of("89")),
          Map.entry("orwrite", Set.of("8b", "7f/0e")),
          Map.entry("unmap", Set.of("42")),
          Map.entry("flush", Set.of("35", "91")),
          Map.entry("write-same", Set.of("41", "93", "7f/0d")),
          Map.entry("verify", Set.of("2f", "af", "8f", "7f/0a")),
          Map.entry("test-unit-ready", Set.of("00")),
          Map.entry("inquiry", Set.of("12")),
          Map.entry("report-luns", Set.of("a0")),
          Map.entry("mode-sense", Set.of("1a", "5a")));

  /** Task management functions by the names that rules have for them (RFC 7143 11.5.1). */
  static final List<String> FUNCTIONS =
      List.of(
          "abort-task",
          "abort-task-set",
          "clear-aca",
          "clear-task-set",
          "lun-reset",
          "target-warm-reset",
          "target-cold-reset",
          "task-reassign");

  /** The kinds of PDUs that initiators send. */
  static final Set<String> INITIATOR_PDUS =
      Set.of(
          "nop-out",
          "scsi-command",
          "task-management-request",
          "login-request",
          "text-request",
          "data-out",
          "logout-request",
          "snack-request");

  /** The kinds of PDUs that targets send. */
  static final Set<String> TARGET_PDUS =
      Set.of(
          "nop-in",
          "scsi-response",
          "task-management-response",
          "login-response",
          "text-response",
          "data-in",
          "logout-response",
          "r2t",
          "async-message",
          "reject");

  /** Blocks, first and last. */
  record Range(long first, long last) {
    boolean meets(long lba, long blocks) {
      return lba <= last && lba + blocks > first;
    }
  }

  /**
   * This rule, if a device can carry it out.
   *
   * @param power whether its power can be cut
   */
  Parsed<FaultRule> on(boolean power) {
    return action instanceof FaultAction.CutPower && !power
        ? Parsed.wrong("'" + text + "': cut-power needs --power")
        : Parsed.value(this);
  }

  /** To which block operations an effect can happen. */
  static Set<String> blockOperations(FaultAction.BlockEffect effect) {
    return switch (effect) {
      case READ_ERROR, BIT_ROT -> Set.of("read");
      case WRITE_ERROR, NO_SPACE, LOST ->
          Set.of("write", "write-atomic", "compare-and-write", "unmap");
      case TORN, MISDIRECTED -> Set.of("write", "write-atomic");
    };
  }

  /** The name of a function; that of a number that has none is empty. */
  static String function(int number) {
    return number >= 1 && number <= FUNCTIONS.size() ? FUNCTIONS.get(number - 1) : "";
  }

  /** Where it acts. */
  FaultEvent.Seam seam() {
    return switch (action) {
      case FaultAction.OnCommand _ -> FaultEvent.Seam.COMMAND;
      case FaultAction.CutPower(FaultEvent.Seam seam) -> seam;
      case FaultAction.OnBlocks _ -> FaultEvent.Seam.BLOCK;
      case FaultAction.OnMedium _ -> FaultEvent.Seam.MEDIUM;
      case FaultAction.OnWire _ -> FaultEvent.Seam.WIRE;
    };
  }

  /** Whether an event is one of those that it is about; count and chance come after. */
  boolean fits(FaultEvent event, String planState) {
    return event.seam() == seam()
        && (lun.isEmpty() || lun.equals(event.lun()))
        && target.stream().allMatch(name -> glob(name, event.target()))
        && initiator.stream().allMatch(name -> glob(name, event.initiator()))
        && (operations.isEmpty() || operations.stream().anyMatch(name -> is(name, event)))
        && (pdus.isEmpty() || event.pdu().stream().map(Passing::kind).anyMatch(pdus::contains))
        && (purposes.isEmpty() || purposes.contains(event.purpose()))
        && lba.stream()
            .allMatch(
                range ->
                    event.lba().isPresent() && range.meets(event.lba().getAsLong(), event.blocks()))
        && state.stream().allMatch(planState::equals)
        && concerns(event);
  }

  private boolean concerns(FaultEvent event) {
    return switch (action) {
      case FaultAction.OnBlocks(FaultAction.BlockEffect effect, OptionalLong argument) ->
          concerns(effect, argument, event);
      case FaultAction.OnWire(WireFault fault) ->
          event.pdu().stream().anyMatch(pdu -> concerns(fault, pdu));
      case FaultAction.OnCommand _, FaultAction.OnMedium _, FaultAction.CutPower _ -> true;
    };
  }

  private static boolean concerns(
      FaultAction.BlockEffect effect, OptionalLong argument, FaultEvent event) {
    return blockOperations(effect).contains(event.operation())
        && (effect != FaultAction.BlockEffect.TORN || event.blocks() > argument.orElse(1));
  }

  private static boolean concerns(WireFault fault, Passing pdu) {
    return switch (fault) {
      case WireFault.RefuseLogin _ -> pdu.kind().equals("login-request");
      case WireFault.RefuseFunction _ -> pdu.kind().equals("task-management-request");
      case WireFault.FlipBit _, WireFault.Truncate _ -> pdu.direction() == Passing.Direction.OUT;
      case WireFault.CorruptDigest(Optional<WireFault.Digest> which) ->
          which.map(pdu.digests()::contains).orElse(!pdu.digests().isEmpty());
      case WireFault.Reset _,
          WireFault.Stall _,
          WireFault.Drop _,
          WireFault.Duplicate _,
          WireFault.Delay _ ->
          true;
    };
  }

  private static boolean is(String name, FaultEvent event) {
    if (event.code().isEmpty()) {
      return name.equals(event.operation());
    }
    CommandCode code = event.code().get();
    return COMMANDS.getOrDefault(name, Set.of()).contains(code.toString())
        || name.equals(code.toString())
        || name.equals(code.withoutServiceAction().toString());
  }

  /** Whether a pattern fits an iSCSI name, in which case does not matter (RFC 7143 4.2.7.1). */
  private static boolean glob(String pattern, String name) {
    int length = pattern.length() - 1;
    return pattern.endsWith("*")
        ? name.regionMatches(true, 0, pattern, 0, length)
        : name.equalsIgnoreCase(pattern);
  }
}

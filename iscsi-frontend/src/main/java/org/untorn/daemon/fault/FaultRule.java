package org.untorn.daemon.fault;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.untorn.daemon.config.Parsed;
import org.untorn.iscsi.fault.WireFault;

/**
 * A rule of the fault plan, as {@link RuleText} reads it: when all of it fits, the action happens.
 *
 * @param text as it was written
 * @param operations names or operation codes in hexadecimal; empty: any
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
    Set<String> purposes,
    Optional<Range> lba,
    OptionalLong nth,
    OptionalLong next,
    OptionalLong every,
    OptionalDouble chance,
    Optional<String> state,
    Optional<String> then) {

  /** Operation codes by the names that rules have for them. */
  static final Map<String, Set<Integer>> COMMANDS =
      Map.ofEntries(
          Map.entry("read", Set.of(0x08, 0x28, 0xA8, 0x88)),
          Map.entry("write", Set.of(0x0A, 0x2A, 0xAA, 0x8A)),
          Map.entry("write-atomic", Set.of(0x9C)),
          Map.entry("compare-and-write", Set.of(0x89)),
          Map.entry("unmap", Set.of(0x42)),
          Map.entry("flush", Set.of(0x35, 0x91)),
          Map.entry("write-same", Set.of(0x41, 0x93)),
          Map.entry("verify", Set.of(0x2F, 0xAF, 0x8F)),
          Map.entry("test-unit-ready", Set.of(0x00)),
          Map.entry("inquiry", Set.of(0x12)),
          Map.entry("report-luns", Set.of(0xA0)),
          Map.entry("mode-sense", Set.of(0x1A, 0x5A)));

  /** The kinds of PDUs. */
  static final Set<String> PDUS =
      Set.of(
          "nop-out",
          "scsi-command",
          "task-management-request",
          "login-request",
          "text-request",
          "data-out",
          "logout-request",
          "snack-request",
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

  /** Where it acts. */
  FaultEvent.Seam seam() {
    return switch (action) {
      case FaultAction.OnCommand _, FaultAction.CutPower _ -> FaultEvent.Seam.COMMAND;
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
      case FaultAction.OnBlocks(FaultAction.BlockEffect effect) ->
          effect.isOfReads() == event.operation().equals("read");
      case FaultAction.OnWire(WireFault.RefuseLogin _) -> event.operation().equals("login-request");
      case FaultAction.OnWire _,
          FaultAction.OnCommand _,
          FaultAction.OnMedium _,
          FaultAction.CutPower _ ->
          true;
    };
  }

  private static boolean is(String name, FaultEvent event) {
    if (event.opcode().isEmpty()) {
      return name.equals(event.operation());
    }
    int opcode = event.opcode().getAsInt();
    return COMMANDS.getOrDefault(name, Set.of()).contains(opcode)
        || name.equals("%02x".formatted(opcode));
  }

  private static boolean glob(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }
}

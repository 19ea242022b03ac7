package org.untorn.daemon.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.core.CommandCode;
import org.untorn.core.fault.CommandFault;
import org.untorn.daemon.config.Parsed;
import org.untorn.iscsi.fault.Passing;

class RuleTextTest {

  private static FaultRule rule(String text) {
    return switch (RuleText.parse(text)) {
      case Parsed.Value<FaultRule>(FaultRule rule) -> rule;
      case Parsed.Wrong<FaultRule>(String why) -> throw new AssertionError(why);
    };
  }

  private static FaultEvent command(int opcode, long lba, long blocks) {
    return FaultEvent.of(
            FaultEvent.Seam.COMMAND, "iqn.t", 1, "COMMAND", OptionalLong.of(lba), blocks)
        .withCommand("iqn.i:host1", CommandCode.of(new byte[] {(byte) opcode, 0x12}));
  }

  @Test
  void a_rule_with_everything_is_read() {
    FaultRule rule =
        rule("lun=1 target=iqn.* initiator=iqn.i:* op=9c,read lba=8-15 nth=2 chance=0.5 hold");
    assertThat(rule.lun()).isEqualTo(OptionalInt.of(1));
    assertThat(rule.operations()).isEqualTo(Set.of("9c", "read"));
    assertThat(rule.lba()).contains(new FaultRule.Range(8, 15));
    assertThat(rule.action()).isEqualTo(new FaultAction.OnCommand(new CommandFault.Hold()));
    assertThat(rule.fits(command(0x9C, 0, 9), "")).isTrue();
    assertThat(rule.fits(command(0x88, 15, 1), "")).isTrue();
    assertThat(rule.fits(command(0x88, 16, 1), "")).isFalse();
    assertThat(rule.fits(command(0x8A, 8, 1), "")).isFalse();
  }

  private static FaultEvent longCommand(int action) {
    byte[] cdb = new byte[32];
    cdb[0] = 0x7F;
    cdb[8] = (byte) (action >> 8);
    cdb[9] = (byte) action;
    return FaultEvent.of(FaultEvent.Seam.COMMAND, "iqn.t", 1, "COMMAND", OptionalLong.of(0), 1)
        .withCommand("iqn.i:host1", CommandCode.of(cdb));
  }

  @Test
  void a_command_is_named_by_its_operation_code_alone_or_with_a_service_action() {
    for (String code : List.of("7f/0f", "7F/f", "0x7f/0x000f", "7fh/000Fh")) {
      FaultRule rule = rule("op=" + code + " busy");
      assertThat(rule.operations()).containsExactly("7f/0f");
      assertThat(rule.fits(longCommand(0x0F), "")).isTrue();
      assertThat(rule.fits(longCommand(0x0E), "")).isFalse();
      assertThat(rule.fits(longCommand(0x10F), "")).isFalse();
    }
    assertThat(rule("op=7f busy").fits(longCommand(0x1234), "")).isTrue();
    assertThat(rule("op=9f/12 busy").fits(command(0x9F, 0, 1), "")).isTrue();
    assertThat(rule("op=9f/13 busy").fits(command(0x9F, 0, 1), "")).isFalse();
    assertThat(rule("op=28/12 busy").fits(command(0x28, 0, 1), "")).isFalse();
  }

  @Test
  void names_mean_the_commands_of_32_bytes_too() {
    assertThat(rule("op=write-atomic busy").fits(longCommand(0x0F), "")).isTrue();
    assertThat(rule("op=read busy").fits(longCommand(0x09), "")).isTrue();
    assertThat(rule("op=write busy").fits(longCommand(0x0B), "")).isTrue();
    assertThat(rule("op=orwrite busy").fits(longCommand(0x0E), "")).isTrue();
    assertThat(rule("op=write-scattered busy").fits(longCommand(0x11), "")).isTrue();
    assertThat(rule("op=write-scattered busy").fits(command(0x9F, 0, 1), "")).isTrue();
    assertThat(rule("op=write busy").fits(longCommand(0x0F), "")).isFalse();
  }

  private static FaultEvent pdu(String initiator, String target) {
    return FaultEvent.ofPdu(
        new Passing(
            Passing.Direction.IN,
            "login-request",
            initiator,
            target,
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Set.of()));
  }

  @Test
  void names_fit_whatever_their_case() {
    assertThat(rule("target=IQN.T initiator=iqn.I:* busy").fits(command(0, 0, 1), "")).isTrue();
    assertThat(rule("target=iqn.t initiator=iqn.i:* stall").fits(pdu("IQN.i:A", "iqn.T"), ""))
        .isTrue();
    assertThat(rule("target=iqn.t stall").fits(pdu("iqn.i", "iqn.tt"), "")).isFalse();
    assertThat(rule("target=iqn.t* stall").fits(pdu("iqn.i", "iqn."), "")).isFalse();
  }

  @Test
  void the_journal_shows_no_name_that_does_something_to_a_terminal_nor_one_without_end() {
    FaultPlan plan = new FaultPlan(1);
    assertThat(plan.add(rule("pdu=login-request stall"))).isPresent();
    assertThat(plan.at(pdu("iqn.\u001b[2J\nx", "t".repeat(100_000)))).isPresent();
    assertThat(plan.snapshot().journal().getFirst().what())
        .hasSizeLessThan(300)
        .startsWith("login-request target=ttt")
        .endsWith("... initiator=iqn.?[2J?x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "busy nth=3                | 3",
        "busy nth=3 next=2         | 3 4",
        "busy next=2               | 1 2",
        "busy every=4              | 4 8 12",
        "busy nth=2 every=5 next=2 | 6 11",
        "busy nth=9 next=99        | 9 10 11 12"
      })
  void the_events_that_a_rule_acts_on(String text, String expected) {
    FaultPlan plan = new FaultPlan(1);
    assertThat(plan.add(rule(text))).contains(1L);
    StringBuilder acted = new StringBuilder();
    for (int i = 1; i <= 12; i++) {
      if (plan.at(command(0x28, 0, 1)).isPresent()) {
        acted.append(i).append(' ');
      }
    }
    assertThat(acted.toString().strip()).isEqualTo(expected);
    assertThat(plan.snapshot().journal()).hasSize(expected.split(" ").length);
  }

  @Test
  void chance_is_drawn_from_the_seed() {
    assertThat(chosen(1)).isEqualTo(chosen(1)).isNotEqualTo(chosen(2)).contains("1").contains("0");
  }

  private static String chosen(long seed) {
    FaultPlan plan = new FaultPlan(seed);
    assertThat(plan.add(rule("chance=0.5 busy"))).isPresent();
    StringBuilder acted = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      acted.append(plan.at(command(0x28, 0, 1)).isPresent() ? 1 : 0);
    }
    return acted.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "op=read | column 8: say what is to happen: busy, task-set-full",
        "op=sing busy | column 4: 'sing' is no operation code in hexadecimal, and none of compare",
        "when=now busy | column 1: no key is named 'when'; there are lun, target",
        "op=read op=write busy | column 9: 'op' is said twice",
        "lba=9-8 busy | column 5: '9-8' has no blocks",
        "lba=1+2+3 busy | column 5: '1+2+3' is no range",
        "nth=0 busy | column 1: 'nth' counts from 1",
        "chance=7 busy | column 8: '7' is no probability",
        "sense 03/11 | column 7: '03/11' is not KEY/ASC/ASCQ",
        "sense 0c/00/00 | column 7: there is no sense key 0C",
        "sense | column 1: 'sense' needs KEY/ASC/ASCQ",
        "status 02 | column 8: CHECK CONDITION has sense data",
        "delay soon | column 7: 'soon' is no duration",
        "busy today | column 6: 'today' is one word too many",
        "op=read purpose=data busy | column 9: 'purpose' means nothing for this action",
        "initiator=iqn.* lost | column 1: 'initiator' means nothing for this action",
        "lba=0 stall | column 1: 'lba' means nothing for this action",
        "lun=20000 busy | column 5: logical units are numbered from 0 to 16383",
        "delay 999999999m | column 7: '999999999m' is no duration",
        "pdu=scsi-command flip-bit | column 5: 'scsi-command' is none of async-message, data-in",
        "op=read torn | column 4: 'read' is none of write, write-atomic",
        "torn 0 | column 6: a write of which nothing is written is not torn: say lost",
        "op=read refuse-function | column 4: 'read' is none of abort-task",
        "refuse-function 5g | column 17: '5g' is no hexadecimal number",
        "corrupt-digest all | column 16: 'all' is no digest; there are header and data",
        "op=abort-task busy | column 4: 'abort-task' is no operation code",
        "purpose=fun medium-error | column 9: 'fun' is none of commit, data, map"
      })
  void what_is_wrong_is_told_with_its_column(String text, String expected) {
    assertThat(RuleText.parse(text)).isInstanceOf(Parsed.Wrong.class);
    assertThat(((Parsed.Wrong<FaultRule>) RuleText.parse(text)).why())
        .startsWith("'" + text + "', " + expected);
  }
}

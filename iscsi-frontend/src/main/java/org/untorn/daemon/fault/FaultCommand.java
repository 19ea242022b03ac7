package org.untorn.daemon.fault;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.control.DaemonAnswer;
import org.untorn.daemon.control.DaemonOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn fault}: the fault rules of a running device, and the commands that it holds. */
@Command(
    name = "fault",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Make things go wrong in a device that was started with --faults.",
    description = {
      "",
      "A rule is words: those with '=' say what it is about, the others what it does. The first rule",
      "that acts on something decides.",
      "",
      "  lun=N  target=NAME  initiator=NAME     a name may end in *",
      "  op=NAME[,NAME]                         read, write, write-atomic, ... or 2a: an operation code,",
      "                                         7f/0f: with a service action;",
      "                                         of PDUs what they belong to, abort-task, ... included",
      "  pdu=NAME[,NAME]                        scsi-command, data-out, r2t, scsi-response, ...",
      "  lba=FIRST-LAST or FIRST+COUNT",
      "  nth=N  next=N  every=N  chance=P       which of those that fit; 'nth=3 next=2': 3 and 4",
      "  state=NAME  then=NAME                  only in this state; go to that one",
      "  purpose=data,map,commit                of an I/O of the store's files",
      "",
      "  busy | task-set-full | reservation-conflict | good | status HEX",
      "  sense KEY/ASC/ASCQ [afterwards] | attention ASC/ASCQ",
      "  delay TIME | hold | ignore | short | cut-power",
      "  read-error | write-error | no-space | bit-rot              of the blocks below the disk",
      "  lost | torn [BLOCKS] | misdirected [LBA]                   of writes below the disk",
      "  reset-connection | stall | drop-pdu | duplicate-pdu        of PDUs, as are these:",
      "                                         a stall ends when the target gives the initiator up",
      "  delay-pdu TIME | flip-bit [N] | corrupt-digest [header|data] | truncate",
      "  refuse-login CLASS/DETAIL | refuse-function [HEX]          with a response code, default FF",
      "  cut-power                                                  of a PDU if pdu= is said; as long",
      "                                         as a planned cut is to last, which stays planned",
      "  medium-error                           of the store's files; op=read, write, sync"
    },
    footer = {
      "",
      "Examples:",
      "  untorn fault add 'op=read lba=100+8 nth=3 sense 03/11/00'",
      "  untorn fault add 'op=write-atomic chance=0.01 busy'",
      "  untorn fault add 'op=write next=1 hold'",
      "  untorn fault add 'op=write pdu=data-out nth=3 cut-power'",
      "  untorn fault add 'op=abort-task next=1 refuse-function 05'",
      "  untorn fault step                      carry the oldest held command out",
      "  untorn fault list --json",
      "  untorn fault clear",
      "",
      "Exit codes: 0 done, 1 it failed or no daemon answers, 2 it cannot be, or the daemon refused."
    })
public final class FaultCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DaemonOption daemon = new DaemonOption();

  @Option(names = "--json", description = "Answer with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    return list(daemon, json);
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      header = "Show the rules and how often each has acted, what is held, and the last faults.")
  int list(
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(asJson, () -> which.ask("GET", "/faults"));
  }

  @Command(name = "add", mixinStandardHelpOptions = true, header = "Add a rule behind the others.")
  int add(
      @Parameters(
              paramLabel = "RULE",
              arity = "1..*",
              description = "Quote it, or write it as several words.")
          String[] words,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(
        asJson,
        () ->
            which.ask(
                "POST", "/faults", body -> body.writeStringField("add", String.join(" ", words))));
  }

  @Command(
      name = "clear",
      mixinStandardHelpOptions = true,
      header = "Remove a rule, or all of them and the journal.")
  int clear(
      @Parameters(paramLabel = "NUMBER", arity = "0..1", description = "Which; default: all.")
          Optional<Long> number,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(asJson, () -> which.ask("DELETE", "/faults" + number.map(n -> "/" + n).orElse("")));
  }

  @Command(
      name = "release",
      mixinStandardHelpOptions = true,
      header = "Carry a held command out, or all of them.")
  int release(
      @Parameters(paramLabel = "NUMBER", arity = "0..1", description = "Which; default: all.")
          Optional<Long> number,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(
        asJson,
        () ->
            which.ask(
                "POST",
                "/faults",
                body -> {
                  if (number.isPresent()) {
                    body.writeNumberField("release", number.get());
                  } else {
                    body.writeStringField("release", "all");
                  }
                }));
  }

  @Command(
      name = "step",
      mixinStandardHelpOptions = true,
      header = "Carry the oldest held command out.")
  int step(
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(
        asJson, () -> which.ask("POST", "/faults", body -> body.writeBooleanField("step", true)));
  }

  private int show(boolean asJson, DaemonAnswer.Asking asking) {
    return new DaemonAnswer(spec, FaultCommand::print).show(asJson, asking);
  }

  private static void print(PrintWriter out, JsonNode faults) {
    out.printf(
        "%d rules%s; seed %d%n",
        faults.path("rules").size(),
        faults.path("state").asText().isEmpty() ? "" : ", state " + faults.path("state").asText(),
        faults.path("seed").asLong());
    for (JsonNode rule : faults.path("rules")) {
      out.printf(
          "  %d: %s   (acted on %d of %d)%n",
          rule.path("number").asLong(),
          rule.path("rule").asText(),
          rule.path("fired").asLong(),
          rule.path("seen").asLong());
    }
    for (JsonNode held : faults.path("held")) {
      out.printf(
          "  held %d: %s of %s%s%n",
          held.path("number").asLong(),
          held.path("command").asText(),
          held.path("initiator").asText(),
          held.path("forEver").asBoolean() ? ", for ever" : "");
    }
    for (JsonNode entry : faults.path("journal")) {
      out.printf("  rule %d: %s%n", entry.path("rule").asLong(), entry.path("what").asText());
    }
  }
}

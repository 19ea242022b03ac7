package org.untorn.daemon.fault;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.control.DaemonAnswer;
import org.untorn.daemon.control.DaemonOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code untorn reset}: puts an end to what was made to go wrong. */
@Command(
    name = "reset",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Put an end to all faults of a running device, as between two tests.",
    description = {
      "",
      "Rules and planned cuts are forgotten, held commands go on, the power is on. What is stored,",
      "and defects, stay."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 it failed or no daemon answers, 2 it cannot be, or the daemon refused."
    })
public final class ResetCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seed",
      paramLabel = "N",
      order = 1,
      description = "Begin all chance of rules and cuts anew from this seed.")
  private Optional<Long> seed = Optional.empty();

  @Mixin private DaemonOption daemon = new DaemonOption();

  @Option(names = "--json", order = 2, description = "Answer with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    return new DaemonAnswer(
            spec,
            (out, answer) ->
                out.printf("reset; %d held commands go on%n", answer.path("released").asLong()))
        .show(
            json,
            () ->
                daemon.ask(
                    "POST",
                    "/reset",
                    body -> {
                      if (seed.isPresent()) {
                        body.writeNumberField("seed", seed.get());
                      }
                    }));
  }
}

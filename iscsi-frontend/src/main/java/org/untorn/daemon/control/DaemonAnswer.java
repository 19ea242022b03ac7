package org.untorn.daemon.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * How a command tells what a daemon answered: for people, or as one line of JSON.
 *
 * @param spec the command
 * @param forPeople prints an answer
 */
public record DaemonAnswer(CommandSpec spec, BiConsumer<PrintWriter, JsonNode> forPeople) {

  /** Asks a daemon. */
  @FunctionalInterface
  public interface Asking {
    JsonNode ask() throws IOException;
  }

  /**
   * Asks, prints the answer or why there is none, and returns the exit code: 0 done, 1 it failed or
   * nobody answers, 2 the daemon refused.
   */
  public int show(boolean asJson, Asking asking) {
    try {
      JsonNode answer = asking.ask();
      PrintWriter out = spec.commandLine().getOut();
      if (asJson) {
        out.println(answer);
      } else {
        forPeople.accept(out, answer);
      }
      out.flush();
      return spec.exitCodeOnSuccess();
    } catch (RefusedException refused) {
      return say(refused, spec.exitCodeOnInvalidInput());
    } catch (IOException problem) {
      return say(problem, spec.exitCodeOnExecutionException());
    }
  }

  private int say(IOException problem, int exitCode) {
    spec.commandLine().getErr().println("untorn: " + problem.getMessage());
    spec.commandLine().getErr().flush();
    return exitCode;
  }
}

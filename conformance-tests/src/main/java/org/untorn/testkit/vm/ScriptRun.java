package org.untorn.testkit.vm;

import java.util.List;

/**
 * One script that ran on a {@link LinuxMachine}.
 *
 * @param script what ran
 * @param exitCode its exit code; 124 if its time was up
 * @param output its standard output and standard error, as they came
 */
public record ScriptRun(String script, int exitCode, String output) {

  /** The exit code of a script whose time was up. */
  public static final int TIME_IS_UP = 124;

  /** The output of a script that must have succeeded. */
  public String successfulOutput() {
    if (exitCode != 0) {
      String why = exitCode == TIME_IS_UP ? " (its time was up)" : "";
      throw new AssertionError(
          "the script ended with " + exitCode + why + ":\n" + script + "\nit printed:\n" + output);
    }
    return output;
  }

  /** The lines of its output, without empty ones. */
  public List<String> lines() {
    return output.lines().filter(line -> !line.isBlank()).toList();
  }
}

package org.untorn.testkit;

import java.util.List;

/**
 * One run of an {@link ExternalTool}.
 *
 * @param command the program and its arguments
 * @param exitCode as the program gave it
 * @param output its standard output
 * @param errors its standard error
 */
public record ToolRun(List<String> command, int exitCode, String output, String errors) {

  /** The output of a run that must have succeeded. */
  public String successfulOutput() {
    if (exitCode != 0) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + exitCode + "\n" + output + "\n" + errors);
    }
    return output;
  }
}

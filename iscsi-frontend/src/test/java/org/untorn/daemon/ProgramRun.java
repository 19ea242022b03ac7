package org.untorn.daemon;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;

/** What a run of the program printed, without the blanks around it, and how it ended. */
record ProgramRun(int exitCode, String out, String err) {

  static ProgramRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new ProgramRun(exitCode, out.toString().strip(), err.toString().strip());
  }

  /** The same, told which daemon is meant. */
  static ProgramRun at(Daemon daemon, String... arguments) {
    String control = daemon.ready().control().getAuthority();
    return of(
        Stream.concat(Stream.of(arguments), Stream.of("--control", control))
            .toArray(String[]::new));
  }
}

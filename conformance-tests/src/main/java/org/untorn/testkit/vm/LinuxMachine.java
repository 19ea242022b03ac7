package org.untorn.testkit.vm;

import java.time.Duration;

/**
 * A Linux that runs scripts as root: bash, with the functions of {@code guest/lib.sh}, {@code
 * atomic-tool}, open-iscsi, sg3_utils, fio and the file system tools.
 *
 * <p>One script at a time; what a script leaves behind (a mounted file system, a session) the next
 * one finds.
 */
public interface LinuxMachine extends AutoCloseable {

  /** How long a script may take if nothing else is said. */
  Duration USUAL_LIMIT = Duration.ofMinutes(3);

  /**
   * Runs a script to its end.
   *
   * @return its exit code (124: it took longer than {@code limit} and was ended) and what it
   *     printed
   * @throws LinuxMachineException if the machine itself does not answer any more
   */
  ScriptRun run(Duration limit, String script);

  /** Runs a script that must succeed, and gives what it printed. */
  default String sh(String script) {
    return run(USUAL_LIMIT, script).successfulOutput();
  }

  /** Whether it still takes scripts; a machine that hung or went away never does again. */
  boolean answers();

  /** The kernel's release, as {@code uname -r} prints it. */
  String kernelRelease();

  /** The address under which the machine reaches the loopback address of the process under test. */
  String hostAddress();

  @Override
  void close();
}

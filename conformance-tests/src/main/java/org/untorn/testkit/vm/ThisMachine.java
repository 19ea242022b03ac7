package org.untorn.testkit.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * The machine that the tests run on, for a user whose own kernel has iscsi_tcp and who asks for it:
 * the scripts log in, make file systems and mount them <em>here</em>, as root.
 *
 * <p>open-iscsi, sg3_utils, fio, xfsprogs, e2fsprogs, mdadm and dmsetup must be installed; {@code
 * atomic-tool} is compiled when the object is made.
 */
public final class ThisMachine implements LinuxMachine {

  private final Path folder;

  public ThisMachine() {
    try {
      folder = GuestImage.extractResources().resolve("guest");
    } catch (IOException e) {
      throw new LinuxMachineException("cannot unpack the scripts: " + e.getMessage(), e);
    }
    run(USUAL_LIMIT, "cd '" + folder + "' && gcc -O2 -static -pthread -o atomic-tool *.c")
        .successfulOutput();
  }

  @Override
  public ScriptRun run(Duration limit, String script) {
    try {
      Path file = Files.createTempFile(folder, "script-", ".sh");
      Files.writeString(file, script);
      ProcessBuilder builder =
          new ProcessBuilder(
              "timeout", "-k", "5", Long.toString(limit.toSeconds()), "bash", file.toString());
      builder.environment().put("BASH_ENV", folder.resolve("lib.sh").toString());
      builder.environment().put("LC_ALL", "C");
      builder
          .environment()
          .merge("PATH", folder.toString(), (path, ours) -> ours + ":/usr/sbin:/sbin:" + path);
      Process process =
          builder
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      try (BufferedReader in =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
        String output = in.lines().collect(Collectors.joining("\n"));
        return new ScriptRun(script, process.waitFor(), output);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new LinuxMachineException("cannot run a script here: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LinuxMachineException("interrupted while a script ran", e);
    }
  }

  @Override
  public boolean answers() {
    return true;
  }

  @Override
  public String kernelRelease() {
    return sh("uname -r").strip();
  }

  @Override
  public String hostAddress() {
    return "127.0.0.1";
  }

  /** Nothing to end: the machine stays. */
  @Override
  public void close() {}
}

package org.untorn.conformance.libiscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.ExternalTool;
import org.untorn.testkit.ToolRun;
import org.untorn.testkit.UntornProcess;

/** libiscsi's CHAP (MD5, one-way and mutual), which computes its responses itself, as the judge. */
class ChapTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String SECRET = "correct-horse-battery";
  private static final String OWN = "the-secret-of-the-disk";

  @TempDir private Path directory = Path.of("");

  private UntornProcess guarded() throws IOException {
    Path secrets = directory.resolve("secrets");
    Files.writeString(secrets, "db " + SECRET + "\ndisk0 " + OWN + "\n");
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
    return UntornProcess.serve(
        "--ram",
        "--size",
        "16MiB",
        "--secrets",
        secrets.toString(),
        "--chap-user",
        "db",
        "--chap-target-user",
        "disk0");
  }

  /** What the tool says, whether it succeeds or not. */
  private static String inquiry(UntornProcess target, String user, String query) {
    String url = target.url().replace("iscsi://", "iscsi://" + user) + query;
    ToolRun run = ExternalTool.find("iscsi-inq", "Debian: libiscsi-bin").run(LIMIT, url);
    return run.output() + run.errors();
  }

  @Test
  void libiscsi_logs_in_with_the_right_secret_and_only_with_it() throws IOException {
    try (UntornProcess target = guarded()) {
      String right = "db%" + SECRET + "@";
      String mutual = "?target_user=disk0&target_password=";
      assertThat(inquiry(target, right, "")).contains("UNTORN");
      assertThat(inquiry(target, right, mutual + OWN)).contains("UNTORN");

      assertThat(inquiry(target, right, mutual + "what-another-knows")).contains("Invalid CHAP_R");
      for (String wrong : List.of("db%not-the-right-secret@", "root%" + SECRET + "@", "")) {
        assertThat(inquiry(target, wrong, "")).contains("Authentication failure");
      }

      assertThat(target.errors().lines().filter(line -> line.contains("may not log in")))
          .hasSize(3)
          .allMatch(line -> line.contains("/127.0.0.1:") && line.contains("0201"));
      assertThat(target.errors()).doesNotContain(SECRET, OWN, "not-the-right-secret");
    }
  }
}

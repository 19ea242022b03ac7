package org.untorn.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.iscsi.auth.Credential;
import org.untorn.iscsi.auth.Secret;
import org.untorn.iscsi.initiator.ChapProof;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;

/** What a daemon loads of the library of cryptography: nothing, as long as nobody uses CHAP. */
class CryptographyTest {

  private static final String SECRET = "correct-horse-battery";

  @TempDir private Path directory = Path.of("");

  @Test
  void without_chap_no_class_of_it_is_loaded_and_with_chap_some_are() throws Exception {
    assertThat(loadedClasses()).anyMatch(name -> name.contains("LoginMachine"));
    assertThat(loadedClasses()).noneMatch(name -> name.contains("org.bouncycastle"));
    assertThat(loadedClasses("--chap-user", "db"))
        .anyMatch(name -> name.contains("org.bouncycastle.crypto.digests.SHA3Digest"));
  }

  /** The classes of a daemon that somebody logged in to. */
  private List<String> loadedClasses(String... options) throws IOException, InterruptedException {
    Path classes = directory.resolve("classes");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xlog:class+load:file=" + classes);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.untorn.daemon.Main"));
    command.addAll(List.of("serve", "--ram", "--json", "--listen", "127.0.0.1:0"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(Secrets.VARIABLE, "db " + SECRET);
    Process daemon = builder.start();
    try {
      var ready = new ObjectMapper().readTree(daemon.inputReader().readLine());
      String[] portal = ready.path("portal").asText().split(":", 2);
      InetSocketAddress address = new InetSocketAddress(portal[0], Integer.parseInt(portal[1]));
      Secret secret = Secret.of(SECRET.getBytes(StandardCharsets.UTF_8)).orElseThrow();
      ChapProof proof = ChapProof.of(new Credential("db", secret));
      LoginOptions login = LoginOptions.to(ready.path("target").asText()).with(proof);
      InitiatorSession.login(address, login).close();
      daemon.toHandle().destroy();
      daemon.waitFor();
      return Files.readAllLines(classes);
    } finally {
      daemon.destroyForcibly().waitFor();
    }
  }
}

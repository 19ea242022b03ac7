package org.untorn.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.AccessRule;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.LunSettings;
import org.untorn.daemon.config.Network;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.iscsi.auth.Authentication;
import org.untorn.iscsi.auth.Secret;
import org.untorn.iscsi.login.Access;
import org.untorn.iscsi.login.AccessControl.Initiator;

/** Secrets as they are read, and rules as they are applied. */
class AccessRulesTest {

  private static final String TARGET = "iqn.2026-11.org.example:t";

  private static final LunSettings LUN =
      new LunSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          LunSettings.Atomic.UNSAID);

  @TempDir private Path directory = Path.of("");

  private Path file(String mode, String text) throws IOException {
    Path file = directory.resolve("secrets");
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static Secret secret(String text) {
    return Secret.of(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Value<T>(T value) -> value;
      case Parsed.Wrong<T>(String why) -> throw new AssertionError(why);
    };
  }

  private static AccessRule rule(String initiator, String network, String user, String own) {
    return value(
        AccessRule.of(
            given(initiator),
            given(network).map(text -> value(Network.parse(text))),
            given(user),
            given(own),
            Optional.empty()));
  }

  private static Optional<String> given(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static AccessRules rules(String secrets, AccessRule... rules) throws IOException {
    TargetConfig target = value(TargetConfig.of(TARGET, List.of(LUN), List.of(rules)));
    DaemonConfig config =
        value(
            DaemonConfig.of(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                AccessConfig.OPEN,
                List.of(target)));
    return AccessRules.of(config, Secrets.load(Optional.empty(), Optional.of(secrets)));
  }

  @Test
  void a_file_of_secrets_has_names_blanks_and_secrets() throws IOException {
    Path file =
        file(
            "rw-------", "# ours\n\ndb  correct horse battery\nbin hex:000102030405060708090a0b\n");
    Secrets secrets = Secrets.load(Optional.of(file), Optional.of("env from-the-environment"));
    assertThat(secrets.of("db")).contains(secret("correct horse battery"));
    assertThat(secrets.of("bin"))
        .contains(Secret.of(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).orElseThrow());
    assertThat(secrets.of("env")).contains(secret("from-the-environment"));
    assertThat(secrets.of("ours")).isEmpty();
    assertThat(secrets.toString()).doesNotContain("horse", "db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------", "rw-rw-rw-"})
  void a_file_that_others_may_use_is_not_read(String mode) throws IOException {
    Path file = file(mode, "db correct-horse-battery\n");
    assertThatThrownBy(() -> Secrets.load(Optional.of(file), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(mode)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageNotContaining("horse");
  }

  @Test
  void a_file_that_is_not_there_is_missed() {
    assertThatThrownBy(() -> Secrets.load(Optional.of(directory.resolve("none")), Optional.empty()))
        .hasMessageContaining("there is no file of secrets");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "correct-horse-battery | UNTORN_SECRETS:1: a line is a name",
        "db correct-hor | UNTORN_SECRETS:1: a secret has 12 to 255 bytes, this one has 11",
        "db hex:correct-horse | UNTORN_SECRETS:1: hexadecimal digits",
        "db correct-horse-1;db correct-horse-2 | UNTORN_SECRETS:2: this name has a secret",
      })
  void what_is_wrong_is_said_without_a_word_of_it(String text, String message) {
    String lines = text.replace(';', '\n');
    assertThatThrownBy(() -> Secrets.load(Optional.empty(), Optional.of(lines)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("correct")
        .hasMessageNotContaining("hor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "iqn.a:db1 | 10.1.2.3 | db",
        "IQN.A:DB1 | 10.1.2.3 | db",
        "iqn.a:web | 10.1.2.3 | web",
        "iqn.a:web | fd00::1 | web",
        "iqn.a:db1 | 10.2.0.0 | denied",
        "iqn.axdb1 | 10.1.2.3 | denied",
        "iqn.b:x | 192.0.2.7 | none",
        "iqn.b:x | 192.0.2.8 | denied",
        "iqn.b:x | '' | denied",
        "iqn.a:web | '' | web",
      })
  void the_first_rule_that_fits_holds(String name, String address, String expected)
      throws IOException {
    AccessRules rules =
        rules(
            "db correct-horse-battery\nweb another-good-secret",
            rule("iqn.a:db?", "10.1.0.0/16", "db", ""),
            rule("iqn.a:w*", "", "web", ""),
            rule("*", "192.0.2.7", "", ""));
    Initiator who = new Initiator(name, given(address).map(InetAddress::ofLiteral));
    String access =
        switch (rules.toTarget(TARGET, who)) {
          case Access.Denied _ -> "denied";
          case Access.Granted(Authentication.None _, _) -> "none";
          case Access.Granted(Authentication.Chap chap, _) ->
              chap.users().keySet().iterator().next();
        };
    assertThat(access).isEqualTo(expected);
    assertThat(rules.toDiscovery(who)).isEqualTo(Access.OPEN);
    assertThat(rules.unguarded()).containsExactly(TARGET);
  }

  @Test
  void a_user_needs_a_secret_and_another_than_the_target() throws IOException {
    assertThatThrownBy(() -> rules("", rule("", "", "db", "")))
        .hasMessageContaining("'db' of " + TARGET + " has no secret; add a line 'db SECRET'");
    String one = "db correct-horse-battery\ndisk correct-horse-battery";
    assertThatThrownBy(() -> rules(one, rule("", "", "db", "disk")))
        .hasMessageContaining("'db' and 'disk'")
        .hasMessageNotContaining("horse");
    assertThat(rules(one, rule("iqn.a", "", "db", ""), rule("", "", "disk", "")).shared())
        .containsExactly("'db' and 'disk'");
    assertThat(rules(one, rule("", "", "db", "")).unguarded()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ::1, true",
    "fd00:1::/32, fd00:1:2::3, true",
    "fd00:1::/32, fd00:2::3, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7/32, 192.0.2.6, false",
  })
  void a_network_holds_the_addresses_that_begin_as_it_does(
      String network, String address, boolean expected) {
    assertThat(value(Network.parse(network)).contains(InetAddress.ofLiteral(address)))
        .isEqualTo(expected);
    assertThat(Network.parse(value(Network.parse(network)).toString()))
        .isEqualTo(Network.parse(network));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.1/8",
        "10.0.0.0/8/8",
        "",
        "::/129",
        "fd00::1/8"
      })
  void anything_else_is_no_network(String text) {
    assertThat(Network.parse(text)).isInstanceOf(Parsed.Wrong.class);
  }
}

package org.untorn.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.AccessRule;
import org.untorn.daemon.config.LimitsConfig;
import org.untorn.daemon.config.Parsed;
import picocli.CommandLine.Option;

/** The options that say who may log in to the one disk. Secrets are never given as options. */
final class AccessFlags {

  @Option(
      names = "--secrets",
      paramLabel = "FILE",
      order = 40,
      description =
          "The secrets of CHAP: lines of NAME SECRET in a file of mode 0600. More of them may be in"
              + " the environment variable UNTORN_SECRETS.")
  private Optional<Path> secrets = Optional.empty();

  @Option(
      names = "--chap-user",
      paramLabel = "NAME",
      order = 41,
      description = "Whoever logs in proves by CHAP that it is this user. Default: nobody need.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--chap-target-user",
      paramLabel = "NAME",
      order = 42,
      description = "The target proves that it is this one, if it is asked to (mutual CHAP).")
  private Optional<String> targetUser = Optional.empty();

  @Option(
      names = "--discovery-user",
      paramLabel = "NAME",
      order = 43,
      description = "Whoever discovers targets proves by CHAP that it is this user.")
  private Optional<String> discoveryUser = Optional.empty();

  @Option(
      names = "--control-token",
      paramLabel = "FILE",
      order = 44,
      description =
          "A file of mode 0600 with a token: whoever asks the control API sends it (Authorization:"
              + " Bearer), from any host. Or set UNTORN_CONTROL_TOKEN. Needed if --control is not on"
              + " loopback.")
  private Optional<Path> controlToken = Optional.empty();

  /** The rules of the one target. */
  Parsed<List<AccessRule>> ofTarget() {
    return rules(user, targetUser)
        .then(rules -> rules(discoveryUser, Optional.empty()).then(_ -> Parsed.value(rules)));
  }

  private static Parsed<List<AccessRule>> rules(Optional<String> user, Optional<String> target) {
    if (user.isEmpty() && target.isEmpty()) {
      return Parsed.value(List.of());
    }
    return name(user)
        .then(
            checked ->
                name(target)
                    .then(
                        own ->
                            AccessRule.of(
                                    Optional.empty(),
                                    Optional.empty(),
                                    checked,
                                    own,
                                    Optional.empty())
                                .then(rule -> Parsed.value(List.of(rule)))));
  }

  private static Parsed<Optional<String>> name(Optional<String> given) {
    return given
        .map(text -> AccessRule.userName(text).then(name -> Parsed.value(Optional.of(name))))
        .orElse(Parsed.value(Optional.empty()));
  }

  /** The rest, which {@link #ofTarget} has checked, too. */
  AccessConfig ofNode() {
    List<AccessRule> discovery =
        discoveryUser.map(name -> List.of(AccessRule.ofUser(name))).orElse(List.of());
    return new AccessConfig(secrets, List.of(), discovery, LimitsConfig.DEFAULT, controlToken);
  }

  /** What a file says, but for the secrets, which may be elsewhere. */
  AccessConfig over(AccessConfig contents) {
    return new AccessConfig(
        secrets.or(contents::secrets),
        contents.algorithms(),
        contents.discovery(),
        contents.limits(),
        controlToken.or(contents::controlToken));
  }

  /** The names of the options given that a file says instead. */
  List<String> given() {
    List<String> given = new ArrayList<>();
    user.ifPresent(_ -> given.add("--chap-user"));
    targetUser.ifPresent(_ -> given.add("--chap-target-user"));
    discoveryUser.ifPresent(_ -> given.add("--discovery-user"));
    return given;
  }
}

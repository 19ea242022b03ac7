package org.untorn.daemon.access;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.untorn.daemon.config.AccessRule;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.iscsi.auth.Authentication;
import org.untorn.iscsi.auth.ChapAlgorithm;
import org.untorn.iscsi.auth.Credential;
import org.untorn.iscsi.auth.Secret;
import org.untorn.iscsi.login.Access;
import org.untorn.iscsi.login.AccessControl;

/** Who may log in where: the configured rules, each with the secrets of its users. Immutable. */
public final class AccessRules implements AccessControl {

  /** A rule and what it demands. */
  private record Door(AccessRule rule, Authentication proof) {}

  private final Map<String, List<Door>> targets = new TreeMap<>();
  private final List<Door> discovery;
  private final Set<ChapAlgorithm> algorithms;
  private final Secrets secrets;
  private final Map<String, Secret> used = new TreeMap<>();

  private AccessRules(DaemonConfig config, Secrets secrets) throws IOException {
    this.secrets = secrets;
    this.algorithms = EnumSet.noneOf(ChapAlgorithm.class);
    config.access().algorithms().stream()
        .flatMap(name -> ChapAlgorithm.named(name).stream())
        .forEach(algorithms::add);
    if (algorithms.isEmpty()) {
      algorithms.addAll(EnumSet.allOf(ChapAlgorithm.class));
    }
    this.discovery = doors("discovery", config.access().discovery());
    for (TargetConfig target : config.targets()) {
      targets.put(target.name(), doors(target.name(), target.access()));
    }
  }

  /**
   * The rules of a configuration.
   *
   * @throws IOException that says in one line which secret is missing or cannot be
   */
  public static AccessRules of(DaemonConfig config, Secrets secrets) throws IOException {
    return new AccessRules(config, secrets);
  }

  private List<Door> doors(String where, List<AccessRule> rules) throws IOException {
    List<Door> doors = new ArrayList<>();
    for (AccessRule rule : rules) {
      doors.add(new Door(rule, proof(where, rule)));
    }
    return List.copyOf(doors);
  }

  private Authentication proof(String where, AccessRule rule) throws IOException {
    if (rule.user().isEmpty()) {
      return new Authentication.None();
    }
    Credential user = credential(where, rule.user().get());
    Optional<Credential> target = Optional.empty();
    if (rule.targetUser().isPresent()) {
      target = Optional.of(credential(where, rule.targetUser().get()));
      if (target.get().secret().equals(user.secret())) {
        throw new IOException(
            "'%s' and '%s' of %s have one secret: who proves itself with it could be shown its own"
                    .formatted(user.name(), target.get().name(), where)
                + " answers; give one of them another");
      }
    }
    return new Authentication.Chap(Map.of(user.name(), user.secret()), target, algorithms);
  }

  private Credential credential(String where, String name) throws IOException {
    Secret secret =
        secrets
            .of(name)
            .orElseThrow(
                () ->
                    new IOException(
                        "'%s' of %s has no secret; add a line '%s SECRET' to the file of --secrets"
                                .formatted(name, where, name)
                            + " or to "
                            + Secrets.VARIABLE));
    used.put(name, secret);
    return new Credential(name, secret);
  }

  @Override
  public Access toTarget(String targetName, Initiator initiator) {
    return open(targets.getOrDefault(targetName, List.of()), initiator);
  }

  @Override
  public Access toDiscovery(Initiator initiator) {
    return open(discovery, initiator);
  }

  private static Access open(List<Door> doors, Initiator initiator) {
    if (doors.isEmpty()) {
      return Access.OPEN;
    }
    return doors.stream()
        .filter(door -> door.rule().fits(initiator.name(), initiator.address()))
        .findFirst()
        .<Access>map(door -> new Access.Granted(door.proof(), door.rule().luns()))
        .orElse(new Access.Denied());
  }

  /** The targets that let somebody in without a proof. */
  public List<String> unguarded() {
    return targets.entrySet().stream()
        .filter(
            target ->
                target.getValue().isEmpty()
                    || !target.getValue().stream().allMatch(AccessRules::isGuarded))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean isGuarded(Door door) {
    return door.proof() instanceof Authentication.Chap;
  }

  /**
   * Pairs of users with one secret, each of whom can pass for the other: RFC 7143 9.2.1 wants that
   * noticed.
   */
  public List<String> shared() {
    Map<Secret, String> first = new HashMap<>();
    List<String> pairs = new ArrayList<>();
    used.forEach(
        (name, secret) -> {
          String other = first.putIfAbsent(secret, name);
          if (other != null) {
            pairs.add("'" + other + "' and '" + name + "'");
          }
        });
    return pairs;
  }
}

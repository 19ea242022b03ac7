package org.untorn.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.untorn.daemon.config.YamlNode.Entry;
import org.untorn.daemon.config.YamlNode.Mapping;
import org.untorn.daemon.config.YamlNode.Place;
import org.untorn.daemon.config.YamlNode.Scalar;
import org.untorn.daemon.config.YamlNode.Sequence;

/**
 * The YAML configuration file:
 *
 * <pre>
 * listen: 127.0.0.1:3260                      or a list; HOST:PORT,TAG says the portal group
 * advertise: reached                          or none, or HOST:PORT
 * control: 127.0.0.1:0
 * controlToken: untorn.token                  a file; may be left out
 * dir: untorn-data                            or ram: true
 * capacity: 100GiB                            what all volumes may take together
 * threshold: 80%                              initiators are warned when so much is used, or none
 * secrets: untorn.secrets                     the rest of this part may be left out
 * chapAlgorithms: [SHA3-256, SHA-256]
 * discovery: [{user: scanner}]                rules like those of a target
 * limits: {connections: 1024, halfOpenLogins: 64, loginSeconds: 15, wrongLogins: 10,
 *          commands: 128, data: 256MiB, connectionData: 64MiB}
 * targets:
 *   - name: iqn.2026-11.org.untorn:disk0
 *     access:                                 may be left out, as may each key of a rule
 *       - initiator: iqn.2026-11.org.example:*
 *         network: 10.1.0.0/16
 *         user: db
 *         targetUser: disk0
 *         luns: [0, 1]                        or {0: 1}: LUN 1 is seen as LUN 0
 *     luns:
 *       - lun: 0                              all of these may be left out
 *         volume: disk0-lun0
 *         size: 1GiB
 *         blockSize: 512
 *         physicalBlockSize: 4096
 *         protection: 0                       1, 2 or 3: protection information (T10 DIF)
 *         profile: default
 *         removable: true                     initiators may eject and load it
 *         notReady: true                      for tests: it never is
 *         eraseRate: 8MiB                     a second, of FORMAT UNIT and SANITIZE
 *         atomic: {max: 8192, alignment: 8, granularity: 8, maxWithBoundary: 8192, boundaryMax: 128}
 * history: true                               remember what is asked of each disk
 * faults:                                     may be left out: a device that works
 *   seed: 1                                   what all chance is drawn from
 *   cache: 32MiB                              a volatile cache, so that the power can be cut
 *   tearPlainWrites: false
 *   defects: [fua-lies, tears-on-power-loss@disk0-lun0]
 *   rules: ['op=read lba=100+8 sense 03/11/00']     [] if all are added later
 * </pre>
 *
 * It is read strictly: a key that is not named here, or a value that cannot be, is a problem that
 * names the file, the line and the column. All problems are found, and reported in one go.
 *
 * <p>One instance reads one file, on one thread.
 */
public final class ConfigFile {

  /** What a file says of the daemon as a whole; flags may say otherwise. */
  public record Contents(
      List<PortalConfig.Settings> listen,
      Optional<Advertised> advertised,
      Optional<Endpoint> control,
      Optional<Storage> storage,
      Optional<Size> capacity,
      Optional<Threshold> threshold,
      AccessConfig access,
      List<TargetConfig> targets,
      FaultConfig faults,
      boolean history) {

    public Contents {
      listen = List.copyOf(listen);
      targets = List.copyOf(targets);
    }
  }

  private final String file;
  private final List<String> problems = new ArrayList<>();

  private ConfigFile(String file) {
    this.file = file;
  }

  /** Reads a file; problems are joined by line breaks. */
  public static Parsed<Contents> read(Path path) {
    try {
      return parse(path.toString(), Files.readString(path));
    } catch (NoSuchFileException _) {
      return Parsed.wrong("there is no file " + path);
    } catch (IOException problem) {
      return Parsed.wrong("cannot read " + path + ": " + problem.getMessage());
    }
  }

  /** Reads what a file holds. */
  static Parsed<Contents> parse(String file, String text) {
    return YamlDocument.read(file, text).then(root -> new ConfigFile(file).contents(root));
  }

  private Parsed<Contents> contents(YamlNode root) {
    Keys keys = new Keys(root);
    List<PortalConfig.Settings> listen =
        words(keys.oneOrMore("listen"), PortalConfig.Settings::parse);
    Optional<Advertised> advertised = keys.value("advertise", Advertised::parse);
    Optional<Endpoint> control = keys.value("control", Endpoint::parse);
    Optional<Storage> dir = keys.value("dir", Storage::directory);
    Optional<Boolean> ram = keys.value("ram", ConfigFile::yesOrNo);
    if (dir.isPresent() && ram.orElse(false)) {
      problem(root.place(), "give 'dir' or 'ram: true', not both");
    }
    Optional<Storage> storage = ram.orElse(false) ? Optional.of(new Storage.Memory()) : dir;
    Optional<Size> capacity = keys.value("capacity", Size::parse);
    Optional<Threshold> threshold = keys.value("threshold", Threshold::parse);
    AccessConfig access =
        new AccessConfig(
            keys.value("secrets", AccessConfig::file),
            words(keys.list("chapAlgorithms"), AccessConfig::algorithm),
            rules(keys.list("discovery")),
            keys.node("limits").map(this::limits).orElse(LimitsConfig.DEFAULT),
            keys.value("controlToken", AccessConfig::file));
    List<TargetConfig> targets = new ArrayList<>();
    for (YamlNode target : keys.list("targets")) {
      target(target).ifPresent(targets::add);
    }
    FaultConfig faults = keys.node("faults").map(this::faults).orElse(FaultConfig.NONE);
    boolean history = keys.value("history", ConfigFile::yesOrNo).orElse(false);
    keys.nothingElse();
    return problems.isEmpty()
        ? Parsed.value(
            new Contents(
                listen,
                advertised,
                control,
                storage,
                capacity,
                threshold,
                access,
                targets,
                faults,
                history))
        : Parsed.wrong(String.join("\n", problems));
  }

  private FaultConfig faults(YamlNode node) {
    Keys keys = new Keys(node);
    FaultConfig faults =
        new FaultConfig(
            keys.value("seed", ConfigFile::seed).orElse(1L),
            keys.value("cache", Size::parse),
            keys.value("tearPlainWrites", ConfigFile::yesOrNo).orElse(false),
            words(keys.list("defects"), Parsed::value),
            keys.node("rules").map(_ -> words(keys.list("rules"), Parsed::value)));
    keys.nothingElse();
    return faults;
  }

  private Optional<TargetConfig> target(YamlNode node) {
    int before = problems.size();
    Keys keys = new Keys(node);
    Optional<String> name = keys.value("name", Parsed::value);
    List<LunSettings> luns = keys.list("luns").stream().map(this::lun).toList();
    List<AccessRule> access = rules(keys.list("access"));
    keys.nothingElse();
    if (name.isEmpty()) {
      problem(node.place(), "a target needs a 'name'");
    }
    return problems.size() > before
        ? Optional.empty()
        : accept(node.place(), TargetConfig.of(name.orElseThrow(), luns, access));
  }

  private List<AccessRule> rules(List<YamlNode> nodes) {
    return nodes.stream().flatMap(node -> rule(node).stream()).toList();
  }

  private Optional<AccessRule> rule(YamlNode node) {
    Keys keys = new Keys(node);
    Parsed<AccessRule> rule =
        AccessRule.of(
            keys.value("initiator", Parsed::value),
            keys.value("network", Network::parse),
            keys.value("user", AccessRule::userName),
            keys.value("targetUser", AccessRule::userName),
            keys.node("luns").map(this::lunMap));
    keys.nothingElse();
    return accept(node.place(), rule);
  }

  private LimitsConfig limits(YamlNode node) {
    Keys keys = new Keys(node);
    LimitsConfig usual = LimitsConfig.DEFAULT;
    LimitsConfig limits =
        new LimitsConfig(
            keys.value("connections", LimitsConfig.between(1, 65_535)).orElse(usual.connections()),
            keys.value("halfOpenLogins", LimitsConfig.between(1, 65_535)).orElse(usual.halfOpen()),
            keys.value("loginSeconds", LimitsConfig.between(1, 3600)).orElse(usual.loginSeconds()),
            keys.value("wrongLogins", LimitsConfig.between(0, 1_000_000))
                .orElse(usual.wrongLogins()),
            keys.value("commands", LimitsConfig.between(1, 4096)).orElse(usual.commands()),
            keys.value("data", Size::parse).orElse(usual.data()),
            keys.value("connectionData", Size::parse).orElse(usual.connectionData()));
    keys.nothingElse();
    return limits;
  }

  /** A list of LUNs, or which LUN each is seen under. */
  private SortedMap<Integer, Integer> lunMap(YamlNode node) {
    SortedMap<Integer, Integer> luns = new TreeMap<>();
    switch (node) {
      case Mapping(Map<String, Entry> entries, Place _) ->
          entries.forEach(
              (seen, entry) ->
                  accept(entry.keyPlace(), LunSettings.lun(seen))
                      .ifPresent(
                          number ->
                              words(List.of(entry.value()), LunSettings::lun)
                                  .forEach(here -> luns.put(number, here))));
      case Sequence(List<YamlNode> items, Place _) ->
          words(items, LunSettings::lun).forEach(here -> luns.put(here, here));
      case Scalar(String text, Place place) ->
          problem(place, "'" + text + "' stands where a list of LUNs is expected");
    }
    return luns;
  }

  private <T> List<T> words(List<YamlNode> nodes, Function<String, Parsed<T>> parse) {
    List<T> words = new ArrayList<>();
    for (YamlNode node : nodes) {
      switch (node) {
        case Scalar(String text, Place place) ->
            accept(place, parse.apply(text)).ifPresent(words::add);
        case Mapping _, Sequence _ -> problem(node.place(), "one word is expected here");
      }
    }
    return words;
  }

  private LunSettings lun(YamlNode node) {
    Keys keys = new Keys(node);
    LunSettings settings =
        new LunSettings(
            keys.value("lun", ConfigFile::integer),
            keys.value("volume", Parsed::value),
            keys.value("size", Size::parse),
            keys.value("blockSize", ConfigFile::integer),
            keys.value("physicalBlockSize", ConfigFile::integer),
            keys.value("profile", Parsed::value),
            keys.node("atomic").map(this::atomic).orElse(LunSettings.Atomic.UNSAID),
            keys.value("protection", ConfigFile::integer),
            new MediumConfig(
                keys.value("removable", ConfigFile::yesOrNo).orElse(false),
                keys.value("notReady", ConfigFile::yesOrNo).orElse(false),
                keys.value("eraseRate", MediumConfig::rate)));
    keys.nothingElse();
    return settings;
  }

  private LunSettings.Atomic atomic(YamlNode node) {
    Keys keys = new Keys(node);
    LunSettings.Atomic atomic =
        new LunSettings.Atomic(
            keys.value("max", BlockCount::parse),
            keys.value("alignment", BlockCount::parse),
            keys.value("granularity", BlockCount::parse),
            keys.value("maxWithBoundary", BlockCount::parse),
            keys.value("boundaryMax", BlockCount::parse));
    keys.nothingElse();
    return atomic;
  }

  private static Parsed<Integer> integer(String text) {
    try {
      return Parsed.value(Integer.parseInt(text));
    } catch (NumberFormatException _) {
      return Parsed.wrong("'" + text + "' is no number");
    }
  }

  private static Parsed<Long> seed(String text) {
    try {
      return Parsed.value(Long.parseLong(text));
    } catch (NumberFormatException _) {
      return Parsed.wrong("'" + text + "' is no number");
    }
  }

  private static Parsed<Boolean> yesOrNo(String text) {
    return switch (text) {
      case "true" -> Parsed.value(true);
      case "false" -> Parsed.value(false);
      default -> Parsed.wrong("'" + text + "' is neither true nor false");
    };
  }

  private void problem(Place place, String what) {
    problems.add(YamlDocument.at(file, place) + what);
  }

  private <T> Optional<T> accept(Place place, Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Value<T>(T value) -> Optional.of(value);
      case Parsed.Wrong<T>(String why) -> {
        problem(place, why);
        yield Optional.empty();
      }
    };
  }

  /** The keys of one mapping, taken one by one; what is left at the end is unknown. */
  private final class Keys {

    private final List<String> asked = new ArrayList<>();
    private final Mapping mapping;

    Keys(YamlNode node) {
      this.mapping =
          switch (node) {
            case Mapping here -> here;
            case Scalar(String text, Place place) -> {
              problem(place, "'" + text + "' stands where keys and values are expected");
              yield new Mapping(Map.of(), place);
            }
            case Sequence(List<YamlNode> _, Place place) -> {
              problem(place, "a list stands where keys and values are expected");
              yield new Mapping(Map.of(), place);
            }
          };
    }

    Optional<YamlNode> node(String key) {
      asked.add(key);
      return Optional.ofNullable(mapping.entries().get(key)).map(Entry::value);
    }

    <T> Optional<T> value(String key, Function<String, Parsed<T>> parse) {
      return node(key)
          .flatMap(
              node ->
                  switch (node) {
                    case Scalar(String text, Place place) -> accept(place, parse.apply(text));
                    case Mapping _, Sequence _ -> {
                      problem(node.place(), "'" + key + "' takes one value");
                      yield Optional.<T>empty();
                    }
                  });
    }

    List<YamlNode> list(String key) {
      return node(key)
          .map(
              node ->
                  switch (node) {
                    case Sequence(List<YamlNode> items, Place _) -> items;
                    case Mapping _, Scalar _ -> {
                      problem(node.place(), "'" + key + "' takes a list");
                      yield List.<YamlNode>of();
                    }
                  })
          .orElse(List.of());
    }

    /** What a key has that takes one value or a list of them. */
    List<YamlNode> oneOrMore(String key) {
      return node(key)
          .map(
              node ->
                  node instanceof Sequence(List<YamlNode> items, Place _) ? items : List.of(node))
          .orElse(List.of());
    }

    void nothingElse() {
      mapping
          .entries()
          .forEach(
              (key, entry) -> {
                if (!asked.contains(key)) {
                  problem(
                      entry.keyPlace(),
                      "unknown key '%s'; there are %s".formatted(key, String.join(", ", asked)));
                }
              });
    }
  }
}

package org.untorn.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;

class ConfigFileTest {

  @Test
  void who_may_log_in_is_read_and_written_with_names_and_without_secrets() {
    String text =
        """
        listen: 127.0.0.1:3260
        advertise: reached
        control: 127.0.0.1:0
        ram: true
        threshold: none
        secrets: untorn.secrets
        chapAlgorithms:
          - SHA3-256
          - SHA-256
        discovery:
          - user: scanner
        limits:
          connections: 100
          halfOpenLogins: 10
          loginSeconds: 5
          wrongLogins: 0
          commands: 32
          data: 64MiB
          connectionData: 8MiB
        targets:
          - name: iqn.2026-11.org.example:a
            luns:
              - lun: 0
                volume: a-lun0
                size: 1GiB
                blockSize: 512
                physicalBlockSize: 4096
                atomic:
                  max: 8192
                  alignment: 8
                  granularity: 8
                  maxWithBoundary: 8192
                  boundaryMax: 128
            access:
              - initiator: iqn.2026-11.org.example:*
                network: 10.1.0.0/16
                user: db
                targetUser: disk0
                luns:
                  "5": 0
              - network: fd00:0:0:0:0:0:0:0/8
        """;
    Parsed<DaemonConfig> config =
        ConfigFile.parse("x.yaml", text)
            .then(
                read ->
                    DaemonConfig.of(
                            read.listen(),
                            read.advertised(),
                            read.control(),
                            read.storage(),
                            read.capacity(),
                            read.access(),
                            read.targets())
                        .then(whole -> Parsed.value(whole.with(read.threshold()))));
    assertThat(config).isInstanceOf(Parsed.Value.class);
    assertThat(ConfigText.of(((Parsed.Value<DaemonConfig>) config).value())).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chapAlgorithms: [MD4] | x.yaml:1:18: no algorithm is named 'MD4'",
        "discovery: [{user: a b}] | x.yaml:1:20: 'a b' is no CHAP name",
        "discovery: [{targetUser: a}] | x.yaml:1:13: a 'targetUser' needs a 'user'",
        "discovery: [{user: a, targetUser: a}] | x.yaml:1:13: 'user' and 'targetUser' must",
        "discovery: [{network: home}] | x.yaml:1:23: 'home' is no network",
        "limits: {connections: 0} | x.yaml:1:23: '0' is no number from 1 to 65535",
        "limits: {commands: many} | x.yaml:1:20: 'many' is no number from 1 to 4096",
        "limits: {speed: 1} | x.yaml:1:10: unknown key 'speed'",
        "discovery: [{luns: [x]}] | x.yaml:1:21: 'x' is no LUN",
        "discovery: [{luns: {0: 16384}}] | x.yaml:1:24: '16384' is no LUN",
        "discovery: [{luns: all}] | x.yaml:1:20: 'all' stands where a list of LUNs",
        "discovery: [{password: abc}] | x.yaml:1:14: unknown key 'password'",
      })
  void a_rule_that_cannot_be_is_named_with_its_place(String text, String expected) {
    Parsed<ConfigFile.Contents> read = ConfigFile.parse("x.yaml", text);
    assertThat(read).isInstanceOf(Parsed.Wrong.class);
    assertThat(((Parsed.Wrong<ConfigFile.Contents>) read).why()).startsWith(expected);
  }

  @Test
  void a_file_with_everything_is_read() {
    assertThat(
            read(
                """
                listen: ["[::1]:3260", "127.0.0.1:3260,7"]
                advertise: 192.0.2.1:3260
                control: 127.0.0.1:8080
                ram: true
                capacity: 2GiB
                threshold: 70%
                targets:
                  - name: iqn.2026-11.org.example:a
                    luns:
                      - lun: 3
                        volume: first
                        size: 10MiB
                        blockSize: 4096
                        protection: 2
                        profile: scsi_debug-6.16
                        atomic:
                          max: 64KiB
                          alignment: 1
                          granularity: 4KiB
                          maxWithBoundary: 8
                          boundaryMax: 4
                      - {size: 512, physicalBlockSize: 512}
                  - name: iqn.2026-11.org.example:b
                    luns: [{}]
                faults: {seed: 7, cache: 1MiB, tearPlainWrites: true,
                         defects: [fua-lies], rules: [lun=1 busy]}
                history: true
                """))
        .isEqualTo(
            Parsed.value(
                new ConfigFile.Contents(
                    List.of(
                        PortalConfig.Settings.at(new Endpoint("::1", 3260)),
                        new PortalConfig.Settings(
                            new Endpoint("127.0.0.1", 3260), OptionalInt.of(7))),
                    Optional.of(new Advertised.At(new Endpoint("192.0.2.1", 3260))),
                    Optional.of(new Endpoint("127.0.0.1", 8080)),
                    Optional.of(new Storage.Memory()),
                    Optional.of(new Size(2L << 30)),
                    Optional.of(new Threshold(70)),
                    AccessConfig.OPEN,
                    List.of(
                        new TargetConfig(
                            "iqn.2026-11.org.example:a",
                            List.of(
                                new LunConfig(
                                    3,
                                    "first",
                                    Optional.of(new Size(10 << 20)),
                                    4096,
                                    4096,
                                    new AtomicLimits(16, 1, 1, 8, 4),
                                    Optional.of(2),
                                    MediumConfig.FIXED),
                                new LunConfig(
                                    1,
                                    "a-lun1",
                                    Optional.of(new Size(512)),
                                    512,
                                    512,
                                    AtomicProfile.DEFAULT.limits()))),
                        new TargetConfig(
                            "iqn.2026-11.org.example:b",
                            List.of(
                                new LunConfig(
                                    0,
                                    "b-lun0",
                                    Optional.empty(),
                                    512,
                                    4096,
                                    AtomicProfile.DEFAULT.limits())))),
                    new FaultConfig(
                        7,
                        Optional.of(new Size(1 << 20)),
                        true,
                        List.of("fua-lies"),
                        Optional.of(List.of("lun=1 busy"))),
                    true)));
  }

  @Test
  void an_unknown_key_is_named_with_its_line_and_column_and_what_there_is() {
    isWrong(
        """
        listen: 127.0.0.1:0
        targets:
          - name: iqn.2026-11.org.example:a
            luns:
              - sise: 1GiB
        """,
        "untorn.yaml:5:9: unknown key 'sise'; there are lun, volume, size, blockSize,"
            + " physicalBlockSize, profile, atomic, protection, removable, notReady, eraseRate");
  }

  @Test
  void all_wrong_values_are_told_at_once_each_with_its_place() {
    isWrong(
        """
        listen: everywhere
        ram: maybe
        targets:
          - luns:
              - size: much
                blockSize: [512]
                atomic: 7
        port: 3260
        """,
        "untorn.yaml:1:9: 'everywhere' is no place to listen; write HOST:PORT, for example"
            + " 127.0.0.1:3260\n"
            + "untorn.yaml:2:6: 'maybe' is neither true nor false\n"
            + "untorn.yaml:5:15: 'much' is no size; write for example 512, 64KiB, 1GiB\n"
            + "untorn.yaml:6:20: 'blockSize' takes one value\n"
            + "untorn.yaml:7:17: '7' stands where keys and values are expected\n"
            + "untorn.yaml:4:5: a target needs a 'name'\n"
            + "untorn.yaml:8:1: unknown key 'port'; there are listen, advertise, control, dir, ram,"
            + " capacity, threshold, secrets, chapAlgorithms, discovery, limits, controlToken,"
            + " targets, faults, history");
  }

  @Test
  void a_target_that_cannot_be_is_told_at_its_place() {
    String target =
        """
        targets:
          - name: iqn.2026-11.org.example:a
            luns:
              - {%s}
              - {lun: 7}
        """;
    isWrong(
        target.formatted("lun: 7"),
        "untorn.yaml:2:5: target iqn.2026-11.org.example:a has two luns of number 7");
    isWrong(
        target.formatted("lun: 16384"), "untorn.yaml:2:5: LUN 16384 is not between 0 and 16383");
    isWrong(
        target.formatted("blockSize: 520"),
        "untorn.yaml:2:5: a block size of 520: 512 and 4096 are supported");
    isWrong(
        target.formatted("size: 1000"),
        "untorn.yaml:2:5: a size of 1000 is not a whole number of blocks of 512 bytes");
    isWrong(
        target.formatted("volume: a/b"),
        "untorn.yaml:2:5: 'a/b' is no volume name: up to 64 letters, digits, '.', '_' and '-', and"
            + " no '.' or '-' first");
    isWrong(
        target.formatted("protection: 4"),
        "untorn.yaml:2:5: protection information of type 4: 0 (none), 1, 2 and 3 are supported");
    isWrong(
        target.formatted("profile: fast"),
        "untorn.yaml:2:5: no profile is named 'fast'; there are default, scsi_debug-6.11,"
            + " scsi_debug-6.16, none");
    isWrong(
        target.formatted("atomic: {max: 8193}"),
        "untorn.yaml:2:5: MAXIMUM ATOMIC TRANSFER LENGTH (8193) must not be above MAXIMUM TRANSFER"
            + " LENGTH (8192); MAXIMUM ATOMIC TRANSFER LENGTH (8193) must be a multiple of ATOMIC"
            + " TRANSFER LENGTH GRANULARITY (8)");
    isWrong(
        target.formatted("atomic: {max: 4294967296}"),
        "untorn.yaml:2:5: an atomic limit has 32 bits: at most 4294967295 blocks");
  }

  @Test
  void what_is_no_iscsi_name_is_refused() {
    for (String name : List.of("disk0", "iqn.2026-13.org.x:a", "iqn.2026-11.org.x:A", "eui.12")) {
      isWrong(
          "targets: [{name: '%s', luns: [{}]}]".formatted(name),
          "untorn.yaml:1:11: '"
              + name
              + "' is no iSCSI name; write for example iqn.2026-11.org.example:disk0, in lower"
              + " case");
    }
    assertThat(read("targets: [{name: naa.3123456789abcdef, luns: [{}]}]"))
        .isInstanceOf(Parsed.Value.class);
  }

  @Test
  void yaml_that_means_two_things_is_refused() {
    isWrong("ram: true\nram: true\n", "untorn.yaml:2:1: 'ram' is given twice");
    isWrong("ram: true\n---\nram: true\n", "untorn.yaml:3:1: a second document");
    isWrong("listen: &x 127.0.0.1:1\ncontrol: *x\n", "untorn.yaml:2:10: aliases are not supported");
    isWrong("ram: true\ndir: x\n", "untorn.yaml:1:1: give 'dir' or 'ram: true', not both");
    isWrong("- a\n", "untorn.yaml:1:1: a list stands where keys and values are expected");
  }

  @Test
  void what_is_no_yaml_is_told_with_its_place() {
    isWrong(
        "targets: [\n",
        "untorn.yaml:1:11: while parsing a flow node, expected the node content, but found '<stream"
            + " end>'");
  }

  @Test
  void an_empty_file_says_nothing() {
    assertThat(read(""))
        .isEqualTo(
            Parsed.value(
                new ConfigFile.Contents(
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    AccessConfig.OPEN,
                    List.of(),
                    FaultConfig.NONE,
                    false)));
  }

  @Test
  void a_threshold_is_a_percentage_or_none() {
    assertThat(Threshold.parse("99%")).isEqualTo(Parsed.value(new Threshold(99)));
    assertThat(Threshold.parse("none")).isEqualTo(Parsed.value(new Threshold(100)));
    for (String wrong : List.of("0%", "100%", "80", "a%", "")) {
      assertThat(Threshold.parse(wrong))
          .isEqualTo(Parsed.wrong("'" + wrong + "' is no threshold; write 1% to 99%, or none"));
    }
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    assertThat(ConfigFile.read(Path.of("no-such.yaml")))
        .isEqualTo(Parsed.wrong("there is no file no-such.yaml"));
  }

  private static Parsed<ConfigFile.Contents> read(String text) {
    return ConfigFile.parse("untorn.yaml", text);
  }

  private static void isWrong(String text, String why) {
    assertThat(read(text)).isEqualTo(Parsed.wrong(why));
  }

  @Test
  void a_target_name_has_one_spelling() {
    assertThat(read("targets: [{name: naa.3123456789ABCDEF, luns: [{}]}]"))
        .isInstanceOf(Parsed.Value.class)
        .isEqualTo(read("targets: [{name: naa.3123456789abcdef, luns: [{}]}]"));
  }
}

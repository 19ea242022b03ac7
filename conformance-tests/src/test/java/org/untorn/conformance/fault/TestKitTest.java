package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.untorn.testkit.UntornAssertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.testkit.Fault;
import org.untorn.testkit.IscsiUrl;
import org.untorn.testkit.Power;
import org.untorn.testkit.Ready;
import org.untorn.testkit.Untorn;
import org.untorn.testkit.UntornException;
import org.untorn.testkit.UntornExtension;

/** The extension, as a user has it: what it gives, what it puts back, what it says of a failure. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TestKitTest {

  private static final int WRITES = 24;

  @RegisterExtension
  static final UntornExtension untorn =
      UntornExtension.breakableAs(
              """
              targets:
                - name: iqn.2026-11.org.untorn:kit
                  luns: [{size: 1MiB, volume: sound}, {size: 1MiB, volume: tearing}]
              faults: {defects: [tears-on-power-loss@tearing]}
              """)
          .seeded(7);

  private static byte[] blocks(int blocks, int tag) {
    byte[] data = new byte[blocks * DiskSession.BLOCK];
    Arrays.fill(data, (byte) tag);
    return data;
  }

  private static DiskSession login(Untorn disk) {
    return DiskSession.login(disk.ready(), "kit").ready(0).ready(1);
  }

  /** Writes what may be torn, and cuts the power. */
  private static Power.Cut cut(Untorn disk, boolean atomic, int lun) {
    try (DiskSession session = login(disk)) {
      for (int i = 0; i < WRITES; i++) {
        byte[] data = blocks(16, i + 1);
        if (atomic) {
          session.writeAtomic(lun, 16L * i, data, 0, false);
        } else {
          session.write(lun, 16L * i, data, false);
        }
      }
    }
    disk.power().cycle();
    return disk.power().cuts().getLast();
  }

  @Test
  @Order(1)
  void a_test_is_given_the_urls_of_units_and_where_the_target_listens(
      @IscsiUrl String first, @IscsiUrl(lun = 1) URI second, Ready ready, Untorn disk) {
    assertThat(first).isEqualTo(ready.url()).startsWith("iscsi://127.0.0.1:").endsWith(":kit/0");
    assertThat(second).hasScheme("iscsi").hasPath("/iqn.2026-11.org.untorn:kit/1");
    assertThat(disk.ready()).isEqualTo(ready);
  }

  @Test
  @Order(2)
  void torn_writes_broken_promises_and_their_cause_are_asserted() {
    Untorn disk = untorn.untorn();
    cut(disk, true, 0);
    assertThat(untorn).hasKeptItsPromises().hasNoTornWrite();
    cut(disk, false, 0);
    assertThat(untorn).hasTornWrite().hasNoTornAtomicWrite().hasKeptItsPromises();
    assertThatThrownBy(() -> assertThat(untorn).hasNoTornWrite())
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("1 of 2 power cuts tore writes");

    cut(disk, true, 1);
    assertThat(untorn).isSuspectedOf("tears-on-power-loss");
    assertThatThrownBy(() -> assertThat(untorn).hasNoTornAtomicWrite())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Atomic writes were torn:");
    assertThatThrownBy(() -> assertThat(untorn).hasKeptItsPromises())
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> assertThat(untorn).isSuspectedOf("flush-lies"))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  @Order(3)
  void history_counters_and_cuts_begin_with_the_test(Untorn disk) {
    assertThatThrownBy(() -> assertThat(disk).hasNoTornWrite())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("Nothing is shown: no write of several blocks was at risk in 0");
    assertThatThrownBy(() -> assertThat(disk).hasKeptItsPromises())
        .isInstanceOf(AssertionError.class)
        .hasMessage("Nothing is shown: the power was never cut");
    assertThatThrownBy(() -> assertThat(disk).hasTornWrite())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("None of 0 power cuts");
    cut(disk, true, 0);
    assertThat(disk).lun(0).hasReceivedAtomicWritesOnly().hasReceivedAtomicWrites(WRITES);
    assertThat(disk).lun(0).hasReceived("WRITE ATOMIC(16)", WRITES).hasReceived("TEST UNIT READY");
    assertThatThrownBy(() -> assertThat(disk).lun(0).hasReceived("WRITE(16)"))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("Lun 0 never received WRITE(16)");
    assertThat(disk.lun(1).atomicWrites().commands()).isZero();
    assertThat(disk.lun(0).count("WRITE ATOMIC(16)").blocks()).isEqualTo(16L * WRITES);
  }

  @Test
  @Order(4)
  void a_test_may_leave_rules_limits_and_darkness_behind(Untorn disk) {
    long rule = disk.faults().add(Fault.on("read").busy());
    try (DiskSession session = login(disk)) {
      assertThat(session.read(0, 0, 1).status()).isEqualTo(0x08);
      assertThat(disk.faults().fired(rule)).isEqualTo(1);
      disk.limits(0).set(Map.of("atomicMax", "8KiB", "atomicMaxWithBoundary", "8KiB"));
      session.ready(0);
      assertThat(session.writeAtomic(0, 0, blocks(32, 1), 0, false).senseCode())
          .isEqualTo("05/24/00");
    }
    disk.power().cutAt("write 1", Duration.ofHours(1));
    try (DiskSession session = login(disk)) {
      assertThatThrownBy(() -> session.write(0, 0, blocks(8, 1), false))
          .isInstanceOf(InitiatorException.class);
    }
    assertThat(disk.power().isOn()).isFalse();
  }

  @Test
  @Order(5)
  void and_the_next_one_finds_none_of_them(Untorn disk) {
    assertThat(disk.power().isOn()).isTrue();
    assertThat(disk.limits(0).all()).containsEntry("atomicMax", 8192L);
    try (DiskSession session = login(disk)) {
      assertThat(session.read(0, 0, 1).isGood()).isTrue();
      assertThat(session.writeAtomic(0, 0, blocks(32, 1), 0, false).isGood()).isTrue();
    }
  }

  @Test
  @Order(6)
  void a_snapshot_brings_back_what_a_unit_held(Untorn disk) {
    try (DiskSession session = login(disk)) {
      session.write(0, 0, blocks(1, 1), false);
      disk.snapshots().take(disk.lun(0), "before");
      session.write(0, 0, blocks(1, 2), false);
      disk.snapshots().restore(disk.lun(0), "before");
      assertThat(session.ready(0).read(0, 0, 1).dataIn()).containsOnly(1);
    }
  }

  @Test
  @Order(7)
  void what_the_target_refuses_is_said_in_its_words(Untorn disk) {
    assertThatThrownBy(() -> disk.faults().add(Fault.on("read").does("explode")))
        .isInstanceOf(UntornException.class)
        .hasMessageStartingWith("POST /faults: ");
    assertThatThrownBy(() -> disk.power().cutAt("tomorrow"))
        .isInstanceOf(UntornException.class)
        .hasMessageContaining("'tomorrow' is no moment");
  }

  @Nested
  class Within {
    @Test
    void a_nested_class_has_the_target_of_the_one_around_it(Ready ready) {
      assertThat(ready).isEqualTo(untorn.ready());
    }
  }

  @Test
  @Order(9)
  void which_lives_on_behind_it_and_no_snapshot_of_another_test_is_left(Untorn disk) {
    disk.snapshots().take(disk.lun(0), "before");
    assertThat(disk.power().isOn()).isTrue();
  }

  /** Not a test of this module: one that fails, with what it saw of chance. */
  static final class Failing {

    static final List<String> SEEN = new ArrayList<>();

    @RegisterExtension
    final UntornExtension disk = UntornExtension.breakable("--size", "1MiB").seeded(42);

    @Test
    void fails(Untorn untorn) {
      Random random = untorn.random();
      SEEN.add(random.nextInt() + " " + withoutNumber(cut(untorn)));
      throw new AssertionError("on purpose");
    }

    private static Power.Cut cut(Untorn untorn) {
      try (DiskSession session = DiskSession.login(untorn.ready(), "failing").ready(0)) {
        for (int i = 0; i < WRITES; i++) {
          session.write(0, 16L * i, blocks(16, i + 1), false);
        }
      }
      untorn.power().cycle();
      return untorn.power().cuts().getLast();
    }

    private static String withoutNumber(Power.Cut cut) {
      return cut.survived() + " " + cut.vanished() + " " + cut.torn();
    }
  }

  @Test
  @Order(8)
  void a_failing_test_says_how_to_do_the_same_again_and_it_is_the_same() throws Exception {
    Throwable failure = fail();
    fail();

    assertThat(Failing.SEEN).hasSize(2).containsOnly(Failing.SEEN.getFirst());
    List<String> notes = Arrays.stream(failure.getSuppressed()).map(Throwable::getMessage).toList();
    assertThat(failure).hasMessage("on purpose");
    assertThat(notes).anyMatch(note -> note.startsWith("the target printed:"));
    String note =
        notes.stream().filter(one -> one.startsWith("the same again: ")).findFirst().orElseThrow();
    assertThat(note.lines().toList().getFirst())
        .isEqualTo("the same again: mvn test -Dtest='TestKitTest$Failing#fails' -Duntorn.seed=42");
    Path history = Path.of(note.substring(note.indexOf("untorn verdict ") + 15));
    assertThat(Files.readString(history)).contains("\"recordings\"");
  }

  private static Throwable fail() {
    List<Throwable> failures = new ArrayList<>();
    LauncherConfig alone =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    LauncherFactory.create(alone)
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Failing.class)).build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(failures::add);
              }
            });
    assertThat(failures).hasSize(1);
    return failures.getFirst();
  }
}

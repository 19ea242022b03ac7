package org.untorn.conformance.libiscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.conformance.libiscsi.CuResult.Verdict;

/** The judge is judged: on what the tool printed about a target that fails and skips. */
class CuOutputTest {

  private static final String OUTPUT =
      """
          Send MODESENSE6 (Expecting SUCCESS)\s
          [SKIPPED] PERSISTENT RESERVE IN is not implemented.


           CUnit - A unit testing framework for C - Version 2.1-3

      Suite: Unmap
        Test: Simple ...
          Test basic UNMAP
          [SKIPPED] Logical unit is fully provisioned. Skipping test
      passed
        Test: VPD ...
          Check if UNMAP is available.
          [SUCCESS] LBPU is clear.
      passed    Send PRIN/READ_KEYS
          [SKIPPED] PERSISTENT RESERVE IN is not implemented.

      Suite: iSCSITMF
        Test: AbortTaskSimpleAsync ...    WRITE10 queued: (CmdSN=0x1, ITT=0x2)
          dispatching out queue...
      passed
        Test: LUNResetSimpleAsync ...passed
      Suite: iSCSIdatasn
        Test: iSCSIDataSnInvalid ...
          Send two Data-Out PDU's with DataSN==0. Should fail.
      FAILED
          1. test_iscsi_datasn_invalid.c:98  - CU_ASSERT_NOT_EQUAL(ret,0)
          2. test_iscsi_datasn_invalid.c:116  - CU_ASSERT_NOT_EQUAL(ret,0)    Send PRIN/READ_KEYS

      Run Summary:    Type  Total    Ran Passed Failed Inactive
                    suites      3      3    n/a      0        0
                     tests      5      5      4      1        0
                   asserts      8      8      6      2      n/a
      """;

  private final List<CuResult> results = CuOutput.parse(OUTPUT);

  @Test
  void every_test_is_found_under_its_family() {
    assertThat(results.stream().map(CuResult::name))
        .containsExactly(
            "Unmap.Simple",
            "Unmap.VPD",
            "iSCSITMF.AbortTaskSimpleAsync",
            "iSCSITMF.LUNResetSimpleAsync",
            "iSCSIdatasn.iSCSIDataSnInvalid");
  }

  @Test
  void a_failure_fails_and_is_quoted() {
    CuResult failed = results.get(4);

    assertThat(failed.verdict()).isEqualTo(Verdict.FAILED);
    assertThatThrownBy(() -> LibiscsiSuite.judge(failed, AllowedSkips.DISK))
        .hasMessageContaining("test_iscsi_datasn_invalid.c:116")
        .hasMessageContaining("Should fail.");
  }

  @Test
  void a_skip_that_the_tool_calls_passed_fails() {
    assertThat(results.get(0).verdict()).isEqualTo(Verdict.PASSED);
    assertThatThrownBy(() -> LibiscsiSuite.judge(results.get(0), AllowedSkips.DISK))
        .hasMessageContaining("fully provisioned");
  }

  @Test
  void what_is_said_outside_a_test_is_not_its_skip() {
    assertThat(results.get(1).skips()).isEmpty();
    assertThatCode(() -> LibiscsiSuite.judge(results.get(1), AllowedSkips.DISK))
        .doesNotThrowAnyException();
  }

  @Test
  void a_test_that_leaves_without_a_word_has_skipped_itself() {
    assertThat(results.get(2).skips()).isEmpty();
    assertThat(results.get(3).skips()).containsExactly("left without a word");
  }

  @Test
  void an_allowed_skip_passes_and_is_struck_off_when_it_is_needed_no_more() {
    assertThatCode(() -> LibiscsiSuite.judge(results.get(3), AllowedSkips.DISK))
        .doesNotThrowAnyException();
    CuResult ran =
        new CuResult(
            "iSCSITMF.LUNResetSimpleAsync",
            Verdict.PASSED,
            List.of("LU RESET completed"),
            List.of());
    assertThatThrownBy(() -> LibiscsiSuite.judge(ran, AllowedSkips.DISK))
        .hasMessageContaining("strike it off");
  }

  @Test
  void a_failure_that_is_the_tools_own_passes_and_one_beside_it_does_not() {
    String own = "[FAILED] CDB[0] Usage Data was 0x00, expected 0x7f for opcode 0x7f";
    String assertion = "x.c:126 - CU_ASSERT_EQUAL(rsoc_one->cdb_usage_data[0],...)";
    String name = "ReportSupportedOpcodes.OneCommand";
    CuResult known = new CuResult(name, Verdict.FAILED, List.of(own), List.of(assertion));
    CuResult worse =
        new CuResult(
            name, Verdict.FAILED, List.of(own, own.replace("7f", "88")), List.of(assertion));

    assertThatCode(() -> LibiscsiSuite.judge(known, AllowedSkips.DISK)).doesNotThrowAnyException();
    assertThatThrownBy(() -> LibiscsiSuite.judge(worse, AllowedSkips.DISK))
        .hasMessageContaining("failed");
  }

  @Test
  void an_output_that_ends_early_is_no_result() {
    String early = OUTPUT.substring(0, OUTPUT.indexOf("Run Summary"));

    assertThatThrownBy(() -> CuOutput.parse(early)).hasMessageContaining("does not agree");
  }
}

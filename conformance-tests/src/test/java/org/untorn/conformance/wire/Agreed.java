package org.untorn.conformance.wire;

import java.util.Map;
import java.util.Objects;

/** What an initiator and a target agreed on, by the standard's result functions (RFC 7143 13). */
record Agreed(
    boolean initialR2T,
    boolean immediateData,
    int firstBurstLength,
    int maxBurstLength,
    int targetMaxRecvDataSegmentLength,
    int maxOutstandingR2T,
    boolean headerDigest,
    boolean dataDigest) {

  /** Reads the target's answers; it has to answer every key that was offered. */
  static Agreed of(Map<String, String> answers) {
    return new Agreed(
        yes(answers, "InitialR2T"),
        yes(answers, "ImmediateData"),
        number(answers, "FirstBurstLength"),
        number(answers, "MaxBurstLength"),
        number(answers, "MaxRecvDataSegmentLength"),
        number(answers, "MaxOutstandingR2T"),
        answer(answers, "HeaderDigest").equals("CRC32C"),
        answer(answers, "DataDigest").equals("CRC32C"));
  }

  private static boolean yes(Map<String, String> answers, String key) {
    return switch (answer(answers, key)) {
      case "Yes" -> true;
      case "No" -> false;
      case String other -> throw new AssertionError(key + "=" + other);
    };
  }

  /** A length or count; 0 for one that cannot matter, as FirstBurstLength without a first burst. */
  private static int number(Map<String, String> answers, String key) {
    String answer = answer(answers, key);
    return answer.equals("Irrelevant") ? 0 : Integer.parseInt(answer);
  }

  private static String answer(Map<String, String> answers, String key) {
    return Objects.requireNonNull(answers.get(key), () -> "no answer to " + key + ": " + answers);
  }
}

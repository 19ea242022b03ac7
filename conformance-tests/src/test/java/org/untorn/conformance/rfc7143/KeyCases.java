package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.Login.INITIATOR;
import static org.untorn.conformance.rfc7143.Login.OPERATIONAL;
import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.util.ArrayList;
import java.util.List;

/**
 * Every negotiated key of RFC 7143, clause 13: each legal value has a result that its function
 * allows, each illegal one is rejected.
 */
final class KeyCases {

  /**
   * A key with a number.
   *
   * @param result what both sides' values come to
   */
  private record NumberKey(String key, String clause, int lowest, int highest, Result result) {}

  /** How an answer follows from an offer, whatever the target's own value is. */
  private enum Result {
    MINIMUM,
    MAXIMUM,
    DECLARED;

    /** The answer is its own result: no further negotiation could change it. */
    boolean allows(int offer, int answer) {
      return switch (this) {
        case MINIMUM -> answer <= offer;
        case MAXIMUM -> answer >= offer;
        case DECLARED -> true;
      };
    }
  }

  private static final List<NumberKey> NUMBERS =
      List.of(
          new NumberKey("MaxConnections", "13.2", 1, 65535, Result.MINIMUM),
          new NumberKey("MaxRecvDataSegmentLength", "13.12", 512, 16777215, Result.DECLARED),
          new NumberKey("MaxBurstLength", "13.13", 512, 16777215, Result.MINIMUM),
          new NumberKey("FirstBurstLength", "13.14", 512, 16777215, Result.MINIMUM),
          new NumberKey("DefaultTime2Wait", "13.15", 0, 3600, Result.MAXIMUM),
          new NumberKey("DefaultTime2Retain", "13.16", 0, 3600, Result.MINIMUM),
          new NumberKey("MaxOutstandingR2T", "13.17", 1, 65535, Result.MINIMUM),
          new NumberKey("ErrorRecoveryLevel", "13.20", 0, 2, Result.MINIMUM));

  /**
   * A key with Yes or No.
   *
   * @param dominant the value that wins, whoever has it
   */
  private record Choice(String key, String clause, String dominant) {}

  private static final List<Choice> CHOICES =
      List.of(
          new Choice("InitialR2T", "13.10", "Yes"),
          new Choice("ImmediateData", "13.11", "No"),
          new Choice("DataPDUInOrder", "13.18", "Yes"),
          new Choice("DataSequenceInOrder", "13.19", "Yes"));

  private KeyCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    NUMBERS.forEach(number -> numbers(number, cases));
    CHOICES.forEach(choice -> choices(choice, cases));
    digests("HeaderDigest", cases);
    digests("DataDigest", cases);
    for (String marker : List.of("OFMarker", "IFMarker")) {
      cases.add(
          answer(
              "has no markers: " + marker,
              "13.25",
              marker + "=Yes",
              marker,
              List.of("No", "Reject", "NotUnderstood", "Irrelevant")));
    }
    cases.add(
        answer(
            "agrees to report tasks as RFC 3720 did",
            "13.23",
            "TaskReporting=RFC3720",
            "TaskReporting",
            List.of("RFC3720", "NotUnderstood")));
    cases.add(
        answer(
            "agrees on a protocol level",
            "13.24",
            "iSCSIProtocolLevel=1",
            "iSCSIProtocolLevel",
            List.of("0", "1", "NotUnderstood")));
    cases.add(firstBurstWithinMaxBurst());
    return cases;
  }

  private static void numbers(NumberKey number, List<Case> cases) {
    List<Integer> legal =
        List.of(number.lowest, number.highest, (number.lowest + number.highest) / 2);
    for (int value : legal.stream().distinct().toList()) {
      cases.add(legal(number, Integer.toString(value), value));
    }
    cases.add(legal(number, "0x" + Integer.toHexString(number.highest), number.highest));
    List<String> illegal = new ArrayList<>();
    illegal.add(Integer.toString(number.lowest - 1));
    illegal.add(Integer.toString(number.highest + 1));
    illegal.addAll(List.of("99999999999999999999", "many", "", "0x", number.lowest + " "));
    illegal.forEach(value -> cases.add(illegal(number.key, number.clause, value)));
  }

  private static Case legal(NumberKey number, String text, int value) {
    return new Case(
        "takes " + number.key + "=" + text,
        number.clause,
        portal -> {
          try (Login login = Login.as(portal, INITIATOR, 1)) {
            Login.Step step = offer(login, number.key + "=" + text);
            check(step.status() == 0, "the login was refused: %04Xh", step.status());
            if (number.result == Result.DECLARED) {
              return;
            }
            String answer = login.answer(number.key).orElse("nothing");
            if (number.key.equals("FirstBurstLength") && answer.equals("Irrelevant")) {
              return;
            }
            check(answer.matches("\\d{1,9}"), "%s=%s", number.key, answer);
            int result = Integer.parseInt(answer);
            check(
                result >= number.lowest && result <= number.highest,
                "%s=%d is out of range",
                number.key,
                result);
            check(
                number.result.allows(value, result),
                "%s=%d is not the %s of %d and anything",
                number.key,
                result,
                number.result,
                value);
          }
        });
  }

  private static Login.Step offer(Login login, String pair) {
    return login.must(login.request(OPERATIONAL, OPERATIONAL, login.names(pair)));
  }

  private static void choices(Choice choice, List<Case> cases) {
    for (String value : List.of("Yes", "No")) {
      List<String> allowed = value.equals(choice.dominant) ? List.of(value) : List.of("Yes", "No");
      cases.add(
          answer(
              "takes " + choice.key + "=" + value,
              choice.clause,
              choice.key + "=" + value,
              choice.key,
              allowed));
    }
    for (String value : List.of("yes", "NO", "Maybe", "1", "")) {
      cases.add(illegal(choice.key, choice.clause, value));
    }
  }

  private static void digests(String key, List<Case> cases) {
    for (String offer : List.of("CRC32C", "None", "CRC32C,None", "None,CRC32C", "Z9,None")) {
      cases.add(
          answer(
              "takes " + key + "=" + offer,
              "13.1",
              key + "=" + offer,
              key,
              List.of(offer.replace("Z9,", "").split(","))));
    }
    for (String value : List.of("crc32c", "Z9", "", "None None")) {
      cases.add(illegal(key, "13.1", value));
    }
  }

  private static Case answer(
      String name, String clause, String pair, String key, List<String> allowed) {
    return new Case(
        name,
        clause,
        portal -> {
          try (Login login = Login.as(portal, INITIATOR, 1)) {
            same("status", 0, offer(login, pair).status());
            Verdict.oneOf(key, login.answer(key).orElse("nothing"), allowed.toArray());
          }
        });
  }

  /** It says Reject, refuses the login, or goes away (6.2, 7.13); it does not agree. */
  private static Case illegal(String key, String clause, String value) {
    return new Case(
        "does not take "
            + key
            + "="
            + (value.isEmpty() ? "(nothing)" : value.replace(" ", "(space)")),
        clause,
        portal -> {
          try (Login login = Login.as(portal, INITIATOR, 1)) {
            RawPdu request =
                login.request(OPERATIONAL, OPERATIONAL, login.names(key + "=" + value));
            boolean refused = login.refuses(request);
            String answer = login.answer(key).orElse("nothing");
            check(refused || answer.equals("Reject"), "it answered %s=%s", key, answer);
          }
        });
  }

  private static Case firstBurstWithinMaxBurst() {
    return new Case(
        "never agrees to a FirstBurstLength above MaxBurstLength",
        "13.14",
        portal -> {
          try (Login login = Login.as(portal, INITIATOR, 1)) {
            RawPdu request =
                login.request(
                    OPERATIONAL,
                    OPERATIONAL,
                    login.names("FirstBurstLength=65536", "MaxBurstLength=8192", "InitialR2T=No"));
            if (!login.refuses(request)) {
              String first = login.answer("FirstBurstLength").orElse("65536");
              check(
                  !first.matches("\\d+") || Integer.parseInt(first) <= login.maxBurst(),
                  "FirstBurstLength=%s, MaxBurstLength=%d",
                  first,
                  login.maxBurst());
            }
          }
        });
  }
}

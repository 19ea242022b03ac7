package org.untorn.iscsi.login;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.untorn.iscsi.auth.Authentication.Chap;
import org.untorn.iscsi.auth.BinaryValue;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.auth.ChapAlgorithm;
import org.untorn.iscsi.auth.Credential;
import org.untorn.iscsi.auth.Secret;
import org.untorn.iscsi.login.TextPairs.Pair;

/**
 * The target's side of CHAP (RFC 7143 12.1.3), a pure function of where it stands and what comes.
 *
 * <pre>
 *  initiator                          target
 *  CHAP_A=8,7,5                 ──►
 *                               ◄──   CHAP_A=8  CHAP_I  CHAP_C
 *  CHAP_N  CHAP_R  [CHAP_I CHAP_C] ──►                            is it who it says?
 *                               ◄──   [CHAP_N  CHAP_R]            only if it is
 * </pre>
 *
 * Invariants (9.2.1): the target answers no challenge before the initiator's answer was right; it
 * answers no challenge that is its own; a wrong name and a wrong response are refused alike, after
 * the same work.
 */
final class ChapExchange {

  /** The longest challenge that is taken, in bytes. */
  static final int MAX_BINARY = 1024;

  /** What comes of CHAP's pairs. */
  sealed interface Answer {

    /** How far the initiator is now, and what to say. */
    record Reply(Security next, List<Pair> pairs) implements Answer {}

    /** The login ends; {@code why} goes to the log. */
    record Refused(LoginStatus status, String why) implements Answer {}
  }

  private ChapExchange() {}

  /** Takes the CHAP pairs of one complete text; there is one at least. */
  static Answer take(Security security, List<Pair> pairs) {
    Map<TextKey, String> said = new EnumMap<>(TextKey.class);
    for (Pair pair : pairs) {
      if (said.put(TextKey.of(pair.key()).orElseThrow(), pair.value()) != null) {
        return refused(LoginStatus.INITIATOR_ERROR, pair.key() + " came twice");
      }
    }
    return switch (security) {
      case Security.Agreed(Chap by, Challenge challenge) -> choose(by, said, challenge);
      case Security.Challenged(Chap by, Challenge challenge, ChapAlgorithm algorithm) ->
          new Response(by, challenge, algorithm, said).verify();
      case Security.Open _, Security.Required _, Security.Proven _ ->
          refused(LoginStatus.INITIATOR_ERROR, "CHAP keys came where no CHAP is under way");
    };
  }

  private static Answer refused(LoginStatus status, String why) {
    return new Answer.Refused(status, why);
  }

  /** The first algorithm of the initiator's list that is accepted here. */
  private static Answer choose(Chap by, Map<TextKey, String> said, Challenge challenge) {
    String offer = said.remove(TextKey.CHAP_A);
    if (offer == null || !said.isEmpty()) {
      return offer == null
          ? refused(LoginStatus.MISSING_PARAMETER, "CHAP_A is missing")
          : refused(LoginStatus.INITIATOR_ERROR, "more than CHAP_A came before the challenge");
    }
    for (String word : offer.split(",", -1)) {
      Optional<ChapAlgorithm> algorithm =
          TextKey.CHAP_A
              .legal()
              .canonical(word)
              .flatMap(number -> ChapAlgorithm.of(Integer.parseInt(number)))
              .filter(by.algorithms()::contains);
      if (algorithm.isPresent()) {
        return challenge(by, algorithm.get(), challenge);
      }
    }
    return refused(
        LoginStatus.AUTHENTICATION_FAILURE,
        "CHAP_A offers no algorithm that is accepted: " + TextPairs.printable(offer));
  }

  private static Answer challenge(Chap by, ChapAlgorithm algorithm, Challenge challenge) {
    return new Answer.Reply(
        new Security.Challenged(by, challenge, algorithm),
        List.of(
            pair(TextKey.CHAP_A, Integer.toString(algorithm.number())),
            pair(TextKey.CHAP_I, Integer.toString(challenge.identifier())),
            pair(TextKey.CHAP_C, BinaryValue.format(challenge.bytes(algorithm)))));
  }

  private static Pair pair(TextKey key, String value) {
    return new Pair(key.key(), value);
  }

  /** The initiator's answer to the challenge, and perhaps a challenge of its own. */
  private record Response(
      Chap by, Challenge challenge, ChapAlgorithm algorithm, Map<TextKey, String> said) {

    Answer verify() {
      boolean mutual = said.containsKey(TextKey.CHAP_I) || said.containsKey(TextKey.CHAP_C);
      for (TextKey key : List.of(TextKey.CHAP_N, TextKey.CHAP_R, TextKey.CHAP_I, TextKey.CHAP_C)) {
        boolean needed = mutual || key == TextKey.CHAP_N || key == TextKey.CHAP_R;
        if (needed && !said.containsKey(key)) {
          return refused(LoginStatus.MISSING_PARAMETER, key.key() + " is missing");
        }
      }
      if (said.containsKey(TextKey.CHAP_A)) {
        return refused(LoginStatus.INITIATOR_ERROR, "CHAP_A came after the challenge");
      }
      for (Map.Entry<TextKey, String> pair : said.entrySet()) {
        if (pair.getKey().legal().canonical(pair.getValue()).isEmpty()) {
          return refused(LoginStatus.INITIATOR_ERROR, pair.getKey().key() + " has no legal value");
        }
      }
      String user = value(TextKey.CHAP_N);
      if (!isRight(user)) {
        return refused(
            LoginStatus.AUTHENTICATION_FAILURE,
            "CHAP user '%s' %s"
                .formatted(
                    TextPairs.printable(user),
                    by.users().containsKey(user)
                        ? "gave a wrong response"
                        : "is not one that may log in here"));
      }
      return mutual ? prove(user) : new Answer.Reply(new Security.Proven(user), List.of());
    }

    private String value(TextKey key) {
      return said.getOrDefault(key, "");
    }

    /** An unknown user costs as much time as a wrong response: its answer is computed, too. */
    private boolean isRight(String user) {
      Optional<Secret> known = Optional.ofNullable(by.users().get(user));
      Secret secret = known.orElseGet(() -> by.users().values().iterator().next());
      byte[] expected =
          algorithm.response(challenge.identifier(), secret, challenge.bytes(algorithm));
      byte[] given = BinaryValue.parse(value(TextKey.CHAP_R), MAX_BINARY).orElseThrow();
      boolean isSame = MessageDigest.isEqual(expected, given);
      return isSame && known.isPresent();
    }

    /** Answers the initiator's challenge, which may not be the target's own (9.2.1). */
    private Answer prove(String user) {
      if (by.target().isEmpty()) {
        return refused(
            LoginStatus.AUTHENTICATION_FAILURE,
            "CHAP user '%s' wants the target to prove itself, and it has no name and secret to do so"
                .formatted(TextPairs.printable(user)));
      }
      byte[] theirs = BinaryValue.parse(value(TextKey.CHAP_C), MAX_BINARY).orElseThrow();
      if (MessageDigest.isEqual(theirs, challenge.bytes(algorithm))) {
        return refused(
            LoginStatus.AUTHENTICATION_FAILURE,
            "CHAP user '%s' sent the target's own challenge back"
                .formatted(TextPairs.printable(user)));
      }
      Credential own = by.target().get();
      int identifier =
          TextKey.CHAP_I
              .legal()
              .canonical(value(TextKey.CHAP_I))
              .map(Integer::parseInt)
              .orElseThrow();
      byte[] response = algorithm.response(identifier, own.secret(), theirs);
      List<Pair> reply = new ArrayList<>();
      reply.add(pair(TextKey.CHAP_N, own.name()));
      reply.add(pair(TextKey.CHAP_R, BinaryValue.format(response)));
      return new Answer.Reply(new Security.Proven(user), reply);
    }
  }
}

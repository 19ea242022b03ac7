package org.untorn.iscsi.login;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.untorn.iscsi.auth.Authentication;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.login.AccessControl.Initiator;
import org.untorn.iscsi.login.LoginState.Identity;
import org.untorn.iscsi.login.LoginState.Stage;
import org.untorn.iscsi.login.TextPairs.Pair;

/**
 * What one complete text does to a login: who asks for what, what proves it, what is negotiated.
 *
 * <pre>
 *  pairs ─► names (the first text) ─► may it? ─► CHAP_x ─► all other keys
 *             0207 0203 0209         0202 020a   0201 0207     0200 0201
 *                                    0206 0302
 * </pre>
 */
record LoginText(Directory directory) {

  /** What comes of a text. */
  sealed interface Outcome {

    /** The next state, and what to say. */
    record Answer(LoginState next, List<Pair> reply) implements Outcome {}

    /** The login ends here; {@code why} goes to the log. */
    record Refusal(LoginState at, LoginStatus status, String why) implements Outcome {}
  }

  /**
   * Takes a text.
   *
   * @param transit whether the initiator wants to leave the stage
   */
  Outcome take(LoginState state, List<Pair> pairs, boolean transit) {
    if (state.access().isPresent()) {
      return pairs.stream().anyMatch(pair -> comesLate(state, pair))
          ? refused(state, LoginStatus.INITIATOR_ERROR, "names came after the first text")
          : proof(state, pairs, transit);
    }
    List<Pair> names = new ArrayList<>();
    List<Pair> others = new ArrayList<>();
    for (Pair pair : pairs) {
      boolean isName = TextKey.of(pair.key()).filter(LoginText::namesOneself).isPresent();
      (isName ? names : others).add(pair);
    }
    return switch (negotiate(state, names)) {
      case Outcome.Refusal refusal -> refusal;
      case Outcome.Answer(LoginState named, List<Pair> _) ->
          switch (admit(named)) {
            case Outcome.Refusal refusal -> refusal;
            case Outcome.Answer(LoginState admitted, List<Pair> _) ->
                proof(admitted, others, transit);
          };
    };
  }

  private static boolean namesOneself(TextKey key) {
    return key == TextKey.SESSION_TYPE
        || key == TextKey.INITIATOR_NAME
        || key == TextKey.TARGET_NAME;
  }

  private static Outcome refused(LoginState at, LoginStatus status, String why) {
    return new Outcome.Refusal(at, status, why);
  }

  /** Whether a pair says who or what in a way that was not checked with the first text (6.3.1). */
  private static boolean comesLate(LoginState state, Pair pair) {
    return TextKey.of(pair.key())
        .filter(LoginText::namesOneself)
        .filter(key -> !state.negotiation().results().containsKey(key))
        .isPresent();
  }

  /** Names compare without case (4.2.7.1): they are kept in lower case. */
  static String targetName(Negotiation negotiation) {
    return negotiation.value(TextKey.TARGET_NAME).toLowerCase(Locale.ROOT);
  }

  /** Who asks for what: checked once, when the first text is complete (6.3.1). */
  private Outcome admit(LoginState state) {
    Negotiation negotiation = state.negotiation();
    String initiator = negotiation.value(TextKey.INITIATOR_NAME);
    String target = targetName(negotiation);
    if (initiator.isEmpty() || (target.isEmpty() && !negotiation.isDiscovery())) {
      return refused(
          state,
          LoginStatus.MISSING_PARAMETER,
          (initiator.isEmpty() ? "InitiatorName" : "TargetName") + " is missing");
    }
    if (!target.isEmpty() && directory.portalGroupTag(target).isEmpty()) {
      return refused(
          state,
          LoginStatus.NOT_FOUND,
          "there is no target " + TextPairs.printable(target) + " here");
    }
    Initiator who = directory.initiator(initiator);
    return switch (directory.access(who, negotiation.isDiscovery() ? "" : target)) {
      case Access.Denied _ ->
          refused(
              state,
              LoginStatus.AUTHORIZATION_FAILURE,
              "no rule lets it log in to " + (negotiation.isDiscovery() ? "discover" : target));
      case Access.Granted granted ->
          place(
              state.admitted(
                  granted, Security.of(granted.authentication(), directory::freshChallenge)),
              initiator,
              target);
    };
  }

  /** Whether there is room for the session that it asks for. */
  private Outcome place(LoginState state, String initiator, String target) {
    if (state.stage() == Stage.OPERATIONAL && !state.security().isSettled()) {
      return refused(
          state,
          LoginStatus.AUTHENTICATION_FAILURE,
          "it skips the security stage, but CHAP is required");
    }
    Identity id = state.identity();
    if (id.tsih() != 0) {
      return directory.sessionExists(initiator, id.isid(), target, id.tsih())
          ? refused(
              state, LoginStatus.TOO_MANY_CONNECTIONS, "its session has one connection already")
          : refused(state, LoginStatus.SESSION_DOES_NOT_EXIST, "it has no session " + id.tsih());
    }
    return directory.isFull()
        ? refused(state, LoginStatus.OUT_OF_RESOURCES, "there are too many sessions")
        : new Outcome.Answer(state, List.of());
  }

  /** The keys of CHAP, then all others. */
  private Outcome proof(LoginState before, List<Pair> pairs, boolean transit) {
    List<Pair> chap = new ArrayList<>();
    List<Pair> others = new ArrayList<>();
    for (Pair pair : pairs) {
      boolean isChap =
          before.stage() == Stage.SECURITY
              && TextKey.of(pair.key())
                  .filter(key -> key.result() == TextKey.Result.EXCHANGE)
                  .isPresent();
      (isChap ? chap : others).add(pair);
    }
    if (chap.isEmpty()) {
      return others(before, others, transit);
    }
    return switch (ChapExchange.take(before.security(), chap)) {
      case ChapExchange.Answer.Refused(LoginStatus status, String why) ->
          refused(before, status, why);
      case ChapExchange.Answer.Reply(Security next, List<Pair> said) ->
          switch (others(before.proving(next), others, false)) {
            case Outcome.Refusal refusal -> refusal;
            case Outcome.Answer(LoginState after, List<Pair> reply) -> {
              List<Pair> all = new ArrayList<>(said);
              all.addAll(reply);
              yield new Outcome.Answer(after, all);
            }
          };
    };
  }

  /** A login cannot leave the security stage while something is to be proven (6.3.2). */
  private Outcome others(LoginState before, List<Pair> pairs, boolean transit) {
    return switch (negotiate(before, pairs)) {
      case Outcome.Refusal refusal -> refusal;
      case Outcome.Answer(LoginState state, List<Pair> reply) ->
          switch (state.security()) {
            case Security.Required(Authentication.Chap by, Challenge challenge)
                when state.negotiation().results().containsKey(TextKey.AUTH_METHOD) ->
                new Outcome.Answer(state.proving(new Security.Agreed(by, challenge)), reply);
            case Security.Required _ when transit ->
                refused(
                    state,
                    LoginStatus.AUTHENTICATION_FAILURE,
                    "it offers no CHAP, which is required");
            case Security.Agreed _ when transit ->
                refused(state, LoginStatus.MISSING_PARAMETER, "CHAP_A is missing");
            case Security.Challenged _ when transit ->
                refused(state, LoginStatus.MISSING_PARAMETER, "CHAP_N and CHAP_R are missing");
            case Security _ -> new Outcome.Answer(state, reply);
          };
    };
  }

  private static Outcome negotiate(LoginState state, List<Pair> pairs) {
    Negotiation.Phase phase =
        state.stage() == Stage.SECURITY
            ? Negotiation.Phase.SECURITY
            : Negotiation.Phase.OPERATIONAL;
    return switch (state.negotiation().take(pairs, phase)) {
      case Negotiation.Answer.Pairs(Negotiation next, List<Pair> reply) ->
          new Outcome.Answer(state.agreed(next), reply);
      case Negotiation.Answer.Violation(TextKey key, Negotiation.Kind kind) ->
          violated(state, key, kind);
    };
  }

  private static Outcome violated(LoginState state, TextKey key, Negotiation.Kind kind) {
    return switch (kind) {
      case NO_COMMON_METHOD ->
          refused(
              state,
              LoginStatus.AUTHENTICATION_FAILURE,
              "it offers no AuthMethod that is accepted");
      case ILLEGAL_VALUE ->
          refused(
              state,
              key == TextKey.SESSION_TYPE
                  ? LoginStatus.SESSION_TYPE_NOT_SUPPORTED
                  : LoginStatus.INITIATOR_ERROR,
              key.key() + " has no legal value");
      case REPEATED -> refused(state, LoginStatus.INITIATOR_ERROR, key.key() + " came twice");
      case WRONG_PHASE ->
          refused(state, LoginStatus.INITIATOR_ERROR, key.key() + " does not belong to this stage");
    };
  }
}

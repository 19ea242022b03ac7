package org.untorn.iscsi.login;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.untorn.iscsi.login.LoginState.Identity;
import org.untorn.iscsi.login.LoginState.Stage;
import org.untorn.iscsi.login.TextPairs.Pair;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.TargetPdu.Numbers;

/**
 * The target's side of the login phase (RFC 7143 6.3) as a pure function from state and event to
 * state and actions.
 *
 * <pre>
 *  request ─► same identity? ─► stage legal? ─► text complete? ─► LoginText ─► answer
 *                 0200              0200         (C bit: wait)
 * </pre>
 *
 * @param directory what it asks of the node
 * @param freshTsih the handle of the session, if it becomes one; 1 to 65535
 * @param commandWindow how many commands the initiator may send at first
 */
public record LoginMachine(Directory directory, int freshTsih, int commandWindow) {

  /** The longest text of one stage's step, in bytes; beyond it the login is refused. */
  static final int MAX_TEXT = 32 << 10;

  /** The most requests of one login. */
  static final int MAX_REQUESTS = 64;

  /** The protocol version of RFC 7143: the only one (11.12.4). */
  private static final int VERSION = 0;

  private static final int SECURITY = 0;
  private static final int OPERATIONAL = 1;
  private static final int FULL_FEATURE = 3;

  /** The next state, and what to do. */
  public record Step(LoginState state, List<LoginAction> actions) {}

  /** What happens next. */
  public Step next(LoginState state, LoginEvent event) {
    if (state.stage() == Stage.FULL_FEATURE || state.stage() == Stage.ENDED) {
      return new Step(state, List.of());
    }
    return switch (event) {
      case LoginEvent.Request(LoginRequest pdu) -> request(state, pdu);
      case LoginEvent.OtherPdu _ -> otherPdu(state);
      case LoginEvent.Timeout _ -> end(state, state.initiator() + " did not log in in time");
    };
  }

  /** Before the login has begun there is nobody to answer (6.3). */
  private Step otherPdu(LoginState state) {
    return state.stage() == Stage.START
        ? end(state, "something came that is no login request")
        : refuse(state, LoginStatus.INVALID_DURING_LOGIN, "it sent something else");
  }

  private static Step end(LoginState state, String why) {
    return new Step(state.at(Stage.ENDED), List.of(new LoginAction.Close(why, false)));
  }

  private Step request(LoginState before, LoginRequest pdu) {
    Identity identity =
        new Identity(pdu.isid(), pdu.tsih(), pdu.initiatorTaskTag(), pdu.cid(), pdu.cmdSN());
    boolean first = before.stage() == Stage.START;
    LoginState state =
        before.after(
            first ? identity : before.identity(),
            pdu.currentStage() == SECURITY ? Stage.SECURITY : Stage.OPERATIONAL);
    if (pdu.versionMin() > VERSION) {
      return refuse(state, LoginStatus.UNSUPPORTED_VERSION, "it speaks newer versions only");
    }
    if (!identity.equals(state.identity())
        || !isLegal(pdu)
        || (!first && before.stage() != state.stage())
        || state.requests() > MAX_REQUESTS) {
      return refuse(
          state, LoginStatus.INITIATOR_ERROR, "its requests do not follow from each other");
    }
    if (!state.unsaid().isEmpty()) {
      return pdu.data().isReadable()
          ? refuse(state, LoginStatus.INITIATOR_ERROR, "it talks while it should listen")
          : say(state, pdu, state.unsaid());
    }
    String heard = state.heard() + pdu.data().toString(StandardCharsets.ISO_8859_1);
    if (heard.length() > MAX_TEXT) {
      return refuse(state, LoginStatus.OUT_OF_RESOURCES, "its text has no end");
    }
    return pdu.continues()
        ? say(state.hearing(heard), pdu, "")
        : text(
            state,
            pdu,
            new String(heard.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
  }

  /** The stages that a request may name (11.12.1 to 11.12.3). */
  private static boolean isLegal(LoginRequest pdu) {
    int from = pdu.currentStage();
    if (from != SECURITY && from != OPERATIONAL) {
      return false;
    }
    if (!pdu.transit()) {
      return true;
    }
    boolean forward = pdu.nextStage() == FULL_FEATURE || pdu.nextStage() == OPERATIONAL;
    return !pdu.continues() && forward && pdu.nextStage() > from;
  }

  /** The text of a step is complete. */
  private Step text(LoginState state, LoginRequest pdu, String text) {
    Optional<List<Pair>> pairs = TextPairs.parse(text);
    if (pairs.isEmpty()) {
      return refuse(state, LoginStatus.INITIATOR_ERROR, "its text is no list of key=value");
    }
    return switch (new LoginText(directory).take(state, pairs.get(), pdu.transit())) {
      case LoginText.Outcome.Refusal(LoginState at, LoginStatus status, String why) ->
          refuse(at, status, why);
      case LoginText.Outcome.Answer(LoginState next, List<Pair> reply) ->
          reply(next, pdu, reply, state.access().isEmpty());
    };
  }

  private Step reply(LoginState next, LoginRequest pdu, List<Pair> answers, boolean first) {
    LoginState state = next;
    Negotiation negotiation = state.negotiation();
    List<Pair> reply = new ArrayList<>(answers);
    OptionalInt tag = directory.portalGroupTag(LoginText.targetName(negotiation));
    if (first && tag.isPresent()) {
      // the first response says it (13.9)
      reply.add(pair(TextKey.TARGET_PORTAL_GROUP_TAG, Integer.toString(tag.getAsInt())));
    }
    if (state.stage() == Stage.OPERATIONAL && !state.declared()) {
      TextKey key = TextKey.MAX_RECV_DATA_SEGMENT_LENGTH;
      reply.add(pair(key, negotiation.local().value(key)));
      state = state.declaring();
    }
    String text = TextPairs.format(reply);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return say(state, pdu, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static Pair pair(TextKey key, String value) {
    return new Pair(key.key(), value);
  }

  /** Answers with text, or with as much of it as one PDU takes (6.2: the C bit). */
  private Step say(LoginState state, LoginRequest pdu, String text) {
    int limit = PduDecoder.DEFAULT_MAX_DATA_SEGMENT_LENGTH;
    String now = text.substring(0, Math.min(limit, text.length()));
    String rest = text.substring(now.length());
    boolean transit = pdu.transit() && rest.isEmpty() && state.security().isSettled();
    boolean last = transit && pdu.nextStage() == FULL_FEATURE;
    LoginResponse response =
        new LoginResponse(
            transit,
            !rest.isEmpty(),
            pdu.currentStage(),
            transit ? pdu.nextStage() : 0,
            VERSION,
            VERSION,
            pdu.isid(),
            last ? freshTsih : pdu.tsih(),
            pdu.initiatorTaskTag(),
            numbers(state),
            LoginStatus.SUCCESS.statusClass(),
            LoginStatus.SUCCESS.statusDetail(),
            Unpooled.copiedBuffer(now, StandardCharsets.ISO_8859_1));
    LoginState next = state.said(rest);
    if (last) {
      next = next.at(Stage.FULL_FEATURE);
      return new Step(next, List.of(new LoginAction.Establish(result(next), response)));
    }
    return new Step(
        transit ? next.at(Stage.OPERATIONAL) : next, List.of(new LoginAction.Send(response)));
  }

  private Step refuse(LoginState state, LoginStatus status, String why) {
    Identity id = state.identity();
    LoginResponse response =
        new LoginResponse(
            false,
            false,
            state.stage() == Stage.SECURITY ? SECURITY : OPERATIONAL,
            0,
            VERSION,
            VERSION,
            id.isid(),
            id.tsih(),
            id.initiatorTaskTag(),
            numbers(state),
            status.statusClass(),
            status.statusDetail(),
            Unpooled.EMPTY_BUFFER);
    String line =
        "%s may not log in: %s (status %02x%02x)"
            .formatted(state.initiator(), why, status.statusClass(), status.statusDetail());
    return new Step(
        state.at(Stage.ENDED),
        List.of(
            new LoginAction.Send(response),
            new LoginAction.Close(line, status == LoginStatus.AUTHENTICATION_FAILURE)));
  }

  /** Login requests are immediate: the first command has the CmdSN that they have (11.12.8). */
  private Numbers numbers(LoginState state) {
    int cmdSN = state.identity().cmdSN();
    return new Numbers(state.nextStatSN(), cmdSN, cmdSN + commandWindow - 1);
  }

  private LoginResult result(LoginState state) {
    Negotiation negotiation = state.negotiation();
    String target = LoginText.targetName(negotiation);
    return new LoginResult(
        directory.initiator(negotiation.value(TextKey.INITIATOR_NAME)),
        state.security() instanceof Security.Proven(String user)
            ? Optional.of(user)
            : Optional.empty(),
        state.access().flatMap(Access.Granted::luns),
        state.identity().isid(),
        freshTsih,
        state.identity().cid(),
        target,
        directory.portalGroupTag(target).orElse(0),
        state.identity().cmdSN(),
        state.nextStatSN(),
        negotiation,
        SessionParameters.of(negotiation, state.declared()));
  }
}

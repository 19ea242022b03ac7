package org.untorn.iscsi.session;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.untorn.iscsi.login.LoginResult;
import org.untorn.iscsi.login.Negotiation;
import org.untorn.iscsi.login.TextKey;
import org.untorn.iscsi.login.TextPairs;
import org.untorn.iscsi.login.TextPairs.Pair;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.TextRequest;
import org.untorn.iscsi.pdu.TextResponse;

/**
 * Text requests in the full feature phase: SendTargets, and what may still be negotiated (RFC 7143
 * 6.4, 11.10, appendix C).
 *
 * <pre>
 *          request C            request, text complete       response C: more to say
 *  IDLE ─────────────► hearing ────────────────────► answering ─────────────► unsaid
 *    ▲                                                  │ F: all said            │ empty request
 *    └──────────────────────────────────────────────────┴────────────────────────┘
 * </pre>
 *
 * There is one exchange at a time; a request with the reserved target transfer tag begins a new
 * one. Text is bounded by {@value #MAX_TEXT} bytes. Owned by the session's event loop.
 */
final class TextExchange {

  /** The longest text of an initiator, in bytes. */
  static final int MAX_TEXT = 64 << 10;

  private final Session session;
  private final Node node;
  private final LoginResult login;
  private Negotiation negotiation;
  private int tag = Pdu.RESERVED_TAG;
  private String heard = "";
  private String unsaid = "";

  TextExchange(Session session, Node node, LoginResult login) {
    this.session = session;
    this.node = node;
    this.login = login;
    this.negotiation = login.negotiation();
  }

  void request(TextRequest pdu) {
    if (pdu.targetTransferTag() == Pdu.RESERVED_TAG) {
      discard();
    } else if (pdu.targetTransferTag() != tag) {
      session.reject(pdu, Reject.Reason.PROTOCOL_ERROR);
      return;
    }
    String more = pdu.data().toString(StandardCharsets.ISO_8859_1);
    boolean answerWanted = unsaid.isEmpty();
    if ((pdu.continues() && pdu.isFinal())
        || (!answerWanted && !more.isEmpty())
        || heard.length() + more.length() > MAX_TEXT) {
      discard();
      session.reject(pdu, Reject.Reason.PROTOCOL_ERROR);
      return;
    }
    heard += more;
    if (answerWanted && !pdu.continues()) {
      Optional<String> answer = answer(heard);
      heard = "";
      if (answer.isEmpty()) {
        discard();
        session.reject(pdu, Reject.Reason.PROTOCOL_ERROR);
        return;
      }
      unsaid = answer.get();
    }
    say(pdu);
    pdu.release();
  }

  /** The answer to a complete text, one char per byte; empty if it is no text. */
  private Optional<String> answer(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Optional<List<Pair>> pairs = TextPairs.parse(new String(bytes, StandardCharsets.UTF_8));
    if (pairs.isEmpty()) {
      return Optional.empty();
    }
    List<Pair> reply = new ArrayList<>();
    List<Pair> others = new ArrayList<>();
    for (Pair pair : pairs.get()) {
      if (pair.key().equals(TextKey.SEND_TARGETS.key())) {
        reply.addAll(sendTargets(pair.value()));
      } else {
        others.add(pair);
      }
    }
    switch (negotiation.take(others, Negotiation.Phase.FULL_FEATURE)) {
      case Negotiation.Answer.Violation _ -> {
        return Optional.empty();
      }
      case Negotiation.Answer.Pairs(Negotiation next, List<Pair> said) -> {
        negotiation = next;
        reply.addAll(said);
      }
    }
    session
        .responder()
        .segmentLength(Integer.parseInt(negotiation.value(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH)));
    byte[] answer = TextPairs.format(reply).getBytes(StandardCharsets.UTF_8);
    return Optional.of(new String(answer, StandardCharsets.ISO_8859_1));
  }

  /** All in a discovery session only; no name means the target of a normal one (appendix C). */
  private List<Pair> sendTargets(String value) {
    boolean all = value.equals("All");
    if (all != login.isDiscovery() && (all || value.isEmpty())) {
      return List.of(new Pair(TextKey.SEND_TARGETS.key(), "Reject"));
    }
    Optional<String> name =
        all
            ? Optional.empty()
            : Optional.of(value.isEmpty() ? login.targetName() : value.toLowerCase(Locale.ROOT));
    return node.sendTargets(name, login.initiator(), session.link().localAddress());
  }

  private void say(TextRequest pdu) {
    int length = Math.min(unsaid.length(), session.responder().segmentLength());
    String now = unsaid.substring(0, length);
    unsaid = unsaid.substring(length);
    boolean over = unsaid.isEmpty() && pdu.isFinal();
    tag = over ? Pdu.RESERVED_TAG : session.nextTransferTag();
    session
        .link()
        .send(
            new TextResponse(
                over,
                !unsaid.isEmpty(),
                pdu.lun(),
                pdu.initiatorTaskTag(),
                tag,
                session.nextNumbers(),
                Unpooled.copiedBuffer(now, StandardCharsets.ISO_8859_1)));
  }

  /** Forgets the exchange. */
  void discard() {
    tag = Pdu.RESERVED_TAG;
    heard = "";
    unsaid = "";
  }
}

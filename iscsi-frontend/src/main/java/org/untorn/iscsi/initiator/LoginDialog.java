package org.untorn.iscsi.initiator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.untorn.iscsi.auth.BinaryValue;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.auth.ChapAlgorithm;
import org.untorn.iscsi.auth.Credential;
import org.untorn.iscsi.login.TextPairs;
import org.untorn.iscsi.login.TextPairs.Pair;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;

/** The initiator's side of one login: names first, then its proof, then the operational keys. */
final class LoginDialog {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SECURITY = 0;
  private static final int OPERATIONAL = 1;
  private static final int FULL_FEATURE = 3;

  /** The longest challenge or response, in bytes (RFC 7143 12.1.3). */
  private static final int MAX_BINARY = 1024;

  private final RawConnection connection;
  private final LoginOptions options;
  private final Map<String, String> answers = new LinkedHashMap<>();
  private boolean left;

  LoginDialog(RawConnection connection, LoginOptions options) {
    this.connection = connection;
    this.options = options;
  }

  /** What came of it: the last response, without its data, and all that the target said. */
  record Result(LoginResponse last, Map<String, String> answers) {}

  Result run() {
    List<Pair> who = new ArrayList<>();
    who.add(new Pair("InitiatorName", options.initiatorName()));
    who.add(new Pair("SessionType", options.targetName().isPresent() ? "Normal" : "Discovery"));
    options.targetName().ifPresent(name -> who.add(new Pair("TargetName", name)));
    who.add(new Pair("AuthMethod", options.proof().isPresent() ? "CHAP,None" : "None"));
    exchange(SECURITY, OPERATIONAL, TextPairs.format(who));
    if (options.proof().isPresent() && answer("AuthMethod").equals("CHAP")) {
      prove(options.proof().get());
    }
    if (!left) {
      throw new InitiatorException("the target does not leave the security stage");
    }
    List<Pair> keys = new ArrayList<>();
    options.keys().forEach((key, value) -> keys.add(new Pair(key, value)));
    LoginResponse last = exchange(OPERATIONAL, FULL_FEATURE, TextPairs.format(keys));
    if (!left) {
      throw new InitiatorException("the target does not leave the operational stage");
    }
    return new Result(last, answers);
  }

  private LoginResponse exchange(int from, int to, String text) {
    connection.send(request(from, to, text));
    StringBuilder said = new StringBuilder();
    LoginResponse response = receive(said);
    while (response.continues()) {
      connection.send(request(from, to, ""));
      response = receive(said);
    }
    List<Pair> pairs =
        TextPairs.parse(said.toString())
            .orElseThrow(() -> new InitiatorException("the target's text is none: " + said));
    pairs.forEach(pair -> answers.put(pair.key(), pair.value()));
    left = response.transit();
    return response;
  }

  private String answer(String key) {
    return answers.getOrDefault(key, "");
  }

  /** CHAP (RFC 7143 12.1.3): offer, answer the challenge, and check the target's answer. */
  private void prove(ChapProof proof) {
    String offer =
        proof.algorithms().stream()
            .map(algorithm -> Integer.toString(algorithm.number()))
            .collect(Collectors.joining(","));
    exchange(SECURITY, OPERATIONAL, TextPairs.format(List.of(new Pair("CHAP_A", offer))));
    ChapAlgorithm algorithm =
        ChapAlgorithm.of(Integer.parseInt(answer("CHAP_A")))
            .filter(proof.algorithms()::contains)
            .orElseThrow(() -> new InitiatorException("the target takes what was not offered"));
    byte[] response =
        algorithm.response(
            Integer.parseInt(answer("CHAP_I")), proof.own().secret(), bytes("CHAP_C"));
    List<Pair> reply = new ArrayList<>();
    reply.add(new Pair("CHAP_N", proof.own().name()));
    reply.add(new Pair("CHAP_R", BinaryValue.format(response)));
    Challenge challenge = Challenge.fresh();
    if (proof.target().isPresent()) {
      reply.add(new Pair("CHAP_I", Integer.toString(challenge.identifier())));
      reply.add(new Pair("CHAP_C", BinaryValue.format(challenge.bytes(algorithm))));
    }
    exchange(SECURITY, OPERATIONAL, TextPairs.format(reply));
    proof.target().ifPresent(target -> check(target, algorithm, challenge));
  }

  private void check(Credential target, ChapAlgorithm algorithm, Challenge challenge) {
    byte[] expected =
        algorithm.response(challenge.identifier(), target.secret(), challenge.bytes(algorithm));
    if (!answer("CHAP_N").equals(target.name())
        || !MessageDigest.isEqual(expected, bytes("CHAP_R"))) {
      throw new InitiatorException("the target could not prove who it is");
    }
  }

  private byte[] bytes(String key) {
    return BinaryValue.parse(answer(key), MAX_BINARY)
        .orElseThrow(() -> new InitiatorException("the target's " + key + " is no binary value"));
  }

  private LoginRequest request(int from, int to, String text) {
    ByteBuf data = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    return new LoginRequest(true, false, from, to, 0, 0, options.isid(), 0, 1, 0, 1, 0, data);
  }

  private LoginResponse receive(StringBuilder said) {
    var received =
        connection
            .receive(PATIENCE)
            .orElseThrow(() -> new InitiatorException("no login response came"));
    if (!(received instanceof LoginResponse response)) {
      throw new InitiatorException("not a login response: " + received);
    }
    said.append(TextPairs.text(response.data()));
    response.release();
    if (response.statusClass() != 0) {
      throw new InitiatorException(
          "the login was refused with status %02x%02x"
              .formatted(response.statusClass(), response.statusDetail()));
    }
    return response;
  }
}

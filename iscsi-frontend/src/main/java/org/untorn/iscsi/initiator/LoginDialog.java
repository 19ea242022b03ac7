package org.untorn.iscsi.initiator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.untorn.iscsi.login.TextPairs;
import org.untorn.iscsi.login.TextPairs.Pair;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;

/** The initiator's side of one login: names first, then the operational keys. */
final class LoginDialog {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SECURITY = 0;
  private static final int OPERATIONAL = 1;
  private static final int FULL_FEATURE = 3;

  private final RawConnection connection;
  private final LoginOptions options;
  private final Map<String, String> answers = new LinkedHashMap<>();

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
    who.add(new Pair("AuthMethod", "None"));
    exchange(SECURITY, OPERATIONAL, TextPairs.format(who));
    List<Pair> keys = new ArrayList<>();
    options.keys().forEach((key, value) -> keys.add(new Pair(key, value)));
    return new Result(exchange(OPERATIONAL, FULL_FEATURE, TextPairs.format(keys)), answers);
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
    if (!response.transit()) {
      throw new InitiatorException("the target does not leave stage " + from);
    }
    return response;
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

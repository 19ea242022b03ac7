package org.untorn.daemon.session;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.untorn.daemon.config.Endpoint;
import org.untorn.iscsi.login.TextKey;
import org.untorn.iscsi.session.SessionInfo;

/** A session as the control API shows it: who, whence, since when, how much, on what terms. */
public final class SessionJson {

  private SessionJson() {}

  /** Writes the fields of a session into an open object; rates are averages since its login. */
  public static void write(JsonGenerator json, SessionInfo session, Instant now)
      throws IOException {
    json.writeNumberField("tsih", session.tsih());
    json.writeStringField("initiator", session.initiatorName());
    if (session.user().isPresent()) {
      json.writeStringField("user", session.user().get());
    }
    json.writeStringField("target", session.targetName());
    json.writeBooleanField("discovery", session.discovery());
    json.writeNumberField("portalGroupTag", session.portalGroupTag());
    json.writeStringField("isid", "%012x".formatted(session.isid()));
    json.writeNumberField("cid", session.cid());
    json.writeStringField("from", address(session.remoteAddress()));
    json.writeStringField("to", address(session.localAddress()));
    double seconds = Math.max(Duration.between(session.since(), now).toNanos() / 1e9, 1e-3);
    long commands = session.counters().commands();
    long bytesIn = session.counters().bytesIn();
    long bytesOut = session.counters().bytesOut();
    json.writeNumberField("seconds", Math.round(seconds));
    json.writeNumberField("commands", commands);
    json.writeNumberField("bytesIn", bytesIn);
    json.writeNumberField("bytesOut", bytesOut);
    json.writeNumberField("commandsPerSecond", Math.round(commands / seconds));
    json.writeNumberField("bytesPerSecond", Math.round((bytesIn + bytesOut) / seconds));
    json.writeObjectFieldStart("opcodes");
    for (Map.Entry<Integer, Long> count : session.counters().byOperationCode().entrySet()) {
      json.writeNumberField("%02X".formatted(count.getKey()), count.getValue());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("negotiated");
    for (Map.Entry<TextKey, String> key : new TreeMap<>(session.negotiated()).entrySet()) {
      json.writeStringField(key.getKey().key(), key.getValue());
    }
    json.writeEndObject();
  }

  private static String address(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? Endpoint.of(inet).toString()
        : address.toString();
  }
}

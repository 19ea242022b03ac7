package org.untorn.conformance.rfc7143;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A login, PDU by PDU (RFC 7143 6.3, 11.12), and what came of it. */
final class Login implements AutoCloseable {

  static final String INITIATOR = "iqn.2026-11.org.untorn:wire-suite";

  static final int SECURITY = 0;
  static final int OPERATIONAL = 1;
  static final int FULL_FEATURE = 3;

  /** What the target said to one request. */
  record Step(RawPdu pdu) {
    /** Status-Class and Status-Detail. */
    int status() {
      return pdu.int16(36);
    }

    boolean transits() {
      return pdu.isFinal();
    }

    int nextStage() {
      return pdu.int8(1) & 3;
    }

    Map<String, String> keys() {
      return pairs(pdu.data());
    }
  }

  private static final int FIRST_CMD_SN = 0xFFFF_FFF0;

  private final Portal portal;
  private final Line line;
  private final String initiator;
  private final int qualifier;
  private final Map<String, String> answers = new LinkedHashMap<>();
  private int tsih;
  private int cid;
  private int cmdSN = FIRST_CMD_SN;
  private int expStatSN;

  private Login(Portal portal, String initiator, int qualifier) {
    this.portal = portal;
    this.initiator = initiator;
    this.qualifier = qualifier;
    line = new Line(portal);
  }

  /** A login of a name, with an ISID that the qualifier makes; nothing is sent yet. */
  static Login as(Portal portal, String initiator, int qualifier) {
    return new Login(portal, initiator, qualifier);
  }

  /** One more connection of a session. */
  Login another(int connectionId) {
    Login next = new Login(portal, initiator, qualifier);
    next.tsih = tsih;
    next.cid = connectionId;
    next.cmdSN = cmdSN;
    return next;
  }

  /** A login of another initiator, beside this one. */
  Login elsewhere() {
    return new Login(portal, initiator + "-beside", qualifier);
  }

  Portal portal() {
    return portal;
  }

  Line line() {
    return line;
  }

  int cmdSN() {
    return cmdSN;
  }

  int expStatSN() {
    return expStatSN;
  }

  int tsih() {
    return tsih;
  }

  /** Who it is and where it wants to go. */
  String[] names(String... keys) {
    List<String> all = new ArrayList<>();
    all.add("InitiatorName=" + initiator);
    all.add("SessionType=Normal");
    all.add("TargetName=" + portal.target());
    all.addAll(List.of(keys));
    return all.toArray(String[]::new);
  }

  /** A request from a stage, to another if it is not the same. */
  RawPdu request(int from, int to, String... keys) {
    int flags = from << 2 | (from == to ? 0 : RawPdu.FINAL | to);
    return RawPdu.of(RawPdu.LOGIN | RawPdu.IMMEDIATE, flags)
        .set8(8, 0x80)
        .set32(10, qualifier)
        .set16(14, tsih)
        .tag(0x7777)
        .set16(20, cid)
        .set32(24, cmdSN)
        .set32(28, expStatSN)
        .text(keys);
  }

  /** Sends a request, and gives what it was answered; empty if the connection was closed. */
  Optional<Step> ask(RawPdu request) {
    line.send(request);
    return line.receive(10_000)
        .map(
            pdu -> {
              Verdict.check(
                  pdu.opcode() == RawPdu.LOGIN_RESPONSE, "a login was answered by %s", pdu);
              Step step = new Step(pdu);
              expStatSN = pdu.int32(24) + 1;
              tsih = step.status() == 0 ? pdu.int16(14) : tsih;
              answers.putAll(step.keys());
              return step;
            });
  }

  /** The same, where an answer has to come. */
  Step must(RawPdu request) {
    return ask(request).orElseThrow(() -> new Verdict.Broken("the login was not answered"));
  }

  /** Whether a request is turned down: by a status of class 2 or 3, or without a word. */
  boolean refuses(RawPdu request) {
    return ask(request).map(step -> step.status() >>> 8 >= 2).orElse(true);
  }

  /** Logs in with these keys in the operational stage; afterwards digests are as was agreed. */
  void finish(String... keys) {
    Step step = must(request(OPERATIONAL, FULL_FEATURE, names(keys)));
    for (int i = 0; i < 8 && !(step.transits() && step.status() == 0); i++) {
      Verdict.check(step.status() == 0, "the login was refused: %04Xh", step.status());
      step = must(request(OPERATIONAL, FULL_FEATURE));
    }
    Verdict.same("the stage it ended in", FULL_FEATURE, step.nextStage());
    line.digests(answered("HeaderDigest", "CRC32C"), answered("DataDigest", "CRC32C"));
  }

  Optional<String> answer(String key) {
    return Optional.ofNullable(answers.get(key));
  }

  boolean answered(String key, String value) {
    return value.equals(answers.get(key));
  }

  /** ImmediateData: what was agreed, or its default (13.11). */
  boolean immediateData() {
    return !answered("ImmediateData", "No");
  }

  /** InitialR2T: what was agreed, or its default (13.10). */
  boolean initialR2T() {
    return !answered("InitialR2T", "No");
  }

  int firstBurst() {
    return number("FirstBurstLength", 65536);
  }

  int maxBurst() {
    return number("MaxBurstLength", 262144);
  }

  /** How much data a PDU to the target may have: what it declared, or the default (13.12). */
  int targetSegment() {
    return number("MaxRecvDataSegmentLength", 8192);
  }

  /** The level that both have; not said: 0 (13.20). */
  int errorRecoveryLevel() {
    return number("ErrorRecoveryLevel", 0);
  }

  private int number(String key, int ifNotSaid) {
    return answer(key)
        .filter(value -> value.matches("\\d+"))
        .map(Integer::valueOf)
        .orElse(ifNotSaid);
  }

  static Map<String, String> pairs(byte[] text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : new String(text, StandardCharsets.UTF_8).split("\0", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return pairs;
  }

  @Override
  public void close() {
    line.close();
  }
}

package org.untorn.iscsi.login;

import java.util.Optional;

/**
 * Where a login stands.
 *
 * @param identity what the first request said and no later one may change
 * @param negotiation what was agreed so far
 * @param security what the initiator has proven so far
 * @param heard text that the initiator has not finished (C bit), one char per byte
 * @param unsaid text that the target has not finished, one char per byte
 * @param access what it was granted when names and session were checked; empty before
 * @param declared whether this side's MaxRecvDataSegmentLength was declared
 * @param nextStatSN the next response's number
 * @param requests how many requests there were
 */
public record LoginState(
    Stage stage,
    Identity identity,
    Negotiation negotiation,
    Security security,
    String heard,
    String unsaid,
    Optional<Access.Granted> access,
    boolean declared,
    int nextStatSN,
    int requests) {

  /**
   * The stages (RFC 7143 6.3).
   *
   * <pre>
   *  START ─┬─► SECURITY ─┬─► OPERATIONAL ─┬─► FULL_FEATURE
   *         ├─────────────│──► OPERATIONAL │
   *         │             └────────────────┘
   *         └─► each of the first three can also end in ENDED
   * </pre>
   */
  public enum Stage {
    START,
    SECURITY,
    OPERATIONAL,
    FULL_FEATURE,
    ENDED
  }

  /** The fields that stay the same in all requests of one login (11.12). */
  public record Identity(long isid, int tsih, int initiatorTaskTag, int cid, int cmdSN) {}

  /** Before the first request, with the first StatSN to use. */
  public static LoginState start(LocalParameters local, int firstStatSN) {
    return new LoginState(
        Stage.START,
        new Identity(0, 0, 0, 0, 0),
        Negotiation.start(local),
        new Security.Open(),
        "",
        "",
        Optional.empty(),
        false,
        firstStatSN,
        0);
  }

  /** The InitiatorName, or that it is not known yet; printable. */
  String initiator() {
    String name = negotiation.value(TextKey.INITIATOR_NAME);
    return name.isEmpty() ? "an initiator without a name" : TextPairs.printable(name);
  }

  LoginState at(Stage to) {
    return copy(to, identity, negotiation, security, heard, unsaid, nextStatSN, requests);
  }

  /** With one request more, in a stage. */
  LoginState after(Identity from, Stage in) {
    return copy(in, from, negotiation, security, heard, unsaid, nextStatSN, requests + 1);
  }

  LoginState hearing(String text) {
    return copy(stage, identity, negotiation, security, text, unsaid, nextStatSN, requests);
  }

  LoginState agreed(Negotiation next) {
    return copy(stage, identity, next, security, "", unsaid, nextStatSN, requests);
  }

  LoginState proving(Security next) {
    return copy(stage, identity, negotiation, next, heard, unsaid, nextStatSN, requests);
  }

  /** After a response that leaves text unsaid. */
  LoginState said(String rest) {
    return copy(stage, identity, negotiation, security, heard, rest, nextStatSN + 1, requests);
  }

  /** Once it is clear what the initiator must prove. */
  LoginState admitted(Access.Granted granted, Security begun) {
    return new LoginState(
        stage,
        identity,
        negotiation.wanting(TextKey.AUTH_METHOD, begun.isSettled() ? "None" : "CHAP"),
        begun,
        heard,
        unsaid,
        Optional.of(granted),
        declared,
        nextStatSN,
        requests);
  }

  LoginState declaring() {
    return new LoginState(
        stage, identity, negotiation, security, heard, unsaid, access, true, nextStatSN, requests);
  }

  private LoginState copy(
      Stage in,
      Identity from,
      Negotiation agreed,
      Security proven,
      String heardText,
      String unsaidText,
      int statSN,
      int requestCount) {
    return new LoginState(
        in, from, agreed, proven, heardText, unsaidText, access, declared, statSN, requestCount);
  }
}

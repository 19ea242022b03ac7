package org.untorn.iscsi.login;

/**
 * Where a login stands.
 *
 * @param identity what the first request said and no later one may change
 * @param negotiation what was agreed so far
 * @param heard text that the initiator has not finished (C bit), one char per byte
 * @param unsaid text that the target has not finished, one char per byte
 * @param targetKnown whether names and session were checked
 * @param declared whether this side's MaxRecvDataSegmentLength was declared
 * @param nextStatSN the next response's number
 * @param requests how many requests there were
 */
public record LoginState(
    Stage stage,
    Identity identity,
    Negotiation negotiation,
    String heard,
    String unsaid,
    boolean targetKnown,
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
        "",
        "",
        false,
        false,
        firstStatSN,
        0);
  }

  LoginState at(Stage to) {
    return new LoginState(
        to, identity, negotiation, heard, unsaid, targetKnown, declared, nextStatSN, requests);
  }

  /** With one request more, in a stage. */
  LoginState after(Identity from, Stage in) {
    return new LoginState(
        in, from, negotiation, heard, unsaid, targetKnown, declared, nextStatSN, requests + 1);
  }

  LoginState hearing(String text) {
    return new LoginState(
        stage, identity, negotiation, text, unsaid, targetKnown, declared, nextStatSN, requests);
  }

  LoginState agreed(Negotiation next) {
    return new LoginState(stage, identity, next, "", unsaid, true, declared, nextStatSN, requests);
  }

  LoginState declaring() {
    return new LoginState(
        stage, identity, negotiation, heard, unsaid, targetKnown, true, nextStatSN, requests);
  }

  /** After a response that leaves text unsaid. */
  LoginState said(String rest) {
    return new LoginState(
        stage, identity, negotiation, heard, rest, targetKnown, declared, nextStatSN + 1, requests);
  }
}

package org.untorn.iscsi.login;

import static org.untorn.iscsi.login.TextKey.Result.AND;
import static org.untorn.iscsi.login.TextKey.Result.DECLARED;
import static org.untorn.iscsi.login.TextKey.Result.EXCHANGE;
import static org.untorn.iscsi.login.TextKey.Result.FIRST_COMMON;
import static org.untorn.iscsi.login.TextKey.Result.MAXIMUM;
import static org.untorn.iscsi.login.TextKey.Result.MINIMUM;
import static org.untorn.iscsi.login.TextKey.Result.OR;
import static org.untorn.iscsi.login.TextKey.Result.REFUSED;
import static org.untorn.iscsi.login.TextKey.Scope.CO;
import static org.untorn.iscsi.login.TextKey.Scope.SW;
import static org.untorn.iscsi.login.TextKey.Sender.BOTH;
import static org.untorn.iscsi.login.TextKey.Sender.INITIATOR;
import static org.untorn.iscsi.login.TextKey.Sender.TARGET;
import static org.untorn.iscsi.login.TextKey.Unless.DISCOVERY;
import static org.untorn.iscsi.login.TextKey.Unless.NEVER;
import static org.untorn.iscsi.login.TextKey.Unless.NOTHING_UNSOLICITED;
import static org.untorn.iscsi.login.TextKey.Use.ALL;
import static org.untorn.iscsi.login.TextKey.Use.FFPO;
import static org.untorn.iscsi.login.TextKey.Use.IO;
import static org.untorn.iscsi.login.TextKey.Use.LO;
import static org.untorn.iscsi.login.TextKey.Use.SECURITY;
import static org.untorn.iscsi.login.Values.AUTH_METHODS;
import static org.untorn.iscsi.login.Values.BINARY;
import static org.untorn.iscsi.login.Values.BOOLEAN;
import static org.untorn.iscsi.login.Values.CHAP_NAME;
import static org.untorn.iscsi.login.Values.DIGEST;
import static org.untorn.iscsi.login.Values.LENGTH;
import static org.untorn.iscsi.login.Values.NAME;
import static org.untorn.iscsi.login.Values.REPORTING;
import static org.untorn.iscsi.login.Values.SESSION_TYPES;
import static org.untorn.iscsi.login.Values.TEXT;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.untorn.iscsi.login.Values.Range;

/**
 * The text keys of RFC 7143: the one table from which negotiation comes. A key that is not here is
 * answered NotUnderstood.
 *
 * <p>The rows stand in the order in which keys are evaluated: where one key's result depends on
 * another's, the other comes first.
 */
public enum TextKey {
  SESSION_TYPE("SessionType", LO, INITIATOR, SW, DECLARED, SESSION_TYPES, "Normal", NEVER, "13.21"),
  INITIATOR_NAME("InitiatorName", IO, INITIATOR, SW, DECLARED, NAME, "", NEVER, "13.5"),
  TARGET_NAME("TargetName", IO, INITIATOR, SW, DECLARED, NAME, "", NEVER, "13.4"),
  AUTH_METHOD("AuthMethod", SECURITY, BOTH, CO, FIRST_COMMON, AUTH_METHODS, "None", NEVER, "12.1"),
  CHAP_A("CHAP_A", SECURITY, BOTH, CO, EXCHANGE, new Range(0, 255), "", NEVER, "12.1.3"),
  CHAP_I("CHAP_I", SECURITY, BOTH, CO, EXCHANGE, new Range(0, 255), "", NEVER, "12.1.3"),
  CHAP_C("CHAP_C", SECURITY, BOTH, CO, EXCHANGE, BINARY, "", NEVER, "12.1.3"),
  CHAP_N("CHAP_N", SECURITY, BOTH, CO, EXCHANGE, CHAP_NAME, "", NEVER, "12.1.3"),
  CHAP_R("CHAP_R", SECURITY, BOTH, CO, EXCHANGE, BINARY, "", NEVER, "12.1.3"),
  INITIATOR_ALIAS("InitiatorAlias", ALL, INITIATOR, SW, DECLARED, TEXT, "", NEVER, "13.7"),
  TARGET_ALIAS("TargetAlias", ALL, TARGET, SW, DECLARED, TEXT, "", NEVER, "13.6"),
  TARGET_ADDRESS("TargetAddress", ALL, TARGET, SW, DECLARED, TEXT, "", NEVER, "13.8"),
  TARGET_PORTAL_GROUP_TAG(
      "TargetPortalGroupTag", IO, TARGET, SW, DECLARED, new Range(0, 65535), "", NEVER, "13.9"),
  SEND_TARGETS("SendTargets", FFPO, INITIATOR, SW, DECLARED, TEXT, "", NEVER, "13.3"),
  HEADER_DIGEST("HeaderDigest", IO, BOTH, CO, FIRST_COMMON, DIGEST, "None", NEVER, "13.1"),
  DATA_DIGEST("DataDigest", IO, BOTH, CO, FIRST_COMMON, DIGEST, "None", NEVER, "13.1"),
  MAX_CONNECTIONS(
      "MaxConnections", LO, BOTH, SW, MINIMUM, new Range(1, 65535), "1", DISCOVERY, "13.2"),
  INITIAL_R2T("InitialR2T", LO, BOTH, SW, OR, BOOLEAN, "Yes", DISCOVERY, "13.10"),
  IMMEDIATE_DATA("ImmediateData", LO, BOTH, SW, AND, BOOLEAN, "Yes", DISCOVERY, "13.11"),
  MAX_RECV_DATA_SEGMENT_LENGTH(
      "MaxRecvDataSegmentLength", ALL, BOTH, CO, DECLARED, LENGTH, "8192", NEVER, "13.12"),
  MAX_BURST_LENGTH("MaxBurstLength", LO, BOTH, SW, MINIMUM, LENGTH, "262144", DISCOVERY, "13.13"),
  FIRST_BURST_LENGTH(
      "FirstBurstLength", LO, BOTH, SW, MINIMUM, LENGTH, "65536", NOTHING_UNSOLICITED, "13.14"),
  DEFAULT_TIME2WAIT(
      "DefaultTime2Wait", LO, BOTH, SW, MAXIMUM, new Range(0, 3600), "2", NEVER, "13.15"),
  DEFAULT_TIME2RETAIN(
      "DefaultTime2Retain", LO, BOTH, SW, MINIMUM, new Range(0, 3600), "20", NEVER, "13.16"),
  MAX_OUTSTANDING_R2T(
      "MaxOutstandingR2T", LO, BOTH, SW, MINIMUM, new Range(1, 65535), "1", DISCOVERY, "13.17"),
  DATA_PDU_IN_ORDER("DataPDUInOrder", LO, BOTH, SW, OR, BOOLEAN, "Yes", DISCOVERY, "13.18"),
  DATA_SEQUENCE_IN_ORDER(
      "DataSequenceInOrder", LO, BOTH, SW, OR, BOOLEAN, "Yes", DISCOVERY, "13.19"),
  ERROR_RECOVERY_LEVEL(
      "ErrorRecoveryLevel", LO, BOTH, SW, MINIMUM, new Range(0, 2), "0", NEVER, "13.20"),
  TASK_REPORTING(
      "TaskReporting", LO, BOTH, SW, FIRST_COMMON, REPORTING, "RFC3720", DISCOVERY, "13.23"),
  ISCSI_PROTOCOL_LEVEL(
      "iSCSIProtocolLevel", LO, BOTH, SW, MINIMUM, new Range(0, 31), "1", DISCOVERY, "13.24"),
  OF_MARKER("OFMarker", IO, BOTH, CO, REFUSED, BOOLEAN, "No", NEVER, "13.25"),
  IF_MARKER("IFMarker", IO, BOTH, CO, REFUSED, BOOLEAN, "No", NEVER, "13.25"),
  OF_MARK_INT("OFMarkInt", IO, BOTH, CO, REFUSED, TEXT, "", NEVER, "13.25"),
  IF_MARK_INT("IFMarkInt", IO, BOTH, CO, REFUSED, TEXT, "", NEVER, "13.25"),
  NODE_ARCHITECTURE("X#NodeArchitecture", ALL, BOTH, SW, DECLARED, TEXT, "None", NEVER, "13.26");

  /** When a key may be sent (the "Use" lines of clause 13). */
  public enum Use {
    /** Only in the security negotiation stage. */
    SECURITY,
    /** Only during the login of a session's leading connection. */
    LO,
    /** Initialize only: only during login. */
    IO,
    /** Only in the full feature phase. */
    FFPO,
    /** In both phases. */
    ALL
  }

  /** Who may send a key. */
  public enum Sender {
    INITIATOR,
    TARGET,
    BOTH
  }

  /** What a key's value holds for. */
  public enum Scope {
    /** Session-wide. */
    SW,
    /** Connection-only. */
    CO
  }

  /** How the result comes from the offer and what this side wants (6.2). */
  public enum Result {
    /** Declarative: the sender says it, nobody answers. */
    DECLARED,
    MINIMUM,
    MAXIMUM,
    AND,
    OR,
    /** The first value of the offered list that this side takes. */
    FIRST_COMMON,
    /** An obsolete key: Yes or No is answered No, all else Reject. */
    REFUSED,
    /** A message of CHAP: neither negotiated nor kept, but answered by {@link ChapExchange}. */
    EXCHANGE
  }

  /** When a key does not apply, and is answered Irrelevant. */
  public enum Unless {
    NEVER,
    /** In a discovery session. */
    DISCOVERY,
    /** In a discovery session, or with InitialR2T=Yes and ImmediateData=No. */
    NOTHING_UNSOLICITED
  }

  private static final Map<String, TextKey> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(TextKey::key, Function.identity()));

  private final String key;
  private final Use use;
  private final Sender sender;
  private final Scope scope;
  private final Result result;

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Values legal;

  private final String initial;
  private final Unless irrelevant;
  private final String clause;

  TextKey(
      String key,
      Use use,
      Sender sender,
      Scope scope,
      Result result,
      Values legal,
      String initial,
      Unless irrelevant,
      String clause) {
    this.key = key;
    this.use = use;
    this.sender = sender;
    this.scope = scope;
    this.result = result;
    this.legal = legal;
    this.initial = initial;
    this.irrelevant = irrelevant;
    this.clause = clause;
  }

  /** The key with a name; names are case-sensitive (6.1). */
  public static Optional<TextKey> of(String key) {
    return Optional.ofNullable(BY_NAME.get(key));
  }

  public String key() {
    return key;
  }

  public Use use() {
    return use;
  }

  public Sender sender() {
    return sender;
  }

  public Scope scope() {
    return scope;
  }

  public Result result() {
    return result;
  }

  /** The values that are legal. */
  public Values legal() {
    return legal;
  }

  /** What holds until something else is negotiated; empty if nothing does. */
  public String initial() {
    return initial;
  }

  public Unless irrelevant() {
    return irrelevant;
  }

  /** The clause of RFC 7143 that defines the key. */
  public String clause() {
    return clause;
  }
}

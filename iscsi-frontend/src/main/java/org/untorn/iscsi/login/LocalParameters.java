package org.untorn.iscsi.login;

import static org.untorn.iscsi.login.TextKey.AUTH_METHOD;
import static org.untorn.iscsi.login.TextKey.DATA_PDU_IN_ORDER;
import static org.untorn.iscsi.login.TextKey.DATA_SEQUENCE_IN_ORDER;
import static org.untorn.iscsi.login.TextKey.DEFAULT_TIME2RETAIN;
import static org.untorn.iscsi.login.TextKey.DEFAULT_TIME2WAIT;
import static org.untorn.iscsi.login.TextKey.ERROR_RECOVERY_LEVEL;
import static org.untorn.iscsi.login.TextKey.FIRST_BURST_LENGTH;
import static org.untorn.iscsi.login.TextKey.IMMEDIATE_DATA;
import static org.untorn.iscsi.login.TextKey.INITIAL_R2T;
import static org.untorn.iscsi.login.TextKey.ISCSI_PROTOCOL_LEVEL;
import static org.untorn.iscsi.login.TextKey.MAX_BURST_LENGTH;
import static org.untorn.iscsi.login.TextKey.MAX_CONNECTIONS;
import static org.untorn.iscsi.login.TextKey.MAX_OUTSTANDING_R2T;
import static org.untorn.iscsi.login.TextKey.MAX_RECV_DATA_SEGMENT_LENGTH;

import java.util.EnumMap;
import java.util.Map;

/**
 * What this side brings to a negotiation: for each key with a result function, its own operand; for
 * MaxRecvDataSegmentLength, what it declares.
 *
 * <p>Invariant: each value is a legal one, written canonically. A list key needs none: the table
 * says what is supported; one that has it takes this word alone.
 */
public record LocalParameters(Map<TextKey, String> values) {

  /**
   * Long bursts and segments (small ones cost half of the throughput of large writes), one
   * connection, no recovery below the session; the initiator chooses whether it sends unsolicited
   * data. Tasks are not kept after a connection fails, so Time2Retain is 0. Protocol level 2 is
   * what RFC 7144 adds.
   */
  public static final LocalParameters DEFAULT =
      new LocalParameters(
          Map.ofEntries(
              Map.entry(AUTH_METHOD, "None"),
              Map.entry(MAX_CONNECTIONS, "1"),
              Map.entry(INITIAL_R2T, "No"),
              Map.entry(IMMEDIATE_DATA, "Yes"),
              Map.entry(MAX_RECV_DATA_SEGMENT_LENGTH, Integer.toString(1 << 20)),
              Map.entry(MAX_BURST_LENGTH, Integer.toString(4 << 20)),
              Map.entry(FIRST_BURST_LENGTH, Integer.toString(1 << 20)),
              Map.entry(DEFAULT_TIME2WAIT, "2"),
              Map.entry(DEFAULT_TIME2RETAIN, "0"),
              Map.entry(MAX_OUTSTANDING_R2T, "16"),
              Map.entry(DATA_PDU_IN_ORDER, "Yes"),
              Map.entry(DATA_SEQUENCE_IN_ORDER, "Yes"),
              Map.entry(ERROR_RECOVERY_LEVEL, "0"),
              Map.entry(ISCSI_PROTOCOL_LEVEL, "2")));

  public LocalParameters {
    values = Map.copyOf(values);
    values.forEach(
        (key, value) -> {
          if (key.legal().canonical(value).filter(value::equals).isEmpty()) {
            throw new IllegalArgumentException("not a value of " + key.key() + ": " + value);
          }
        });
  }

  /** The same with another value for a key. */
  public LocalParameters with(TextKey key, String value) {
    Map<TextKey, String> changed = new EnumMap<>(values);
    changed.put(key, value);
    return new LocalParameters(changed);
  }

  /** Whether this side takes a word of a list that the table has. */
  boolean takes(TextKey key, String word) {
    return values.getOrDefault(key, word).equals(word);
  }

  /** This side's operand; the key's initial value where nothing else is said. */
  String value(TextKey key) {
    return values.getOrDefault(key, key.initial());
  }
}

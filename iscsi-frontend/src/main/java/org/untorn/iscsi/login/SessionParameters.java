package org.untorn.iscsi.login;

import static org.untorn.iscsi.login.TextKey.DATA_DIGEST;
import static org.untorn.iscsi.login.TextKey.FIRST_BURST_LENGTH;
import static org.untorn.iscsi.login.TextKey.HEADER_DIGEST;
import static org.untorn.iscsi.login.TextKey.IMMEDIATE_DATA;
import static org.untorn.iscsi.login.TextKey.INITIAL_R2T;
import static org.untorn.iscsi.login.TextKey.ISCSI_PROTOCOL_LEVEL;
import static org.untorn.iscsi.login.TextKey.MAX_BURST_LENGTH;
import static org.untorn.iscsi.login.TextKey.MAX_OUTSTANDING_R2T;
import static org.untorn.iscsi.login.TextKey.MAX_RECV_DATA_SEGMENT_LENGTH;

/**
 * What a login agreed on, as far as the full feature phase acts on it. What is the same in every
 * session is not here: one connection, data in order, error recovery level 0.
 *
 * @param headerDigest whether headers carry a CRC32C
 * @param dataDigest whether data segments carry a CRC32C
 * @param sendSegmentLength the longest data segment, in bytes, that the initiator takes
 * @param receiveSegmentLength the longest data segment, in bytes, that this target takes
 * @param maxBurstLength bytes of one Data-In sequence or one R2T
 * @param firstBurstLength bytes of unsolicited data, immediate data included
 * @param initialR2T whether Data-Out needs an R2T
 * @param immediateData whether a command may carry data
 * @param maxOutstandingR2T R2Ts of one task that may be open
 * @param protocolLevel iSCSIProtocolLevel: from 2 on there is what RFC 7144 adds
 */
public record SessionParameters(
    boolean headerDigest,
    boolean dataDigest,
    int sendSegmentLength,
    int receiveSegmentLength,
    int maxBurstLength,
    int firstBurstLength,
    boolean initialR2T,
    boolean immediateData,
    int maxOutstandingR2T,
    int protocolLevel) {

  /**
   * Reads them off a finished negotiation.
   *
   * @param declared whether the target declared its MaxRecvDataSegmentLength
   */
  static SessionParameters of(Negotiation negotiation, boolean declared) {
    return new SessionParameters(
        negotiation.value(HEADER_DIGEST).equals("CRC32C"),
        negotiation.value(DATA_DIGEST).equals("CRC32C"),
        number(negotiation, MAX_RECV_DATA_SEGMENT_LENGTH),
        Integer.parseInt(
            declared
                ? negotiation.local().value(MAX_RECV_DATA_SEGMENT_LENGTH)
                : MAX_RECV_DATA_SEGMENT_LENGTH.initial()),
        number(negotiation, MAX_BURST_LENGTH),
        Math.min(number(negotiation, FIRST_BURST_LENGTH), number(negotiation, MAX_BURST_LENGTH)),
        negotiation.value(INITIAL_R2T).equals("Yes"),
        negotiation.value(IMMEDIATE_DATA).equals("Yes"),
        number(negotiation, MAX_OUTSTANDING_R2T),
        number(negotiation, ISCSI_PROTOCOL_LEVEL));
  }

  private static int number(Negotiation negotiation, TextKey key) {
    return Integer.parseInt(negotiation.value(key));
  }
}

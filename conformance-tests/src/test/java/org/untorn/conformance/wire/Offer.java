package org.untorn.conformance.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an initiator offers at login (RFC 7143 13); lengths in bytes.
 *
 * @param initiator its iSCSI name
 * @param qualifier makes the ISID: sessions of one name with different qualifiers live side by side
 * @param protocolLevel iSCSIProtocolLevel, which is offered above 1
 */
record Offer(
    String initiator,
    int qualifier,
    boolean initialR2T,
    boolean immediateData,
    int firstBurstLength,
    int maxBurstLength,
    int maxRecvDataSegmentLength,
    int maxOutstandingR2T,
    boolean headerDigest,
    boolean dataDigest,
    int protocolLevel) {

  /** What Linux offers, more or less. */
  static final Offer USUAL =
      new Offer(
          "iqn.2026-11.org.untorn:wire",
          1,
          false,
          true,
          64 << 10,
          256 << 10,
          256 << 10,
          1,
          false,
          false,
          1);

  /** Another initiator with the same offer. */
  Offer named(String name) {
    return new Offer(
        name,
        qualifier,
        initialR2T,
        immediateData,
        firstBurstLength,
        maxBurstLength,
        maxRecvDataSegmentLength,
        maxOutstandingR2T,
        headerDigest,
        dataDigest,
        protocolLevel);
  }

  Offer withDigests() {
    return new Offer(
        initiator,
        qualifier,
        initialR2T,
        immediateData,
        firstBurstLength,
        maxBurstLength,
        maxRecvDataSegmentLength,
        maxOutstandingR2T,
        true,
        true,
        protocolLevel);
  }

  Offer withTransfer(boolean r2t, boolean immediate, int firstBurst, int maxBurst, int segment) {
    return new Offer(
        initiator,
        qualifier,
        r2t,
        immediate,
        firstBurst,
        maxBurst,
        segment,
        maxOutstandingR2T,
        headerDigest,
        dataDigest,
        protocolLevel);
  }

  Offer withMaxOutstandingR2T(int number) {
    return new Offer(
        initiator,
        qualifier,
        initialR2T,
        immediateData,
        firstBurstLength,
        maxBurstLength,
        maxRecvDataSegmentLength,
        number,
        headerDigest,
        dataDigest,
        protocolLevel);
  }

  /** What RFC 7144 adds, too. */
  Offer withProtocolLevel(int level) {
    return new Offer(
        initiator,
        qualifier,
        initialR2T,
        immediateData,
        firstBurstLength,
        maxBurstLength,
        maxRecvDataSegmentLength,
        maxOutstandingR2T,
        headerDigest,
        dataDigest,
        level);
  }

  /** The login text for a target. */
  Map<String, String> keys(String target) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("InitiatorName", initiator);
    keys.put("TargetName", target);
    keys.put("SessionType", "Normal");
    keys.put("HeaderDigest", headerDigest ? "CRC32C,None" : "None");
    keys.put("DataDigest", dataDigest ? "CRC32C,None" : "None");
    keys.put("InitialR2T", initialR2T ? "Yes" : "No");
    keys.put("ImmediateData", immediateData ? "Yes" : "No");
    keys.put("FirstBurstLength", Integer.toString(firstBurstLength));
    keys.put("MaxBurstLength", Integer.toString(maxBurstLength));
    keys.put("MaxRecvDataSegmentLength", Integer.toString(maxRecvDataSegmentLength));
    keys.put("MaxOutstandingR2T", Integer.toString(maxOutstandingR2T));
    keys.put("MaxConnections", "1");
    keys.put("ErrorRecoveryLevel", "0");
    keys.put("DataPDUInOrder", "Yes");
    keys.put("DataSequenceInOrder", "Yes");
    if (protocolLevel > 1) {
      keys.put("iSCSIProtocolLevel", Integer.toString(protocolLevel));
    }
    return keys;
  }
}

package org.untorn.iscsi.initiator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who logs in where, and with what.
 *
 * @param isid 48 bits
 * @param targetName empty for a discovery session
 * @param keys what is offered in the operational stage, in order
 * @param proof how the initiator proves who it is; empty: not at all
 */
public record LoginOptions(
    String initiatorName,
    long isid,
    Optional<String> targetName,
    Map<String, String> keys,
    Optional<ChapProof> proof) {

  /** A normal session that takes and offers the largest sizes. */
  public static LoginOptions to(String targetName) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("MaxRecvDataSegmentLength", "1048576");
    keys.put("MaxBurstLength", "16776192");
    keys.put("FirstBurstLength", "1048576");
    keys.put("InitialR2T", "No");
    keys.put("ImmediateData", "Yes");
    keys.put("MaxOutstandingR2T", "8");
    return new LoginOptions(
        "iqn.2026-11.org.untorn:initiator",
        0x80_0000_000001L,
        Optional.of(targetName),
        keys,
        Optional.empty());
  }

  /** A discovery session. */
  public static LoginOptions discovery() {
    return new LoginOptions(
        "iqn.2026-11.org.untorn:initiator",
        0x80_0000_00000DL,
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  public LoginOptions {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /** The same with a key offered otherwise. */
  public LoginOptions with(String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(keys);
    changed.put(key, value);
    return new LoginOptions(initiatorName, isid, targetName, changed, proof);
  }

  /** The same from another initiator port. */
  public LoginOptions from(String otherInitiator, long otherIsid) {
    return new LoginOptions(otherInitiator, otherIsid, targetName, keys, proof);
  }

  /** The same with a proof of who it is. */
  public LoginOptions with(ChapProof other) {
    return new LoginOptions(initiatorName, isid, targetName, keys, Optional.of(other));
  }
}

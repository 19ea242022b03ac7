package org.untorn.iscsi.initiator;

import org.untorn.iscsi.pdu.Residual;

/**
 * How a command ended.
 *
 * @param response the iSCSI service response; 0: completed at the target
 * @param status the SCSI status
 * @param sense the sense data, or no bytes
 * @param dataIn what was read
 * @param residual of the one direction, or of the output of a bidirectional command
 */
@SuppressWarnings("ArrayRecordComponent") // for tests, which look at the bytes
public record CommandResult(
    int response, int status, byte[] sense, byte[] dataIn, Residual residual) {

  /** Whether the status is GOOD. */
  public boolean isGood() {
    return response == 0 && status == 0;
  }

  /** Sense key, ASC and ASCQ of fixed or descriptor sense, as in {@code "05/24/00"}. */
  public String senseCode() {
    boolean descriptor = sense.length > 0 && (sense[0] & 0x7F) >= 0x72;
    if (sense.length < (descriptor ? 4 : 14)) {
      return "none";
    }
    int key = descriptor ? sense[1] : sense[2];
    int asc = descriptor ? sense[2] : sense[12];
    int ascq = descriptor ? sense[3] : sense[13];
    return "%02X/%02X/%02X".formatted(key & 0x0F, asc & 0xFF, ascq & 0xFF);
  }
}

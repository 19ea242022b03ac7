package org.untorn.iscsi.session;

import org.untorn.core.AdditionalSense;
import org.untorn.core.Outcome;
import org.untorn.core.SenseData;
import org.untorn.core.SenseKey;

/**
 * The conditions that iSCSI itself finds in a task, with their sense (RFC 7143 11.4.7.2); always in
 * fixed format, which is the target port's and not a logical unit's.
 */
enum ProtocolSense {
  UNEXPECTED_UNSOLICITED_DATA(new AdditionalSense(0x0C, 0x0C)),
  INCORRECT_AMOUNT_OF_DATA(new AdditionalSense(0x0C, 0x0D)),
  PROTOCOL_SERVICE_CRC_ERROR(new AdditionalSense(0x47, 0x05));

  @SuppressWarnings("ImmutableEnumChecker") // a record of two numbers
  private final AdditionalSense additional;

  ProtocolSense(AdditionalSense additional) {
    this.additional = additional;
  }

  /** CHECK CONDITION, ABORTED COMMAND. */
  Outcome outcome() {
    return Outcome.checkCondition(new SenseData(SenseKey.ABORTED_COMMAND, additional), false);
  }
}

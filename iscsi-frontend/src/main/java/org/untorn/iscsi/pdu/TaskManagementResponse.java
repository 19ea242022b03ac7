package org.untorn.iscsi.pdu;

/**
 * Task Management Function Response (RFC 7143 11.6).
 *
 * <pre>
 *   0 |.|.| 0x22      |1| reserved    | Response      | reserved    |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | Additional Response Information             | reserved      |
 *  16 | Initiator Task Tag                                          |
 *  20 | reserved                                                    |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | reserved                                                    |
 * </pre>
 *
 * The additional response information is RFC 7144's.
 *
 * @param response a code of 11.6.1; those that this target gives are constants here
 * @param additional what QUERY ASYNCHRONOUS EVENT returns, 24 bits; else 0
 */
public record TaskManagementResponse(
    int response, int additional, int initiatorTaskTag, Numbers numbers) implements TargetPdu {

  public static final int FUNCTION_COMPLETE = 0;
  public static final int TASK_DOES_NOT_EXIST = 1;
  public static final int LUN_DOES_NOT_EXIST = 2;
  public static final int TASK_ALLEGIANCE_REASSIGNMENT_NOT_SUPPORTED = 4;
  public static final int FUNCTION_NOT_SUPPORTED = 5;
  public static final int FUNCTION_SUCCEEDED = 7;
  public static final int FUNCTION_REJECTED = 255;

  /** A response without additional information. */
  public TaskManagementResponse(int response, int initiatorTaskTag, Numbers numbers) {
    this(response, 0, initiatorTaskTag, numbers);
  }

  static TaskManagementResponse decode(BasicHeaderSegment bhs) {
    return new TaskManagementResponse(
        bhs.int8(2), bhs.int32(8) >>> 8, bhs.int32(16), Numbers.decode(bhs));
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.TASK_MANAGEMENT_RESPONSE, false, BasicHeaderSegment.FINAL)
        .int8(2, response)
        .int32(8, additional << 8)
        .int32(16, initiatorTaskTag);
    numbers.encode(bhs);
  }
}

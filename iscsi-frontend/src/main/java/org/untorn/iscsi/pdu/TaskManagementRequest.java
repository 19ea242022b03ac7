package org.untorn.iscsi.pdu;

/**
 * Task Management Function Request (RFC 7143 11.5).
 *
 * <pre>
 *   0 |.|I| 0x02      |1| Function    | reserved                    |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | Logical Unit Number (LUN) or reserved                       |
 *  16 | Initiator Task Tag                                          |
 *  20 | Referenced Task Tag or 0xffffffff                           |
 *  24 | CmdSN            28 | ExpStatSN                             |
 *  32 | RefCmdSN or reserved                                        |
 *  36 | ExpDataSN or reserved                                       |
 *  40 | reserved                                                    |
 * </pre>
 *
 * @param function 1 ABORT TASK, 2 ABORT TASK SET, 3 CLEAR ACA, 4 CLEAR TASK SET, 5 LOGICAL UNIT
 *     RESET, 6 TARGET WARM RESET, 7 TARGET COLD RESET, 8 TASK REASSIGN (11.5.1); with
 *     iSCSIProtocolLevel 2, 9 QUERY TASK, 10 QUERY TASK SET, 11 I_T NEXUS RESET, 12 QUERY
 *     ASYNCHRONOUS EVENT (RFC 7144)
 */
public record TaskManagementRequest(
    boolean immediate,
    int function,
    long lun,
    int initiatorTaskTag,
    int referencedTaskTag,
    int cmdSN,
    int expStatSN,
    int refCmdSN,
    int expDataSN)
    implements Request {

  static TaskManagementRequest decode(BasicHeaderSegment bhs) {
    return new TaskManagementRequest(
        bhs.immediate(),
        bhs.int8(1) & 0x7F,
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        bhs.int32(24),
        bhs.int32(28),
        bhs.int32(32),
        bhs.int32(36));
  }

  /** The same request for another function. */
  public TaskManagementRequest as(int other) {
    return new TaskManagementRequest(
        immediate,
        other,
        lun,
        initiatorTaskTag,
        referencedTaskTag,
        cmdSN,
        expStatSN,
        refCmdSN,
        expDataSN);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.TASK_MANAGEMENT_REQUEST, immediate, BasicHeaderSegment.FINAL | function)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, referencedTaskTag)
        .int32(24, cmdSN)
        .int32(28, expStatSN)
        .int32(32, refCmdSN)
        .int32(36, expDataSN);
  }
}

package org.untorn.core;

/**
 * An additional sense code with its qualifier (SPC-5 4.4.8): what exactly went wrong. The constants
 * are those that this device returns, under the names that SPC-5 gives them.
 *
 * @param code the ADDITIONAL SENSE CODE, 0 to FFh
 * @param qualifier the ADDITIONAL SENSE CODE QUALIFIER, 0 to FFh
 */
public record AdditionalSense(int code, int qualifier) {

  public static final AdditionalSense NO_ADDITIONAL_SENSE_INFORMATION =
      new AdditionalSense(0x00, 0x00);
  public static final AdditionalSense OPERATION_IN_PROGRESS = new AdditionalSense(0x00, 0x16);
  public static final AdditionalSense ATOMIC_COMMAND_ABORTED_DUE_TO_ACA =
      new AdditionalSense(0x00, 0x21);
  public static final AdditionalSense LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED =
      new AdditionalSense(0x04, 0x02);
  public static final AdditionalSense LOGICAL_UNIT_NOT_READY_MANUAL_INTERVENTION_REQUIRED =
      new AdditionalSense(0x04, 0x03);
  public static final AdditionalSense LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS =
      new AdditionalSense(0x04, 0x04);
  public static final AdditionalSense LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS =
      new AdditionalSense(0x04, 0x1B);
  public static final AdditionalSense
      LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION =
          new AdditionalSense(0x04, 0x0A);
  public static final AdditionalSense LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_STANDBY_STATE =
      new AdditionalSense(0x04, 0x0B);
  public static final AdditionalSense LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_UNAVAILABLE_STATE =
      new AdditionalSense(0x04, 0x0C);
  public static final AdditionalSense UNREACHABLE_COPY_TARGET = new AdditionalSense(0x08, 0x04);
  public static final AdditionalSense WRITE_ERROR = new AdditionalSense(0x0C, 0x00);
  public static final AdditionalSense INCOMPLETE_MULTIPLE_ATOMIC_WRITE_OPERATIONS =
      new AdditionalSense(0x0C, 0x10);
  public static final AdditionalSense THIRD_PARTY_DEVICE_FAILURE = new AdditionalSense(0x0D, 0x01);
  public static final AdditionalSense COPY_TARGET_DEVICE_NOT_REACHABLE =
      new AdditionalSense(0x0D, 0x02);
  public static final AdditionalSense INCORRECT_COPY_TARGET_DEVICE_TYPE =
      new AdditionalSense(0x0D, 0x03);
  public static final AdditionalSense INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT =
      new AdditionalSense(0x0E, 0x03);
  public static final AdditionalSense LOGICAL_BLOCK_GUARD_CHECK_FAILED =
      new AdditionalSense(0x10, 0x01);
  public static final AdditionalSense LOGICAL_BLOCK_APPLICATION_TAG_CHECK_FAILED =
      new AdditionalSense(0x10, 0x02);
  public static final AdditionalSense LOGICAL_BLOCK_REFERENCE_TAG_CHECK_FAILED =
      new AdditionalSense(0x10, 0x03);
  public static final AdditionalSense UNRECOVERED_READ_ERROR = new AdditionalSense(0x11, 0x00);
  public static final AdditionalSense READ_ERROR_LBA_MARKED_BAD_BY_APPLICATION_CLIENT =
      new AdditionalSense(0x11, 0x14);
  public static final AdditionalSense PARAMETER_LIST_LENGTH_ERROR = new AdditionalSense(0x1A, 0x00);
  public static final AdditionalSense MISCOMPARE_DURING_VERIFY_OPERATION =
      new AdditionalSense(0x1D, 0x00);
  public static final AdditionalSense INVALID_COMMAND_OPERATION_CODE =
      new AdditionalSense(0x20, 0x00);
  public static final AdditionalSense LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE =
      new AdditionalSense(0x21, 0x00);
  public static final AdditionalSense INVALID_TOKEN_OPERATION_UNSUPPORTED_TOKEN_TYPE =
      new AdditionalSense(0x23, 0x01);
  public static final AdditionalSense INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN =
      new AdditionalSense(0x23, 0x04);
  public static final AdditionalSense INVALID_TOKEN_OPERATION_TOKEN_CORRUPT =
      new AdditionalSense(0x23, 0x05);
  public static final AdditionalSense INVALID_TOKEN_OPERATION_TOKEN_EXPIRED =
      new AdditionalSense(0x23, 0x07);
  public static final AdditionalSense INVALID_TOKEN_OPERATION_TOKEN_CANCELLED =
      new AdditionalSense(0x23, 0x08);
  public static final AdditionalSense INVALID_TOKEN_OPERATION_TOKEN_DELETED =
      new AdditionalSense(0x23, 0x09);
  public static final AdditionalSense INVALID_TOKEN_OPERATION_INVALID_TOKEN_LENGTH =
      new AdditionalSense(0x23, 0x0A);
  public static final AdditionalSense INVALID_FIELD_IN_CDB = new AdditionalSense(0x24, 0x00);
  public static final AdditionalSense LOGICAL_UNIT_NOT_SUPPORTED = new AdditionalSense(0x25, 0x00);
  public static final AdditionalSense INVALID_FIELD_IN_PARAMETER_LIST =
      new AdditionalSense(0x26, 0x00);
  public static final AdditionalSense INVALID_RELEASE_OF_PERSISTENT_RESERVATION =
      new AdditionalSense(0x26, 0x04);
  public static final AdditionalSense TOO_MANY_TARGET_DESCRIPTORS = new AdditionalSense(0x26, 0x06);
  public static final AdditionalSense UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE =
      new AdditionalSense(0x26, 0x07);
  public static final AdditionalSense TOO_MANY_SEGMENT_DESCRIPTORS =
      new AdditionalSense(0x26, 0x08);
  public static final AdditionalSense UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE =
      new AdditionalSense(0x26, 0x09);
  public static final AdditionalSense UNEXPECTED_INEXACT_SEGMENT = new AdditionalSense(0x26, 0x0A);
  public static final AdditionalSense INLINE_DATA_LENGTH_EXCEEDED = new AdditionalSense(0x26, 0x0B);
  public static final AdditionalSense WRITE_PROTECTED = new AdditionalSense(0x27, 0x00);
  public static final AdditionalSense LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED =
      new AdditionalSense(0x27, 0x02);
  public static final AdditionalSense SPACE_ALLOCATION_FAILED_WRITE_PROTECT =
      new AdditionalSense(0x27, 0x07);
  public static final AdditionalSense NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED =
      new AdditionalSense(0x28, 0x00);
  public static final AdditionalSense POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED =
      new AdditionalSense(0x29, 0x00);
  public static final AdditionalSense POWER_ON_OCCURRED = new AdditionalSense(0x29, 0x01);
  public static final AdditionalSense SCSI_BUS_RESET_OCCURRED = new AdditionalSense(0x29, 0x02);
  public static final AdditionalSense BUS_DEVICE_RESET_FUNCTION_OCCURRED =
      new AdditionalSense(0x29, 0x03);
  public static final AdditionalSense I_T_NEXUS_LOSS_OCCURRED = new AdditionalSense(0x29, 0x07);
  public static final AdditionalSense MODE_PARAMETERS_CHANGED = new AdditionalSense(0x2A, 0x01);
  public static final AdditionalSense LOG_PARAMETERS_CHANGED = new AdditionalSense(0x2A, 0x02);
  public static final AdditionalSense RESERVATIONS_PREEMPTED = new AdditionalSense(0x2A, 0x03);
  public static final AdditionalSense RESERVATIONS_RELEASED = new AdditionalSense(0x2A, 0x04);
  public static final AdditionalSense REGISTRATIONS_PREEMPTED = new AdditionalSense(0x2A, 0x05);
  public static final AdditionalSense ASYMMETRIC_ACCESS_STATE_CHANGED =
      new AdditionalSense(0x2A, 0x06);
  public static final AdditionalSense IMPLICIT_ASYMMETRIC_ACCESS_STATE_TRANSITION_FAILED =
      new AdditionalSense(0x2A, 0x07);
  public static final AdditionalSense CAPACITY_DATA_HAS_CHANGED = new AdditionalSense(0x2A, 0x09);
  public static final AdditionalSense COMMAND_SEQUENCE_ERROR = new AdditionalSense(0x2C, 0x00);
  public static final AdditionalSense PREVIOUS_BUSY_STATUS = new AdditionalSense(0x2C, 0x07);
  public static final AdditionalSense PREVIOUS_TASK_SET_FULL_STATUS =
      new AdditionalSense(0x2C, 0x08);
  public static final AdditionalSense PREVIOUS_RESERVATION_CONFLICT_STATUS =
      new AdditionalSense(0x2C, 0x09);
  public static final AdditionalSense ORWRITE_GENERATION_DOES_NOT_MATCH =
      new AdditionalSense(0x2C, 0x0C);
  public static final AdditionalSense COMMANDS_CLEARED_BY_ANOTHER_INITIATOR =
      new AdditionalSense(0x2F, 0x00);
  public static final AdditionalSense MEDIUM_FORMAT_CORRUPTED = new AdditionalSense(0x31, 0x00);
  public static final AdditionalSense FORMAT_COMMAND_FAILED = new AdditionalSense(0x31, 0x01);
  public static final AdditionalSense SANITIZE_COMMAND_FAILED = new AdditionalSense(0x31, 0x03);
  public static final AdditionalSense NO_DEFECT_SPARE_LOCATION_AVAILABLE =
      new AdditionalSense(0x32, 0x00);
  public static final AdditionalSense MEDIUM_NOT_PRESENT = new AdditionalSense(0x3A, 0x00);
  public static final AdditionalSense MEDIUM_REMOVAL_PREVENTED = new AdditionalSense(0x53, 0x02);
  public static final AdditionalSense SAVING_PARAMETERS_NOT_SUPPORTED =
      new AdditionalSense(0x39, 0x00);
  public static final AdditionalSense THIN_PROVISIONING_SOFT_THRESHOLD_REACHED =
      new AdditionalSense(0x38, 0x07);
  public static final AdditionalSense INQUIRY_DATA_HAS_CHANGED = new AdditionalSense(0x3F, 0x03);
  public static final AdditionalSense DEVICE_IDENTIFIER_CHANGED = new AdditionalSense(0x3F, 0x05);
  public static final AdditionalSense REPORTED_LUNS_DATA_HAS_CHANGED =
      new AdditionalSense(0x3F, 0x0E);
  public static final AdditionalSense INTERNAL_TARGET_FAILURE = new AdditionalSense(0x44, 0x00);
  public static final AdditionalSense INVALID_MESSAGE_ERROR = new AdditionalSense(0x49, 0x00);
  public static final AdditionalSense OVERLAPPED_COMMANDS_ATTEMPTED =
      new AdditionalSense(0x4E, 0x00);
  public static final AdditionalSense INSUFFICIENT_RESOURCES_TO_CREATE_ROD_TOKEN =
      new AdditionalSense(0x55, 0x0D);

  public AdditionalSense {
    if ((code & ~0xFF) != 0 || (qualifier & ~0xFF) != 0) {
      throw new IllegalArgumentException("no such code: " + code + "/" + qualifier);
    }
  }

  /** As the standards and the logs of every initiator write it: {@code 24h/00h}. */
  @Override
  public String toString() {
    return "%02Xh/%02Xh".formatted(code, qualifier);
  }
}

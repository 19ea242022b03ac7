package org.untorn.core;

import java.util.Optional;
import org.untorn.backstore.BlockOutcome;

/** What a store's failures, and a disk's refusals, are called in sense data. */
final class Failures {

  /** 07h/27h/00h: the medium takes no changes. */
  static final SenseData MEDIUM_WRITE_PROTECTED =
      new SenseData(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);

  /** 07h/27h/02h: the control mode page's SWP bit is set. */
  static final SenseData WRITE_PROTECTED =
      new SenseData(SenseKey.DATA_PROTECT, AdditionalSense.LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED);

  /** 05h/0Eh/03h: the Data-Out Buffer is not as long as the CDB needs it. */
  static final SenseData WRONG_DATA_OUT_SIZE =
      SenseData.illegalRequest(AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);

  private Failures() {}

  /** 05h/21h/00h, pointing at what names the LBA. */
  static SenseData outOfRange(FieldPointer lba) {
    return SenseData.illegalRequest(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, lba);
  }

  /** 0Eh/1Dh/00h; INFORMATION is the offset of the first byte that differs (SBC-4, VERIFY). */
  static SenseData miscompare(long offset) {
    return new SenseData(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
        .withInformation(offset);
  }

  /** The sense data of an outcome; nothing if it is no failure. */
  static Optional<SenseData> of(BlockOutcome outcome) {
    return switch (outcome) {
      case BlockOutcome.Done _, BlockOutcome.Mapping _ -> Optional.empty();
      case BlockOutcome.Miscompare(long offset) -> Optional.of(miscompare(offset));
      case BlockOutcome.OutOfRange _ ->
          Optional.of(SenseData.illegalRequest(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
      case BlockOutcome.OutOfSpace _ ->
          Optional.of(
              new SenseData(
                  SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT));
      case BlockOutcome.Unreadable(long lba, String _) ->
          Optional.of(
              new SenseData(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
                  .withInformation(lba));
      case BlockOutcome.MarkedBad(long lba) ->
          Optional.of(
              new SenseData(
                      SenseKey.MEDIUM_ERROR,
                      AdditionalSense.READ_ERROR_LBA_MARKED_BAD_BY_APPLICATION_CLIENT)
                  .withInformation(lba));
      case BlockOutcome.WriteFailed _ ->
          Optional.of(new SenseData(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR));
      case BlockOutcome.Stopped _ ->
          Optional.of(
              new SenseData(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE));
    };
  }
}

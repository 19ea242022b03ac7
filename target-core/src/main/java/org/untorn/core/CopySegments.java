package org.untorn.core;

import java.util.Arrays;
import java.util.Optional;
import org.untorn.core.Command.UnderReservation;
import org.untorn.core.CopyAborted.Pointer;
import org.untorn.core.CopyAborted.Reply;
import org.untorn.vpd.Association;
import org.untorn.vpd.Field;

/**
 * Carries the segments of an EXTENDED COPY out, one after the other (SPC-5 6.4.6, block device to
 * block device).
 *
 * <p>Only logical units that the initiator sees take part. They are used in its name: what would
 * refuse its READ or WRITE, a reservation or write protection, refuses the copy.
 *
 * @param own the disk that the command was sent to
 * @param inventory what the initiator sees
 */
record CopySegments(Disk own, Nexus nexus, LunInventory inventory, CopyList list)
    implements CopyOperations.Work {

  private static final int RESERVATION_CONFLICT = 0x18;

  /** One who takes part, or why not. */
  private sealed interface Party {
    record Found(Disk disk) implements Party {}

    record Missing(CopyAborted why) implements Party {}
  }

  @Override
  public Optional<CopyFailure> copy(CopyOperation operation) {
    for (int number = 0; number < list.segments().size(); number++) {
      if (!operation.aborted()) {
        Optional<CopyAborted> failure = copy(operation, number);
        if (failure.isPresent()) {
          return Optional.of(failure.get());
        }
      }
      if (operation.aborted()) {
        return Optional.of(
            new CopyAborted(AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION, number));
      }
      operation.segmentDone();
    }
    return Optional.empty();
  }

  private Optional<CopyAborted> copy(CopyOperation operation, int number) {
    byte[] segment = list.segments().get(number);
    Party source = party(segment, CopyList.SOURCE, number);
    Party destination = party(segment, CopyList.DESTINATION, number);
    return switch (source) {
      case Party.Missing(CopyAborted why) -> Optional.of(why);
      case Party.Found(Disk from) ->
          switch (destination) {
            case Party.Missing(CopyAborted why) -> Optional.of(why);
            case Party.Found(Disk to) -> copy(operation, number, segment, from, to);
          };
    };
  }

  private Optional<CopyAborted> copy(
      CopyOperation operation, int number, byte[] segment, Disk from, Disk to) {
    int sourceBlock = from.geometry().blockLength();
    int destinationBlock = to.geometry().blockLength();
    int counted = CopyList.DC.isSet(segment) ? destinationBlock : sourceBlock;
    long bytes = CopyList.BLOCKS.get(segment) * counted;
    if (bytes % sourceBlock != 0 || bytes % destinationBlock != 0) {
      return Optional.of(
          new CopyAborted(AdditionalSense.UNEXPECTED_INEXACT_SEGMENT, number)
              .at(Pointer.inSegment(CopyList.BLOCKS)));
    }
    long sourceLba = CopyList.SOURCE_LBA.get(segment);
    long destinationLba = CopyList.DESTINATION_LBA.get(segment);
    Optional<CopyAborted> refusal =
        refusal(from, false, number)
            .or(() -> refusal(to, true, number))
            .or(() -> range(from, sourceLba, bytes / sourceBlock, false, number))
            .or(() -> range(to, destinationLba, bytes / destinationBlock, true, number));
    if (refusal.isPresent() || bytes == 0) {
      return refusal;
    }
    return BlockCopy.copy(
            operation,
            new BlockCopy.Place(from.store(), sourceLba),
            new BlockCopy.Place(to.store(), destinationLba),
            bytes,
            to.durability(false))
        .map(
            failed ->
                new CopyAborted(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, number)
                    .because(Reply.checkCondition(failed.destination(), failed.sense())));
  }

  /** Whether a disk would refuse the initiator's READ or WRITE, wherever that went. */
  private Optional<CopyAborted> refusal(Disk disk, boolean writes, int number) {
    UnderReservation rule =
        writes ? UnderReservation.CONFLICT : UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE;
    if (disk.reservations().conflicts(nexus, rule)) {
      return Optional.of(
          new CopyAborted(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, number)
              .because(new Reply(writes, RESERVATION_CONFLICT, Optional.empty())));
    }
    return disk.notReady()
        .or(() -> writes ? disk.writeProtection() : Optional.empty())
        .map(
            why ->
                new CopyAborted(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, number)
                    .because(Reply.checkCondition(writes, why)));
  }

  /**
   * Whether the blocks lie in a disk. The answer that it would give says what is wrong; libiscsi's
   * suite takes no additional sense code beside that.
   */
  private static Optional<CopyAborted> range(
      Disk disk, long lba, long blocks, boolean destination, int number) {
    Field field = destination ? CopyList.DESTINATION_LBA : CopyList.SOURCE_LBA;
    return disk.geometry().contains(lba, blocks)
        ? Optional.empty()
        : Optional.of(
            new CopyAborted(AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION, number)
                .at(Pointer.inSegment(field))
                .because(
                    Reply.checkCondition(
                        destination,
                        SenseData.illegalRequest(
                            AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE))));
  }

  private Party party(byte[] segment, Field field, int number) {
    int id = field.getInt(segment);
    if (id == CopyLimits.THIS_LOGICAL_UNIT) {
      return new Party.Found(own);
    }
    if (id >= list.cscds().size()) {
      return new Party.Missing(
          new CopyAborted(AdditionalSense.UNREACHABLE_COPY_TARGET, number)
              .at(Pointer.inSegment(field)));
    }
    byte[] cscd = list.cscds().get(id);
    int base = list.cscdBase() + id * CopyList.CSCD_DESCRIPTOR;
    if (CopyList.NUL.isSet(cscd)) {
      return missing(
          AdditionalSense.UNREACHABLE_COPY_TARGET, number, Pointer.inList(base, CopyList.NUL));
    }
    if (CopyList.DEVICE_TYPE.isSet(cscd)) {
      return missing(
          AdditionalSense.INCORRECT_COPY_TARGET_DEVICE_TYPE,
          number,
          Pointer.inList(base, CopyList.DEVICE_TYPE));
    }
    Optional<Disk> disk =
        inventory.units().stream()
            .flatMap(unit -> ExtendedCopyCommand.disk(unit).stream())
            .filter(one -> isNamedBy(one, cscd))
            .findFirst();
    if (disk.isEmpty()) {
      return missing(
          AdditionalSense.COPY_TARGET_DEVICE_NOT_REACHABLE,
          number,
          Pointer.inList(base, Field.bytes("DESIGNATOR", CopyList.DESIGNATOR, 1)));
    }
    int length = CopyList.DISK_BLOCK_LENGTH.getInt(cscd);
    return length == 0 || length == disk.get().geometry().blockLength()
        ? new Party.Found(disk.get())
        : missing(
            AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST,
            number,
            Pointer.inList(base, CopyList.DISK_BLOCK_LENGTH));
  }

  private static Party missing(AdditionalSense what, int number, Pointer pointer) {
    return new Party.Missing(new CopyAborted(what, number).at(pointer));
  }

  /** Whether a CSCD descriptor has one of a disk's designators. */
  private static boolean isNamedBy(Disk disk, byte[] cscd) {
    int length = CopyList.DESIGNATOR_LENGTH.getInt(cscd);
    byte[] wanted = Arrays.copyOfRange(cscd, CopyList.DESIGNATOR, CopyList.DESIGNATOR + length);
    return CopyList.ASSOCIATION.getInt(cscd) == 0
        && disk.profile().designators().stream()
            .filter(designator -> designator.association() == Association.LOGICAL_UNIT)
            .map(RodToken::asCscd)
            .flatMap(Optional::stream)
            .anyMatch(
                own ->
                    CopyList.CODE_SET.getInt(own) == CopyList.CODE_SET.getInt(cscd)
                        && CopyList.DESIGNATOR_TYPE.getInt(own)
                            == CopyList.DESIGNATOR_TYPE.getInt(cscd)
                        && CopyList.DESIGNATOR_LENGTH.getInt(own) == length
                        && Arrays.equals(
                            wanted,
                            Arrays.copyOfRange(
                                own, CopyList.DESIGNATOR, CopyList.DESIGNATOR + length)));
  }
}

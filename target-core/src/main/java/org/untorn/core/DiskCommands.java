package org.untorn.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.ThirdPartyCopy;

/** The rows of a disk's command table, by operation code and service action. */
final class DiskCommands {

  /** The order in which they are reported. */
  static final Comparator<Command> ORDER =
      Comparator.comparingInt(Command::operationCode)
          .thenComparingInt(row -> row.serviceAction().map(Command.ServiceAction::value).orElse(0));

  private DiskCommands() {}

  /**
   * All commands that this disk has under a profile, with those that only some kind of protection
   * information brings; WRITE ATOMIC only if its limits allow any.
   */
  static List<Command> of(Disk disk, UnitProfile profile) {
    int exponent = Provisioning.exponent(disk.geometry());
    List<Command> rows = new ArrayList<>();
    rows.add(testUnitReady());
    rows.add(new RequestSenseCommand(nexus -> requestSense(disk, nexus)).row());
    Optional<ProtectionType> protection = ProtectionType.of(disk.geometry());
    rows.add(new ReportLunsCommand().row());
    rows.add(new ReportSupportedOperationCodes(disk::commands).row());
    rows.add(ReportTaskManagementFunctions.row());
    rows.add(new StartStopUnitCommand(disk).row());
    rows.add(new FormatUnitCommand(disk).row());
    rows.add(new ReassignBlocksCommand(disk).row());
    rows.add(new UnmapCommand(disk).row());
    rows.addAll(GetLbaStatusCommand.rows(disk));
    rows.add(new CompareAndWriteCommand(disk).row());
    rows.addAll(OrWriteCommand.rows(disk));
    rows.add(new RegisterAndMoveCommand(disk).row());
    rows.add(new LogSenseCommand(disk).row());
    rows.add(new LogSelectCommand(disk).row());
    rows.add(new ReportIdentifyingInformationCommand(disk.identifyingInformation()).row());
    rows.add(new SetIdentifyingInformationCommand(disk).row());
    rows.add(new WriteBufferCommand(disk.buffers()).row());
    rows.add(new SendDiagnosticCommand(disk).row());
    rows.add(new ReceiveDiagnosticResultsCommand().row());
    if (!profile.ports().isEmpty()) {
      rows.add(new ReportTargetPortGroups(disk.groups()).row());
      rows.add(new SetTargetPortGroups(disk.groups(), disk.attentions()).row());
    }
    if (profile.atomic().supported()) {
      rows.addAll(WriteAtomicCommand.rows(disk, profile.limits()));
    }
    if (profile.removable()) {
      rows.add(new PreventAllowCommand(disk.medium().tray()).row());
    }
    if (protection.isEmpty()) {
      rows.addAll(copies(disk));
    }
    Stream.of(
            ReadCapacityCommand.rows(disk),
            ReadCommand.rows(disk),
            WriteCommand.rows(disk),
            VerifyCommand.rows(disk),
            WriteAndVerifyCommand.rows(disk),
            WriteSameCommand.rows(disk),
            WriteScatteredCommand.rows(disk, profile.scattered()),
            PreFetchCommand.rows(disk),
            PersistentReserveInCommand.rows(disk),
            PersistentReserveOutCommand.rows(disk),
            ReserveCommand.rows(disk),
            ReadDefectDataCommand.rows(disk.medium().defects()),
            SanitizeCommand.rows(disk),
            WriteLongCommand.rows(disk),
            ReadBufferCommand.rows(disk.buffers()),
            SynchronizeCacheCommand.rows(disk),
            ModeSenseCommand.rows(disk),
            ModeSelectCommand.rows(disk))
        .forEach(rows::addAll);
    Optional<ThirdPartyCopy> copy =
        protection.isPresent()
            ? Optional.empty()
            : Optional.of(CopyLimits.page(rows, disk.geometry()));
    rows.add(
        new InquiryCommand(
                profile.inquiry(protection),
                profile.vpdPages(exponent, protection, copy),
                profile.pagesOfPorts())
            .row());
    protection.ifPresent(
        type ->
            rows.replaceAll(row -> ShieldedHandler.over(row, type, disk.geometry().dataLength())));
    rows.sort(ORDER);
    return rows;
  }

  /**
   * Third-party copies, which a disk with protection information does not make: the reference tags
   * are those of the blocks' places.
   */
  private static List<Command> copies(Disk disk) {
    ReceiveCopyCommands results = new ReceiveCopyCommands(disk);
    List<Command> rows = new ArrayList<>(ExtendedCopyCommand.rows(disk));
    rows.addAll(results.rows());
    rows.add(new CopyOperationAbortCommand(disk).row());
    disk.surroundings()
        .copying()
        .points()
        .ifPresent(
            points -> {
              rows.add(new PopulateTokenCommand(disk, points).row());
              rows.add(new WriteUsingTokenCommand(disk).row());
              rows.add(results.rodTokenInformation());
            });
    return rows;
  }

  private static Command testUnitReady() {
    return Command.row("TEST UNIT READY", "SPC-5", 0x00, 6)
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_PERSISTENT)
        .handledBy(task -> task.complete(Outcome.GOOD));
  }

  /** A pending unit attention, which is cleared; else why the unit is not ready; else nothing. */
  private static SenseData requestSense(Disk disk, Nexus nexus) {
    return disk.attentions()
        .take(nexus)
        .map(SenseData::unitAttention)
        .or(() -> disk.groups().through(nexus).notReady())
        .or(disk::notReady)
        .orElse(RequestSenseCommand.NOTHING);
  }
}

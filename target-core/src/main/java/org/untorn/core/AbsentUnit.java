package org.untorn.core;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.untorn.vpd.Peripheral;
import org.untorn.vpd.StandardInquiry;

/**
 * What answers for a LUN that names no logical unit (SAM-5, incorrect logical unit numbers): it has
 * INQUIRY, which says so with PERIPHERAL QUALIFIER 011b; REPORT LUNS; and REQUEST SENSE, which
 * returns 05h/25h/00h. Everything else ends in 05h/25h/00h.
 */
final class AbsentUnit implements LogicalUnit {

  static final SenseData NOT_SUPPORTED =
      SenseData.illegalRequest(AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);

  private final CommandTable commands;

  /**
   * The absent unit of a target device.
   *
   * @param inquiry the standard data of the units that are there
   */
  AbsentUnit(StandardInquiry inquiry) {
    commands =
        new CommandTable(
            List.of(
                new RequestSenseCommand(nexus -> NOT_SUPPORTED).row(),
                new InquiryCommand(inquiry.with(Peripheral.INCAPABLE), List.of(), Map.of()).row(),
                new ReportLunsCommand().row()),
            true,
            NOT_SUPPORTED);
  }

  @Override
  public CommandTable commands() {
    return commands;
  }

  @Override
  public boolean descriptorSense() {
    return false;
  }

  @Override
  public void execute(CommandTask task) {
    task.command().handler().execute(task);
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    return CompletableFuture.completedFuture(null);
  }
}

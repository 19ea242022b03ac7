package org.untorn.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.untorn.vpd.DeviceIdentification;
import org.untorn.vpd.Field;
import org.untorn.vpd.Peripheral;
import org.untorn.vpd.StandardInquiry;
import org.untorn.vpd.VpdPage;

/**
 * INQUIRY (SPC-5): the standard data, or one of the vital product data pages. The answers are
 * encoded once.
 */
final class InquiryCommand implements Command.Handler {

  private static final Field EVPD = Field.bit("EVPD", 1, 0);
  private static final Field PAGE_CODE = Field.bytes("PAGE CODE", 2, 1);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 3, 2);

  private final byte[] standard;
  private final Map<Integer, byte[]> pages;
  private final Map<String, byte[]> identifications;

  /**
   * The command of a unit.
   *
   * @param pages those that are the same for everybody, and page 83h for ports that are not known
   * @param pagesOfPorts page 83h by the name of the target port that it is asked for through
   */
  InquiryCommand(StandardInquiry inquiry, List<VpdPage> pages, Map<String, VpdPage> pagesOfPorts) {
    Peripheral peripheral = inquiry.peripheral();
    this.standard = inquiry.encode();
    this.pages =
        pages.stream()
            .collect(Collectors.toMap(VpdPage::pageCode, page -> page.encode(peripheral)));
    this.identifications =
        pagesOfPorts.entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, port -> port.getValue().encode(peripheral)));
  }

  Command row() {
    return Command.row("INQUIRY", "SPC-5", 0x12, 6)
        .fields(EVPD, PAGE_CODE, ALLOCATION_LENGTH)
        .dataIn()
        .traits(Command.Trait.SKIPS_UNIT_ATTENTION, Command.Trait.DURING_ERASURE)
        .reach(Reach.ALWAYS)
        .reservation(Command.UnderReservation.ALLOWED)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<byte[]> data =
        task.isSet(EVPD)
            ? page(task.getInt(PAGE_CODE), task.nexus())
            : Optional.of(standard).filter(only -> !task.isSet(PAGE_CODE));
    data.ifPresentOrElse(
        found -> task.answer(found, ALLOCATION_LENGTH), () -> task.refuse(PAGE_CODE));
  }

  private Optional<byte[]> page(int code, Nexus nexus) {
    byte[] common = pages.get(code);
    return Optional.ofNullable(
        code == DeviceIdentification.PAGE_CODE
            ? identifications.getOrDefault(nexus.targetPort(), common)
            : common);
  }
}

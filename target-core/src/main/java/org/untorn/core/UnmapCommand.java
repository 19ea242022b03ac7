package org.untorn.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.Field;

/**
 * UNMAP (SBC-4): gives blocks back; they read as zeros from then on. All extents of a command go in
 * one root of the store.
 *
 * <pre>
 *  parameter list                               UNMAP block descriptor
 *  byte 0-1   UNMAP DATA LENGTH                 byte 0-7    UNMAP LOGICAL BLOCK ADDRESS
 *  byte 2-3   UNMAP BLOCK DESCRIPTOR DATA LEN.  byte 8-11   NUMBER OF LOGICAL BLOCKS
 *  byte 4-7   reserved                          byte 12-15  reserved
 *  byte 8..   UNMAP block descriptors
 * </pre>
 */
record UnmapCommand(Disk disk) implements Command.Handler {

  private static final Field ANCHOR = Field.bit("ANCHOR", 1, 0);
  private static final Field GROUP_NUMBER = new Field("GROUP NUMBER", 6, 5, 6);
  private static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 7, 2);

  private static final int HEADER = 8;
  private static final Field DESCRIPTOR_DATA_LENGTH =
      Field.bytes("UNMAP BLOCK DESCRIPTOR DATA LENGTH", 2, 2);
  private static final int DESCRIPTOR = 16;
  private static final Field LBA = Field.bytes("UNMAP LOGICAL BLOCK ADDRESS", 0, 8);
  private static final Field BLOCKS = Field.bytes("NUMBER OF LOGICAL BLOCKS", 8, 4);

  Command row() {
    return Command.row("UNMAP", "SBC-4", 0x42, 10)
        .fields(ANCHOR, PARAMETER_LIST_LENGTH)
        .ignores(List.of(GROUP_NUMBER))
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong = Disk.mustBeZero(task, ANCHOR).or(() -> disk.writeProtection(task));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
    } else {
      ParameterList.receive(task, task.getInt(PARAMETER_LIST_LENGTH), list -> unmap(task, list));
    }
  }

  private void unmap(CommandTask task, byte[] list) {
    if (list.length == 0) {
      task.complete(Outcome.GOOD);
      return;
    }
    if (list.length < HEADER || HEADER + DESCRIPTOR_DATA_LENGTH.getInt(list) > list.length) {
      task.refuse(ParameterList.LENGTH_ERROR);
      return;
    }
    int descriptors = DESCRIPTOR_DATA_LENGTH.getInt(list) / DESCRIPTOR;
    Optional<SenseData> wrong = check(list, descriptors);
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    List<BlockExtent> extents = new ArrayList<>();
    for (int i = 0; i < descriptors; i++) {
      byte[] descriptor = descriptor(list, i);
      if (BLOCKS.isSet(descriptor)) {
        extents.add(new BlockExtent(LBA.get(descriptor), BLOCKS.get(descriptor)));
      }
    }
    if (extents.isEmpty()) {
      task.complete(Outcome.GOOD);
      return;
    }
    disk.store()
        .submit(
            new BlockOperation.Unmap(extents, disk.durability(false)),
            outcome -> disk.finish(task, outcome));
  }

  /** The number of descriptors, the blocks of each, and the sum of all blocks. */
  private Optional<SenseData> check(byte[] list, int descriptors) {
    BlockLimits limits = disk.profile().limits();
    if (descriptors > limits.maximumUnmapBlockDescriptorCount()) {
      return Optional.of(
          SenseData.invalidFieldInParameterList(
              FieldPointer.inParameterList(0, DESCRIPTOR_DATA_LENGTH)));
    }
    long sum = 0;
    for (int i = 0; i < descriptors; i++) {
      byte[] descriptor = descriptor(list, i);
      int base = HEADER + i * DESCRIPTOR;
      if (!disk.geometry().contains(LBA.get(descriptor), BLOCKS.get(descriptor))) {
        return Optional.of(Failures.outOfRange(FieldPointer.inParameterList(base, LBA)));
      }
      sum += BLOCKS.get(descriptor);
      if (sum > limits.maximumUnmapLbaCount()) {
        return Optional.of(
            SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(base, BLOCKS)));
      }
    }
    return Optional.empty();
  }

  private static byte[] descriptor(byte[] list, int index) {
    byte[] descriptor = new byte[DESCRIPTOR];
    System.arraycopy(list, HEADER + index * DESCRIPTOR, descriptor, 0, DESCRIPTOR);
    return descriptor;
  }
}

package org.untorn.core;

import java.util.List;
import java.util.function.Predicate;
import org.untorn.core.Command.DataDirection;
import org.untorn.core.Command.Trait;
import org.untorn.core.CommandCounters.Count;

/**
 * The figures that log pages are made of, since the unit began: what its commands came to, by kind.
 * Commands that move other data than their blocks, such as WRITE SAME, are of no kind.
 *
 * @param read of the commands that return blocks
 * @param written of the commands that take blocks in
 * @param verified of the VERIFY commands
 * @param sets what is used and available
 * @param startStopCycles how often the unit was stopped and started again
 * @param powerOnMinutes whole minutes since the unit began
 */
record LogFigures(
    Kind read,
    Kind written,
    Kind verified,
    Provisioning.Sets sets,
    long startStopCycles,
    long powerOnMinutes) {

  /**
   * What commands of one kind came to.
   *
   * @param commands how many completed
   * @param blocks how many blocks those that were GOOD asked for
   * @param bytes the same in bytes
   * @param uncorrected how many failed by the medium's fault
   */
  record Kind(long commands, long blocks, long bytes, long uncorrected) {

    private static Kind of(List<Count> counts, int blockLength, Predicate<Command> which) {
      long commands = 0;
      long blocks = 0;
      long uncorrected = 0;
      for (Count count : counts) {
        if (which.test(count.command())) {
          commands += count.commands();
          blocks += count.blocks();
          uncorrected += count.mediumErrors();
        }
      }
      return new Kind(commands, blocks, blocks * blockLength, uncorrected);
    }
  }

  static LogFigures of(Disk disk) {
    List<Count> counts = disk.counts().snapshot();
    int blockLength = disk.geometry().dataLength();
    return new LogFigures(
        Kind.of(
            counts,
            blockLength,
            row -> row.movesItsBlocks() && row.direction() == DataDirection.IN),
        Kind.of(
            counts,
            blockLength,
            row ->
                row.movesItsBlocks()
                    && row.direction() == DataDirection.OUT
                    && row.is(Trait.CHANGES_MEDIUM)),
        Kind.of(
            counts,
            blockLength,
            row ->
                row.movesItsBlocks()
                    && row.direction() == DataDirection.OUT
                    && !row.is(Trait.CHANGES_MEDIUM)),
        disk.sets(),
        disk.startStopCycles(),
        disk.powerOnMinutes());
  }
}

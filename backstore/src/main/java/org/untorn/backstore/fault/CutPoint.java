package org.untorn.backstore.fault;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * When the power is cut. Writes, flushes and messages count from the moment at which this is asked
 * for.
 */
public sealed interface CutPoint {

  /** At once. */
  record Now() implements CutPoint {}

  /**
   * While the {@code number}-th change (write, atomic write, compare and write, unmap; of any
   * volume) is carried out: it is not answered, and whether it survives is left to the seed.
   */
  record AtWrite(long number) implements CutPoint {}

  /**
   * Inside the {@code number}-th change: exactly its first {@code blocks} blocks have reached the
   * medium. An atomic one is whole or absent all the same.
   */
  record InsideWrite(long number, int blocks) implements CutPoint {}

  /** When the {@code number}-th flush arrives, before it does anything. */
  record AtFlush(long number) implements CutPoint {}

  /**
   * When the {@code number}-th message between an initiator and the device arrives or is to leave:
   * it does not get through.
   */
  record AtMessage(long number) implements CutPoint {}

  /** Some time from now. */
  record After(Duration delay) implements CutPoint {}

  /** At each change with this probability, from 0 to 1; drawn from the seed. */
  record ByChance(double probability) implements CutPoint {}

  /**
   * Whether the power goes in a change, and after how many of its blocks, if that is settled.
   *
   * @param number of the change, from 1 on, since the cut was planned
   * @param chance for a cut that comes by chance
   */
  default Optional<OptionalInt> inChange(long number, RandomGenerator chance) {
    return switch (this) {
      case AtWrite(long n) when n == number -> Optional.of(OptionalInt.empty());
      case InsideWrite(long n, int blocks) when n == number -> Optional.of(OptionalInt.of(blocks));
      case ByChance(double probability) when chance.nextDouble() < probability ->
          Optional.of(OptionalInt.empty());
      case Now _, After _, AtFlush _, AtMessage _, AtWrite _, InsideWrite _, ByChance _ ->
          Optional.empty();
    };
  }
}

package org.untorn.core;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What a disk is given by whoever makes it, beside its blocks and its profile.
 *
 * @param memory where it keeps what outlives it
 * @param background what runs that takes long, and may block; each run has a thread of its own
 * @param nanoTime a clock in nanoseconds
 * @param eraseRate how many bytes a second FORMAT UNIT and SANITIZE get done at most, as on a disk
 *     that needs its time; 0: as fast as the store can
 * @param neverReady whether the unit says all the time that somebody has to look after it
 * @param copying what it copies with
 */
public record UnitSurroundings(
    UnitMemory memory,
    Executor background,
    LongSupplier nanoTime,
    long eraseRate,
    boolean neverReady,
    Copying copying) {

  /** Those of a disk that shares its copy manager with nobody. */
  UnitSurroundings(
      UnitMemory memory,
      Executor background,
      LongSupplier nanoTime,
      long eraseRate,
      boolean neverReady) {
    this(memory, background, nanoTime, eraseRate, neverReady, Copying.alone());
  }

  /** Those of a unit that works, and forgets what is set when it is no more. */
  public static UnitSurroundings usual() {
    return new UnitSurroundings(
        UnitMemory.ofThisProcess(),
        task -> Thread.ofVirtual().name("untorn-unit").start(task),
        System::nanoTime,
        0,
        false);
  }

  /** The same with a memory. */
  public UnitSurroundings with(UnitMemory other) {
    return new UnitSurroundings(other, background, nanoTime, eraseRate, neverReady, copying);
  }

  /** The same, erasing so many bytes a second. */
  public UnitSurroundings erasing(long bytesPerSecond) {
    return new UnitSurroundings(memory, background, nanoTime, bytesPerSecond, neverReady, copying);
  }

  /** The same, or a unit that is never ready. */
  public UnitSurroundings neverReady(boolean never) {
    return new UnitSurroundings(memory, background, nanoTime, eraseRate, never, copying);
  }

  /** The same, copying with something. */
  public UnitSurroundings with(Copying other) {
    return new UnitSurroundings(memory, background, nanoTime, eraseRate, neverReady, other);
  }
}

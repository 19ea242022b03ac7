package org.untorn.core;

import java.util.Optional;
import org.untorn.backstore.BlockStore;

/**
 * The medium of a disk: its blocks, what has become of them, and whether they can be reached. What
 * commands ask of the blocks passes
 *
 * <pre>
 *   {@link MarkedBlocks} ── {@link MediumGate} ── the store      an {@link Eraser} uses that itself
 * </pre>
 */
final class DiskMedium {

  private static final Optional<SenseData> NOT_PRESENT =
      Optional.of(new SenseData(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT));

  private static final Optional<SenseData> NEVER_READY =
      Optional.of(
          new SenseData(
              SenseKey.NOT_READY,
              AdditionalSense.LOGICAL_UNIT_NOT_READY_MANUAL_INTERVENTION_REQUIRED));

  private final MarkedBlocks blocks;
  private final Eraser eraser;
  private final Tray tray = new Tray();
  private final GrownDefects defects = new GrownDefects();
  private final boolean neverReady;

  DiskMedium(BlockStore store, UnitSurroundings surroundings) {
    MediumGate gate = new MediumGate(store);
    this.blocks = new MarkedBlocks(gate);
    this.eraser = new Eraser(store, gate, surroundings, blocks::clear);
    this.neverReady = surroundings.neverReady();
  }

  /** The blocks as commands reach them. */
  BlockStore blocks() {
    return blocks;
  }

  /** Those of them that are marked as bad. */
  MarkedBlocks marked() {
    return blocks;
  }

  Eraser eraser() {
    return eraser;
  }

  Tray tray() {
    return tray;
  }

  GrownDefects defects() {
    return defects;
  }

  /** Why it cannot be reached, if it cannot. */
  Optional<SenseData> condition() {
    Optional<SenseData> erasing = eraser.condition();
    if (erasing.isPresent()) {
      return erasing;
    }
    if (neverReady) {
      return NEVER_READY;
    }
    return tray.isLoaded() ? Optional.empty() : NOT_PRESENT;
  }

  void signal(UnitSignal signal) {
    tray.signal(signal);
    eraser.signal(signal);
  }
}

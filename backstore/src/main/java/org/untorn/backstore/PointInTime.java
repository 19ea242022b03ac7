package org.untorn.backstore;

/**
 * The blocks of a volume at one moment: a root that is kept. They do not change, whatever becomes
 * of the volume, and are gone with the process.
 *
 * @param blocks to be read until this is closed; changes end in {@link BlockOutcome.WriteFailed}
 * @param end gives back what nobody else needs
 */
public record PointInTime(BlockStore blocks, Runnable end) implements AutoCloseable {

  @Override
  public void close() {
    end.run();
  }
}

package org.untorn.backstore;

import java.util.Optional;

/**
 * Something that a {@link PoolCheck} found damaged.
 *
 * @param blocks whose blocks are hit, if that is known
 * @param what in words: the file, the byte where the damage begins, what it means, what to do
 */
public record Finding(Optional<Blocks> blocks, String what) {

  /**
   * Blocks of a volume or snapshot.
   *
   * @param lba the first
   * @param count how many
   */
  public record Blocks(String volume, long lba, long count) {

    @Override
    public String toString() {
      return count == 1
          ? "%s, LBA %d".formatted(volume, lba)
          : "%s, LBA %d to %d".formatted(volume, lba, lba + count - 1);
    }
  }

  /** One line. */
  @Override
  public String toString() {
    return blocks.map(hit -> hit + ": ").orElse("") + what;
  }
}

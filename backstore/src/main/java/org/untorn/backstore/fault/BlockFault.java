package org.untorn.backstore.fault;

/** What can be made to go wrong with a block operation. */
public sealed interface BlockFault {

  /** The block at {@code lba} cannot be read; nothing is. */
  record ReadError(long lba) implements BlockFault {}

  /** Nothing is written. */
  record WriteError() implements BlockFault {}

  /** Nothing is written, for there is no room. */
  record NoSpace() implements BlockFault {}

  /** It is answered as if it were done, and is not. */
  record Lost() implements BlockFault {}

  /** Only the first {@code blocks} blocks of a write are written; it is answered as if all were. */
  record Torn(int blocks) implements BlockFault {}

  /** What a write brings is written at {@code lba} instead, and not where it belongs. */
  record Misdirected(long lba) implements BlockFault {}

  /** A read returns the block at {@code lba} with one bit flipped, the same each time. */
  record BitRot(long lba) implements BlockFault {}
}

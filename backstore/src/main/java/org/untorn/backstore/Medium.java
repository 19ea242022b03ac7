package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The waist between the store and what holds its bytes: a flat folder of named files. A directory
 * and memory end it; medium faults and power loss are filters of the same interface.
 *
 * <p>Assumptions about the medium (the simulator violates everything else):
 *
 * <ol>
 *   <li>What a completed {@link #sync} covered survives a power failure, names and lengths of files
 *       included.
 *   <li>Of what was written since, any subset of 512-byte sectors may survive, each whole, not at
 *       all, or torn: some of its bytes are new and the others are old. A file that was never
 *       synced may be missing.
 *   <li>A read in the same process sees the newest write.
 *   <li>Damage to sectors that nobody wrote is rot: it is detected by checksums, and not survived.
 * </ol>
 *
 * Media are safe for use by many threads; writes to disjoint ranges do not disturb each other.
 */
public interface Medium extends AutoCloseable {

  /** The names of all files, in no order. */
  List<String> files() throws IOException;

  /** The length of a file in bytes; 0 if there is none. */
  long length(String file) throws IOException;

  /**
   * Fills {@code into} from its position to its limit without moving either. What lies past the end
   * of the file reads as zeros.
   */
  void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException;

  /**
   * Writes all of {@code data}, one buffer after the other, at {@code offset} bytes; the file is
   * made, or grows, as needed.
   *
   * @throws NoSpaceException if there is no space for it, which a sync may find out later
   */
  void write(String file, long offset, List<ByteBuffer> data, Purpose purpose) throws IOException;

  /**
   * Puts everything written to the file on stable storage. A failed sync is never retried: reads
   * may still see what it should have covered, but only what is written again will another sync
   * cover.
   */
  void sync(String file, Purpose purpose) throws IOException;

  /**
   * Removes a file, if it is there; its removal may be undone by a power failure until a later sync
   * of any file.
   */
  void delete(String file) throws IOException;

  @Override
  void close() throws IOException;
}

package org.untorn.core;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where a logical unit's persistent reservations are kept so that they survive the loss of power
 * (SPC-5 5.13, APTPL): one record, replaced as a whole.
 *
 * <p>Safe for use by many threads.
 */
public interface ReservationStore {

  /**
   * What was kept last.
   *
   * @return nothing if nothing is kept
   * @throws IOException that says in one line what is wrong and what to do
   */
  Optional<byte[]> load() throws IOException;

  /**
   * Keeps a record instead of the one before. Never blocks.
   *
   * @param then called once, on any thread, when it is on stable storage, or with what went wrong,
   *     which the store tells people; in the order of the calls
   */
  void save(byte[] saved, Consumer<Optional<IOException>> then);

  /** One that lasts as long as this process: as long as blocks in memory do. */
  static ReservationStore inMemory() {
    return new ReservationStore() {
      @Override
      public Optional<byte[]> load() {
        return Optional.empty();
      }

      @Override
      public void save(byte[] saved, Consumer<Optional<IOException>> then) {
        then.accept(Optional.empty());
      }
    };
  }
}

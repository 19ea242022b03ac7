package org.untorn.backstore.fault;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.untorn.backstore.BlockOutcome;

/**
 * What plain writes leave that fail: any part of them. {@link Unflushed}, which takes note of it,
 * is guarded by itself.
 */
final class FailedWrites {

  private final BlockImages images;
  private final Unflushed unflushed;

  FailedWrites(BlockImages images, Unflushed unflushed) {
    this.images = images;
    this.unflushed = unflushed;
  }

  /**
   * Puts at risk what a write has left.
   *
   * @param before what its blocks held
   * @param then gets what is at risk, if anything is
   */
  void record(
      CachedChange change,
      long number,
      Map<Long, byte[]> before,
      Consumer<Optional<Unflushed.Entry>> then) {
    images.changed(
        change.extents(),
        before,
        (part, readable) -> {
          Optional<Unflushed.Entry> recorded = Optional.empty();
          synchronized (unflushed) {
            if (!(readable instanceof BlockOutcome.Done)) {
              unflushed.clear(); // nobody knows what it left: all is destaged, and that with it
            } else if (!part.isEmpty()) {
              recorded = Optional.of(unflushed.add(number, change.kind(), part, before));
            }
          }
          then.accept(recorded);
        });
  }

  /** Takes what a write has left that is too long for the cache for durable. */
  void settle(CachedChange change, Runnable then) {
    SortedMap<Long, byte[]> written = images.of(change.extents(), change.data());
    images.read(
        change.extents(),
        Map.of(),
        (found, readable) -> {
          synchronized (unflushed) {
            if (!(readable instanceof BlockOutcome.Done)) {
              unflushed.clear(); // as above
            }
            written.forEach(
                (lba, content) -> {
                  if (Arrays.equals(content, found.getOrDefault(lba, Unflushed.UNMAPPED))) {
                    unflushed.overwritten(lba, 1);
                  }
                });
          }
          then.run();
        });
  }
}

package org.untorn.oracle;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where each content of a history was written, the newest place of each. */
final class Origins {

  /**
   * One such place.
   *
   * @param id the number of the write; 0: it was there before the history
   */
  record Origin(int id, long lba) {}

  private final Map<Long, Origin> places = new HashMap<>();

  void wrote(int id, Operation.Write write) {
    for (int i = 0; i < write.blocks(); i++) {
      places.put(write.contents().get(i), new Origin(id, write.lba() + i));
    }
  }

  void held(long lba, long content) {
    places.putIfAbsent(content, new Origin(0, lba));
  }

  /** Where a content that a block should not hold comes from; zeros come from before all writes. */
  Optional<Origin> of(long content, long lba) {
    return content == Content.ZEROS
        ? Optional.of(new Origin(0, lba))
        : Optional.ofNullable(places.get(content));
  }
}

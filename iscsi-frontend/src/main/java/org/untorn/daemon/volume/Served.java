package org.untorn.daemon.volume;

import java.util.List;

/** What a daemon serves of a pool's volumes, and how it hears that one of them changed. */
public interface Served {

  /** Where no daemon runs. */
  Served NOTHING =
      new Served() {
        @Override
        public List<VolumeInfo.Lun> luns(String volume) {
          return List.of();
        }

        @Override
        public List<String> initiators(String volume) {
          return List.of();
        }

        @Override
        public void capacityChanged(String volume, boolean smaller) {}

        @Override
        public void contentReplaced(String volume) {}

        @Override
        public void deleted(String volume) {}
      };

  /** The logical units that serve a volume. */
  List<VolumeInfo.Lun> luns(String volume);

  /** The initiators that are logged in to a target which serves a volume. */
  List<String> initiators(String volume);

  /**
   * Tells all initiators of a volume that it has another capacity now.
   *
   * @param smaller whether blocks are gone
   */
  void capacityChanged(String volume, boolean smaller);

  /** Tells all initiators of a volume that what they know of its blocks holds no more. */
  void contentReplaced(String volume);

  /** A volume or snapshot is gone, which nobody serves. */
  void deleted(String volume);
}

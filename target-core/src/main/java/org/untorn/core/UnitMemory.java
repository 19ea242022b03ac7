package org.untorn.core;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a logical unit keeps the little that has to outlive it: pieces of bytes, each under a name.
 * Implementations are safe for use by many threads; both methods may block.
 */
public interface UnitMemory {

  /** What was kept last under a name; empty if nothing was. */
  Optional<byte[]> load(String name) throws IOException;

  /**
   * Keeps something in the place of what was there; no bytes: nothing. When this returns it is as
   * durable as the medium can make it; when it throws, what was there is still there.
   */
  void keep(String name, byte[] value) throws IOException;

  /** One that lasts as long as the unit. */
  static UnitMemory ofThisProcess() {
    Map<String, byte[]> kept = new ConcurrentHashMap<>();
    return new UnitMemory() {
      @Override
      public Optional<byte[]> load(String name) {
        return Optional.ofNullable(kept.get(name)).map(byte[]::clone);
      }

      @Override
      public void keep(String name, byte[] value) {
        if (value.length == 0) {
          kept.remove(name);
        } else {
          kept.put(name, value.clone());
        }
      }
    };
  }
}

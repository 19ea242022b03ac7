package org.untorn.backstore;

/** From integers other than 0 to longs, without an object for each: open addressing. */
final class IntMap {

  private int[] keys = new int[64];
  private long[] values = new long[64];
  private int size;

  /** The value of a key; 0 if it has none. */
  long get(int key) {
    return values[slot(key)];
  }

  void put(int key, long value) {
    int slot = slotFor(key);
    values[slot] = value;
  }

  /** Adds to the value of a key, which is 0 at first. */
  void add(int key, long value) {
    int slot = slotFor(key);
    values[slot] += value;
  }

  private int slotFor(int key) {
    int slot = slot(key);
    if (keys[slot] == 0) {
      if (2 * size >= keys.length) {
        grow();
        slot = slot(key);
      }
      keys[slot] = key;
      size++;
    }
    return slot;
  }

  private void grow() {
    int[] oldKeys = keys;
    long[] oldValues = values;
    keys = new int[2 * oldKeys.length];
    values = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }

  /** Where a key is, or would be. */
  private int slot(int key) {
    int mask = keys.length - 1;
    int slot = ((key * 0x9E3779B9) >>> 7) & mask;
    while (keys[slot] != key && keys[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

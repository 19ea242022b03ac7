package org.untorn.backstore;

import java.util.Arrays;

/** Integers, last in first out, without an object for each. */
final class IntStack {

  private int[] values = new int[64];
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int get(int index) {
    return values[index];
  }

  void push(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size] = value;
    size++;
  }

  int pop() {
    size--;
    return values[size];
  }

  void clear() {
    size = 0;
  }

  /** Moves all of them to the end of another stack. */
  void moveTo(IntStack other) {
    for (int i = 0; i < size; i++) {
      other.push(values[i]);
    }
    size = 0;
  }
}

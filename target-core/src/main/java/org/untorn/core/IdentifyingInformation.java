package org.untorn.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What application clients call a logical unit (SPC-5 5.6, identifying information). The unit's
 * memory keeps it: neither resets and lost nexuses nor the end of the process change it.
 *
 * <p>The whole is one map that is never changed, swapped: any thread may read or set.
 */
final class IdentifyingInformation {

  /** INFORMATION TYPE (SPC-5, identifying information types). */
  enum Type {
    /** A value that describes the device, such as the label of a volume. */
    PERIPHERAL_DEVICE(0b0000000, 512),
    /** A UTF-8 string that ends with a zero byte. */
    PERIPHERAL_DEVICE_TEXT(0b0000010, 256);

    private final int code;
    private final int maximumLength;

    Type(int code, int maximumLength) {
      this.code = code;
      this.maximumLength = maximumLength;
    }

    static Optional<Type> of(int code) {
      return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    int code() {
      return code;
    }

    /** In bytes, the zero byte of a text included. */
    int maximumLength() {
      return maximumLength;
    }
  }

  private static final byte[] NONE = {};

  private final UnitMemory memory;

  private volatile Map<Type, byte[]> information;

  /** What a memory knows. */
  IdentifyingInformation(UnitMemory memory) {
    this.memory = memory;
    EnumMap<Type, byte[]> kept = new EnumMap<>(Type.class);
    for (Type type : Type.values()) {
      try {
        memory.load(name(type)).ifPresent(value -> kept.put(type, value));
      } catch (IOException problem) {
        throw new UncheckedIOException("what the unit kept cannot be read", problem);
      }
    }
    information = Map.copyOf(kept);
  }

  private static String name(Type type) {
    return "identifying-information-%02x".formatted(type.code);
  }

  /** What was set last; empty if nothing was. */
  byte[] get(Type type) {
    return information.getOrDefault(type, NONE).clone();
  }

  /** Sets it durably, and may block for that; nothing is set if that fails. */
  synchronized void set(Type type, byte[] value) throws IOException {
    memory.keep(name(type), value);
    EnumMap<Type, byte[]> changed = new EnumMap<>(Type.class);
    changed.putAll(information);
    changed.put(type, value.clone());
    information = Map.copyOf(changed);
  }
}

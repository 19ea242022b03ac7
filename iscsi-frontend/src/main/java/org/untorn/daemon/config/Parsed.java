package org.untorn.daemon.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What became of something that a user wrote: a value, or a sentence that says what is wrong. */
public sealed interface Parsed<T> {

  /** It is understood. */
  record Value<T>(T value) implements Parsed<T> {}

  /** It is not; {@code why} says what is wrong and what would be right, in one line. */
  record Wrong<T>(String why) implements Parsed<T> {}

  static <T> Parsed<T> value(T value) {
    return new Value<>(value);
  }

  static <T> Parsed<T> wrong(String why) {
    return new Wrong<>(why);
  }

  /** All values, or the first thing that is wrong. */
  static <T> Parsed<List<T>> all(List<Parsed<T>> each) {
    List<T> values = new ArrayList<>();
    for (Parsed<T> parsed : each) {
      switch (parsed) {
        case Value<T>(T value) -> values.add(value);
        case Wrong<T>(String why) -> {
          return wrong(why);
        }
      }
    }
    return value(values);
  }

  /** Goes on with the value, if there is one. */
  default <R> Parsed<R> then(Function<T, Parsed<R>> next) {
    return switch (this) {
      case Value<T>(T value) -> next.apply(value);
      case Wrong<T>(String why) -> new Wrong<>(why);
    };
  }
}

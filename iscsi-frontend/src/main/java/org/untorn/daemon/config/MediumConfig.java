package org.untorn.daemon.config;

import java.util.Optional;

/**
 * What the medium of a logical unit is like.
 *
 * @param removable whether initiators may take it out, and load it again
 * @param notReady whether the unit says all the time that somebody has to look after it
 * @param eraseRate how much a second FORMAT UNIT and SANITIZE get done; empty: as much as they can
 */
public record MediumConfig(boolean removable, boolean notReady, Optional<Size> eraseRate) {

  /** A disk that is fixed, works, and loses no time. */
  public static final MediumConfig FIXED = new MediumConfig(false, false, Optional.empty());

  /** Reads a rate: a size of at least one byte. */
  public static Parsed<Size> rate(String text) {
    return Size.parse(text)
        .then(
            size ->
                size.bytes() > 0
                    ? Parsed.value(size)
                    : Parsed.wrong("with a rate of 0 nothing would ever be erased"));
  }
}

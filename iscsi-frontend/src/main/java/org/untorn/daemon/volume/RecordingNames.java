package org.untorn.daemon.volume;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of what belongs to the recording of a volume, all with a dot first, which no user's
 * name has.
 *
 * @param volume the volume that is recorded
 */
public record RecordingNames(String volume) {

  /** Of longer names no recording can be made. */
  public static final int LONGEST_VOLUME = 64 - ".stage-2147483647-".length();

  private static final Pattern STAGE =
      Pattern.compile("\\.stage-(\\d{1,9})-([A-Za-z0-9_][A-Za-z0-9._-]{0,63})");

  /** The snapshot of what it held when the recording began. */
  public String base() {
    return ".base-" + volume;
  }

  /** What was recorded. */
  public String tape() {
    return ".recording-" + volume;
  }

  /** What was durable at a place in the recording. */
  public String stage(int place) {
    return ".stage-" + place + "-" + volume;
  }

  /** The place that a name is the {@link #stage} of; -1 if it is none of this volume. */
  public int placeOf(String name) {
    Matcher stage = STAGE.matcher(name);
    return stage.matches() && stage.group(2).equals(volume) ? Integer.parseInt(stage.group(1)) : -1;
  }

  /** Whether a name is one of these. */
  public boolean owns(String name) {
    return name.equals(base()) || name.equals(tape()) || placeOf(name) >= 0;
  }

  static boolean isStage(String name) {
    return STAGE.matcher(name).matches();
  }
}

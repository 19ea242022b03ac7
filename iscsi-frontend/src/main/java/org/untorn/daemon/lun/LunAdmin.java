package org.untorn.daemon.lun;

import org.untorn.daemon.config.LunSettings;
import org.untorn.daemon.limits.LimitedUnit;
import org.untorn.daemon.volume.VolumeAnswer;

/** Who adds logical units to the targets of a running daemon, and removes them. */
public interface LunAdmin {

  /** What became of a wish. */
  sealed interface Answer {

    /**
     * It is done.
     *
     * @param unit what was added or removed
     * @param ended whether the last command of a unit that was removed has ended
     */
    record Done(LimitedUnit unit, boolean ended) implements Answer {}

    /** Nothing has changed. */
    record Refused(VolumeAnswer.Reason reason, String why) implements Answer {}
  }

  /**
   * Adds a unit; initiators are told.
   *
   * @param target a target's name; empty stands for the only one
   * @param asked without a number the lowest that is free; with a size the volume may be new
   */
  Answer add(String target, LunSettings asked);

  /** Removes a unit; its volume stays. Initiators are told, and what they sent to it ends. */
  Answer remove(String target, String number);
}

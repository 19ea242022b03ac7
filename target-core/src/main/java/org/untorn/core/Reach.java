package org.untorn.core;

/** Through target ports in which asymmetric access states a command is carried out. */
public enum Reach {
  /** The active ones only. */
  ACTIVE,
  /** Standby, too. */
  STANDBY,
  /** Standby and unavailable, too. */
  UNAVAILABLE,
  /** All states, and while they change. */
  ALWAYS
}

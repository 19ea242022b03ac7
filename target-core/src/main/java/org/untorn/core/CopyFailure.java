package org.untorn.core;

/** Why a third-party copy was not done. */
@FunctionalInterface
interface CopyFailure {

  /** The sense data in the format that is asked for. */
  byte[] encode(boolean descriptorFormat);
}

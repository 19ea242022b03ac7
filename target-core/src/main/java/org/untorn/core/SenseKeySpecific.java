package org.untorn.core;

/**
 * The sense-key specific information of sense data (SPC-5 4.4.2.4): three bytes whose meaning the
 * sense key decides. The first bit, SKSV, says that they are there.
 */
public sealed interface SenseKeySpecific permits FieldPointer, ProgressIndication {

  /** In bytes. */
  int LENGTH = 3;

  /** The three bytes, with SKSV set. */
  byte[] encode();
}

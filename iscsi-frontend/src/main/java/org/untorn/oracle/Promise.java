package org.untorn.oracle;

/** What a disk promises, and a finding says was broken. */
public enum Promise {
  /** A unit of an atomic write is whole or absent (SBC-4 4.29). */
  ATOMICITY("an atomic write is whole or absent"),
  /** What FUA, or a flush behind the answer, made stable outlives a power cut. */
  DURABILITY("what was made stable outlives a power cut"),
  /** What was sent after something was made stable does not outlive it. */
  ORDERING("what is stable outlives what came after it"),
  /** A block holds what was written to it. */
  INTEGRITY("a block holds what was written to it"),
  /** A read sees the newest write; once one was seen, no older one comes back. */
  LINEARISABILITY("a read sees the newest write");

  private final String sentence;

  Promise(String sentence) {
    this.sentence = sentence;
  }

  /** The promise in words. */
  public String sentence() {
    return sentence;
  }
}

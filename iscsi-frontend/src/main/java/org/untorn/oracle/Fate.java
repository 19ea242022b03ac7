package org.untorn.oracle;

/** What became of a written range. The later a constant stands, the worse it is. */
public enum Fate {
  /** All of it, or what was written over it later, is there. */
  NEW("new"),
  /** It is not there, or a unit of it is not that need not be there. */
  OLD("old"),
  /** Some of it is there, and elsewhere what was there before: of a plain write, or of one unit. */
  TORN("torn"),
  /** It had to be there and is not, or not all of it. */
  LOST("lost"),
  /** It had to be there and is not, but something is that was sent after it was made stable. */
  REORDERED("reordered"),
  /** Its data is at another LBA. */
  MISDIRECTED("misdirected"),
  /** A block of it holds what nobody wrote. */
  CORRUPT("corrupt");

  private final String word;

  Fate(String word) {
    this.word = word;
  }

  /** The worse of the two. */
  Fate or(Fate other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** In lower case. */
  @Override
  public String toString() {
    return word;
  }
}

package org.untorn.backstore;

/** What an acknowledged change survives. */
public enum Durability {
  /** It is appended: it survives a crash of the process, not of the host. */
  APPENDED,
  /**
   * It is on stable storage: it survives the host's power failing (SBC-4 FUA, or write cache off).
   */
  STABLE
}

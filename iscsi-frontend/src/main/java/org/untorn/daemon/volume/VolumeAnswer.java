package org.untorn.daemon.volume;

/** What became of a {@link VolumeRequest}. */
public sealed interface VolumeAnswer {

  /** It is done; {@code volume} is what it was done to, as it is now (or was, if it is gone). */
  record Done(VolumeInfo volume) implements VolumeAnswer {}

  /**
   * It is not, and nothing has changed; {@code why} says in one line what is wrong and what to do.
   */
  record Refused(Reason reason, String why) implements VolumeAnswer {}

  /** The kinds of refusals, with the status that HTTP has for them. */
  enum Reason {
    /** It can never be done. */
    INVALID(400),
    /** There is no such volume. */
    NOT_FOUND(404),
    /** Something is in the way. */
    CONFLICT(409),
    /** The pool could not do it. */
    FAILED(503);

    private final int httpStatus;

    Reason(int httpStatus) {
      this.httpStatus = httpStatus;
    }

    /** The status that the control API answers. */
    public int httpStatus() {
      return httpStatus;
    }

    static Reason of(int httpStatus) {
      for (Reason reason : values()) {
        if (reason.httpStatus == httpStatus) {
          return reason;
        }
      }
      return FAILED;
    }
  }
}

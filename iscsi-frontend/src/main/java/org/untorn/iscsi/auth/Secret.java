package org.untorn.iscsi.auth;

import java.security.MessageDigest;
import java.util.Optional;

/**
 * A CHAP secret: {@value #MIN_LENGTH} to {@value #MAX_LENGTH} bytes that both ends know.
 *
 * <p>Nothing but {@link ChapAlgorithm} sees the bytes: there is no way to print them. RFC 7143
 * 9.2.1 wants 96 random bits at least where nothing encrypts the connection, and every
 * implementation to take 128; whoever writes letters and digits needs more of them for the same
 * chance.
 */
public final class Secret {

  /** 96 bits, if they are random. */
  public static final int MIN_LENGTH = 12;

  public static final int MAX_LENGTH = 255;

  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A secret, or empty if it is too short or too long. */
  public static Optional<Secret> of(byte[] bytes) {
    return bytes.length < MIN_LENGTH || bytes.length > MAX_LENGTH
        ? Optional.empty()
        : Optional.of(new Secret(bytes.clone()));
  }

  /** The bytes themselves: the caller does not change them. */
  byte[] bytes() {
    return bytes;
  }

  /** Takes as long for different secrets as for equal ones. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
  }

  /** Tells nothing of the bytes. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "(a secret)";
  }
}

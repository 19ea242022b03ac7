package org.untorn.iscsi.auth;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What one login may have to answer: an identifier and {@value #LENGTH} random bytes, of which an
 * algorithm takes as many as its digest has. Made anew for each login, used for one response.
 */
public final class Challenge {

  /** The length of the longest digest. */
  private static final int LENGTH = 32;

  /** Loaded with the first challenge. */
  private static final class Chance {
    static final RandomGenerator SECURE = new SecureRandom();
  }

  private final int identifier;
  private final byte[] bytes;

  private Challenge(int identifier, byte[] bytes) {
    this.identifier = identifier;
    this.bytes = bytes;
  }

  /** A challenge that nobody can foresee. */
  public static Challenge fresh() {
    return of(Chance.SECURE);
  }

  /** The next challenge of a source of chance. */
  public static Challenge of(RandomGenerator chance) {
    byte[] bytes = new byte[LENGTH];
    chance.nextBytes(bytes);
    return new Challenge(chance.nextInt(256), bytes);
  }

  /** CHAP_I, 0 to 255. */
  public int identifier() {
    return identifier;
  }

  /** CHAP_C, as long as the algorithm's digest. */
  public byte[] bytes(ChapAlgorithm algorithm) {
    return Arrays.copyOf(bytes, algorithm.length());
  }
}

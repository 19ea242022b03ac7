package org.untorn.iscsi.auth;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.MD5Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;

/**
 * The algorithms that CHAP_A names, by the numbers that IANA keeps for PPP (RFC 7143 12.1.3). The
 * digests' classes are loaded when the first response is computed, not before.
 */
public enum ChapAlgorithm {
  MD5(5, 16, "MD5"),
  SHA1(6, 20, "SHA-1"),
  SHA256(7, 32, "SHA-256"),
  SHA3_256(8, 32, "SHA3-256");

  private final int number;
  private final int length;
  private final String title;

  ChapAlgorithm(int number, int length, String title) {
    this.number = number;
    this.length = length;
    this.title = title;
  }

  /** The algorithm of a number. */
  public static Optional<ChapAlgorithm> of(int number) {
    return Arrays.stream(values()).filter(known -> known.number == number).findFirst();
  }

  /** The algorithm that people call so. */
  public static Optional<ChapAlgorithm> named(String title) {
    return Arrays.stream(values()).filter(known -> known.title.equals(title)).findFirst();
  }

  public int number() {
    return number;
  }

  /** The length of a response in bytes; a challenge of this side is as long. */
  public int length() {
    return length;
  }

  /** What people call it. */
  public String title() {
    return title;
  }

  /** The response to a challenge: the digest of identifier, secret and challenge (RFC 1994 4.1). */
  public byte[] response(int identifier, Secret secret, byte[] challenge) {
    return Digests.response(this, identifier, secret.bytes(), challenge);
  }

  @Override
  public String toString() {
    return title;
  }

  /**
   * All that knows the library of the digests: a class of its own, for the verifier loads what a
   * class mentions as soon as it is used.
   */
  private static final class Digests {

    static byte[] response(
        ChapAlgorithm algorithm, int identifier, byte[] secret, byte[] challenge) {
      Digest digest =
          switch (algorithm) {
            case MD5 -> new MD5Digest();
            case SHA1 -> new SHA1Digest();
            case SHA256 -> new SHA256Digest();
            case SHA3_256 -> new SHA3Digest(256);
          };
      digest.update((byte) identifier);
      digest.update(secret, 0, secret.length);
      digest.update(challenge, 0, challenge.length);
      byte[] response = new byte[digest.getDigestSize()];
      digest.doFinal(response, 0);
      return response;
    }
  }
}

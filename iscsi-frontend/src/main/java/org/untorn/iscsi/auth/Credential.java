package org.untorn.iscsi.auth;

import java.nio.charset.StandardCharsets;

/**
 * A name and the secret that proves it.
 *
 * @param name CHAP_N, compared byte for byte; 1 to {@value #MAX_NAME} bytes in UTF-8
 */
public record Credential(String name, Secret secret) {

  /** The longest value of a key that says nothing else (RFC 7143 6.1). */
  public static final int MAX_NAME = 255;

  public Credential {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MAX_NAME) {
      throw new IllegalArgumentException("a CHAP name of " + length + " bytes");
    }
  }
}

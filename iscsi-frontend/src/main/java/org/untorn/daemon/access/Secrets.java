package org.untorn.daemon.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.untorn.iscsi.auth.Secret;

/**
 * The secrets of CHAP by the names that they prove, from a file, the environment variable {@value
 * #VARIABLE}, or both:
 *
 * <pre>
 * # a comment
 * db     correct-horse-battery        the secret is what stands behind the first blanks
 * disk0  hex:00112233445566778899aabbccddeeff
 * </pre>
 *
 * A file belongs to whoever runs the daemon, and nobody else may read or write it. What is wrong is
 * said with the file and the line, never with a word of what stands there: it may be a secret.
 */
public final class Secrets {

  /** The environment variable. */
  public static final String VARIABLE = "UNTORN_SECRETS";

  private static final String HEX = "hex:";

  private final Map<String, Secret> byName = new HashMap<>();

  private Secrets() {}

  /**
   * Reads them all.
   *
   * @param environment the value of {@value #VARIABLE}, if it is set
   * @throws IOException that says in one line what is wrong and what to do
   */
  public static Secrets load(Optional<Path> file, Optional<String> environment) throws IOException {
    Secrets secrets = new Secrets();
    if (file.isPresent()) {
      secrets.add(
          file.get().toString(), new SecretFile(file.get(), "file of secrets", VARIABLE).read());
    }
    if (environment.isPresent()) {
      secrets.add(VARIABLE, environment.get());
    }
    return secrets;
  }

  /** The secret that proves a name. */
  public Optional<Secret> of(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  private void add(String from, String text) throws IOException {
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        add(from + ":" + number + ": ", line.stripLeading().split("\\s+", 2));
      }
    }
  }

  private void add(String place, String[] words) throws IOException {
    if (words.length < 2) {
      throw new IOException(place + "a line is a name, a blank and a secret");
    }
    byte[] bytes = bytes(place, words[1]);
    Secret secret =
        Secret.of(bytes)
            .orElseThrow(
                () ->
                    new IOException(
                        "%sa secret has %d to %d bytes, this one has %d"
                            .formatted(place, Secret.MIN_LENGTH, Secret.MAX_LENGTH, bytes.length)));
    if (byName.putIfAbsent(words[0], secret) != null) {
      throw new IOException(place + "this name has a secret already");
    }
  }

  private static byte[] bytes(String place, String secret) throws IOException {
    if (!secret.startsWith(HEX)) {
      return secret.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return HexFormat.of().parseHex(secret.substring(HEX.length()));
    } catch (IllegalArgumentException _) {
      throw new IOException(place + "hexadecimal digits, two for each byte, follow 'hex:'");
    }
  }

  @Override
  public String toString() {
    return byName.size() + " secrets";
  }
}

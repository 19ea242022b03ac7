package org.untorn.daemon.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.untorn.daemon.access.SecretFile;

/**
 * What proves to the control API that whoever asks may: a bearer token (RFC 6750), in a file that
 * is its owner's alone, or in the environment variable {@value #VARIABLE}. The file counts if there
 * are both. It is compared in a time that does not depend on it, and is in no message.
 */
public final class ControlToken {

  /** The environment variable. */
  public static final String VARIABLE = "UNTORN_CONTROL_TOKEN";

  /** What RFC 6750 lets a token be made of, and so much that nobody guesses it. */
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9._~+/-]{16,512}=*");

  private static final String SCHEME = "Bearer ";

  private final String secret;

  private ControlToken(String secret) {
    this.secret = secret;
  }

  /** The token, if there is one in a file or in this process's environment. */
  public static Optional<ControlToken> load(Optional<Path> file) throws IOException {
    return load(file, Optional.ofNullable(System.getenv(VARIABLE)));
  }

  /**
   * The token, if there is one.
   *
   * @param environment the value of {@value #VARIABLE}, if it is set
   * @throws IOException that says in one line what is wrong, and not what stands there
   */
  static Optional<ControlToken> load(Optional<Path> file, Optional<String> environment)
      throws IOException {
    if (file.isPresent()) {
      String text = new SecretFile(file.get(), "file with a token", VARIABLE).read();
      return Optional.of(of(file.get().toString(), text));
    }
    return environment.isPresent()
        ? Optional.of(of(VARIABLE, environment.get()))
        : Optional.empty();
  }

  private static ControlToken of(String from, String text) throws IOException {
    String secret = text.strip();
    if (!SYNTAX.matcher(secret).matches()) {
      throw new IOException(
          "%s holds no token: one is 16 to 512 letters, digits and -._~+/, like that of 'openssl rand -hex 32'"
              .formatted(from));
    }
    return new ControlToken(secret);
  }

  /** What a client sends as {@code Authorization}. */
  public String header() {
    return SCHEME + secret;
  }

  /** Why a request with these {@code Authorization} headers is refused, if it is. */
  Optional<Answer> refusal(List<String> headers) {
    boolean knows =
        headers.size() == 1 && MessageDigest.isEqual(hash(headers.getFirst()), hash(header()));
    return knows
        ? Optional.empty()
        : Optional.of(
            Answer.error(
                401,
                "the control API asks for its token: say --control-token FILE, or set "
                    + VARIABLE));
  }

  /** Of one length, so that the comparison does not tell how long the token is. */
  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Not the token. */
  @Override
  public String toString() {
    return "a token";
  }
}

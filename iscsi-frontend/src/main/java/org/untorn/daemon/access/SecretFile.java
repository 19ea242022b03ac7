package org.untorn.daemon.access;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file that nobody but whoever runs the daemon may read or write.
 *
 * @param path where it is
 * @param what it holds, in words: {@code file of secrets}
 * @param variable the environment variable that can hold the same
 */
public record SecretFile(Path path, String what, String variable) {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /**
   * Reads it.
   *
   * @throws IOException that says in one line what is wrong and what to do
   */
  public String read() throws IOException {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
      if (!OWNER_ONLY.containsAll(mode)) {
        throw new IOException(
            "others than its owner may use %s, a %s (%s); do: chmod 600 %s"
                .formatted(path, what, PosixFilePermissions.toString(mode), path));
      }
      Path self = Path.of("/proc/self");
      if (Files.exists(self) && !Files.getOwner(path).equals(Files.getOwner(self))) {
        throw new IOException(
            "%s, a %s, belongs to %s, not to who runs this; do: chown %s %s"
                .formatted(path, what, Files.getOwner(path), Files.getOwner(self), path));
      }
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (NoSuchFileException problem) {
      throw new IOException("there is no " + what + " " + path, problem);
    } catch (UnsupportedOperationException problem) {
      throw new IOException(
          "who may read %s cannot be checked on this file system; use the variable %s"
              .formatted(path, variable),
          problem);
    } catch (CharacterCodingException problem) {
      throw new IOException(path + ", a " + what + ", is no UTF-8", problem);
    }
  }
}

package org.untorn.daemon.volume;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.untorn.backstore.DirectoryMedium;
import org.untorn.backstore.Medium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolDamagedException;
import org.untorn.backstore.PoolOptions;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.control.ControlClient;
import org.untorn.daemon.control.ControlFile;
import org.untorn.daemon.control.TokenOption;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which pool is meant, and how to answer: the options that all of {@code untorn volume} share. */
public final class VolumeOptions {

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      order = 90,
      description = "The directory that holds the blocks. Default: untorn-data.")
  private Path dir = Path.of("untorn-data");

  @Option(
      names = "--control",
      paramLabel = "HOST:PORT",
      order = 91,
      description = "Ask the daemon whose control API listens there (one with --ram has no DIR).")
  private Optional<Endpoint> control = Optional.empty();

  @Mixin private TokenOption token = new TokenOption();

  @Option(names = "--json", order = 93, description = "Answer with one line of JSON.")
  private boolean json;

  /** The options again that say which pool is meant. */
  public String again() {
    String quoted = "'" + dir.toString().replace("'", "'\\''") + "'";
    boolean isPlain = dir.toString().matches("[A-Za-z0-9._/-]+");
    return control
        .map(endpoint -> " --control " + endpoint)
        .orElse(" --dir " + (isPlain ? dir : quoted));
  }

  /** Whether the answer is to be one line of JSON. */
  public boolean json() {
    return json;
  }

  /** Uses the volumes of a pool. */
  public interface Use {
    int of(VolumeAdmin admin) throws IOException;
  }

  /**
   * Asks the daemon that has the pool open, or opens it, if nobody has.
   *
   * @param make whether a pool is made where there is none
   */
  public int use(boolean make, Use use) throws IOException {
    Optional<URI> url =
        control.isPresent()
            ? Optional.of(URI.create("http://" + control.get()))
            : ControlFile.read(dir);
    if (url.isPresent()) {
      RemoteVolumes remote = new RemoteVolumes(new ControlClient(url.get(), token.load()));
      if (remote.answers()) {
        return use.of(remote);
      }
      if (control.isPresent()) {
        throw new IOException(
            "no daemon listens at %s; 'untorn serve' says where its control API is"
                .formatted(control.get()));
      }
    }
    if (!make && !Files.exists(dir.resolve("superblock"))) {
      throw new IOException(
          "there is no pool in %s; say --dir DIR, or make one with 'untorn volume create'"
              .formatted(dir));
    }
    return useHere(use);
  }

  private int useHere(Use use) throws IOException {
    try (Medium medium = medium();
        Pool pool = Pool.open(medium, PoolOptions.DEFAULT)) {
      return use.of(PoolVolumes.of(pool, new PoolRoom(Optional.empty()), Served.NOTHING));
    } catch (PoolDamagedException damage) {
      throw new IOException(
          "the pool in %s is damaged: %s; 'untorn check %s' says all, and with --repair keeps what is good"
              .formatted(dir, damage.getMessage(), dir),
          damage);
    }
  }

  private Medium medium() throws IOException {
    try {
      return DirectoryMedium.open(dir);
    } catch (FileSystemException problem) {
      throw new IOException(
          "cannot use %s (%s); give another --dir"
              .formatted(dir, problem.getClass().getSimpleName()),
          problem);
    }
  }
}

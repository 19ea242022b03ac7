package org.untorn.conformance.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.Ready;
import org.untorn.testkit.UntornExtension;

/** Images of real file systems go in and come out byte for byte. */
class QemuImageTest {

  private static final long LEAST = 256L << 20;

  @RegisterExtension
  static final UntornExtension onDisk = UntornExtension.inDirectory("--size", "384MiB");

  @RegisterExtension
  static final UntornExtension inMemory = UntornExtension.inMemory("--size", "384MiB");

  private final Images images = new Images();

  @TempDir Path directory;

  @Test
  void an_ext4_image_comes_out_byte_for_byte_and_once_more_after_a_kill() throws IOException {
    Path image = images.ext4(directory, "384M");
    String sha256 = checkedSha256(image);

    images.copyIn(image, options(onDisk.ready(), ""));
    assertThat(sha256Of(onDisk.ready(), image)).isEqualTo(sha256);

    onDisk.killAndRestart();
    assertThat(sha256Of(onDisk.ready(), image)).isEqualTo(sha256);
  }

  @Test
  void a_squashfs_image_comes_out_byte_for_byte_with_header_digests() throws IOException {
    Path image = images.squashfs(directory);
    String sha256 = checkedSha256(image);

    images.copyIn(image, options(inMemory.ready(), ",header-digest=crc32c"));

    assertThat(sha256Of(inMemory.ready(), image)).isEqualTo(sha256);
  }

  private static String checkedSha256(Path image) throws IOException {
    assertThat(Files.size(image)).isGreaterThanOrEqualTo(LEAST);
    return Images.sha256(image, Files.size(image));
  }

  private String sha256Of(Ready target, Path image) throws IOException {
    Path out = directory.resolve("out.img");
    images.copyOut(options(target, ""), out);
    String sha256 = Images.sha256(out, Files.size(image));
    Files.delete(out);
    return sha256;
  }

  private static String options(Ready target, String more) {
    return "driver=raw,file.driver=iscsi,file.transport=tcp,file.portal=%s,file.target=%s,file.lun=%d%s"
        .formatted(target.portal(), target.target(), target.lun(), more.replace(",", ",file."));
  }
}

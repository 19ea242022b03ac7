package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The shapes that volumes have, and how the pool keeps them. */
class GeometryTest {

  @Test
  void protection_information_makes_a_block_8_bytes_longer_and_its_data_no_shorter() {
    Geometry plain = Geometry.ofData(512, 10, 0);
    assertThat(plain).isEqualTo(new Geometry(512, 10));
    assertThat(plain.storedLength()).isEqualTo(512);
    Geometry shorts = Geometry.ofData(512, 10, 1);
    assertThat(shorts.blockLength()).isEqualTo(520);
    assertThat(shorts.dataLength()).isEqualTo(512);
    assertThat(shorts.storedLength()).isEqualTo(1024);
    assertThat(shorts.bytes()).isEqualTo(5120);
    assertThat(shorts.storedBytes()).isEqualTo(10_240);
    Geometry longs = Geometry.ofData(4096, 10, 3);
    assertThat(longs.blockLength()).isEqualTo(4104);
    assertThat(longs.storedLength()).isEqualTo(4608);
  }

  @Test
  void there_are_no_other_lengths_and_types() {
    assertThatThrownBy(() -> new Geometry(520, 1)).hasMessageContaining("520");
    assertThatThrownBy(() -> new Geometry(512, 1, 1)).hasMessageContaining("504");
    assertThatThrownBy(() -> Geometry.ofData(512, 1, 4)).hasMessageContaining("type 4");
  }

  /** 208h is 520: type 2 in byte 0, as docs/FORMAT.md has it. */
  @Test
  void the_type_stands_in_front_of_the_block_length() {
    ByteBuffer body = ByteBuffer.allocate(13);
    new Change.Create(7, "v", Geometry.ofData(512, 3, 2)).putBody(body);
    assertThat(HexFormat.of().formatHex(body.array()))
        .isEqualTo("02000208" + "0000000000000003" + "76");
    assertThat(Change.Create.from(7, body.flip()))
        .isEqualTo(new Change.Create(7, "v", new Geometry(520, 3, 2)));
  }

  @Test
  void a_volume_keeps_its_type_through_everything_that_makes_another_root() throws IOException {
    MemoryMedium medium = new MemoryMedium();
    Geometry shape = Geometry.ofData(4096, 8, 3);
    try (Pool pool = Pool.open(medium, PoolOptions.DEFAULT)) {
      pool.create("volume", shape);
      pool.snapshot("volume", "snapshot");
      pool.cloneOf("snapshot", "clone");
      pool.resize("clone", 5);
      pool.checkpoint();
      pool.resize("volume", 9);
    }
    try (Pool pool = Pool.open(medium, PoolOptions.DEFAULT)) {
      assertThat(pool.open("volume").geometry()).isEqualTo(shape.withBlocks(9));
      assertThat(pool.open("snapshot").geometry()).isEqualTo(shape);
      assertThat(pool.open("clone").geometry()).isEqualTo(shape.withBlocks(5));
      pool.rollback("volume", "snapshot");
      assertThat(pool.open("volume").geometry()).isEqualTo(shape);
      pool.create("other", Geometry.ofData(4096, 8, 1));
      assertThatThrownBy(() -> pool.rollback("other", "snapshot")).hasMessageContaining("4104");
    }
  }
}

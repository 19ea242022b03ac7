package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every {@link Medium} keeps: ends, filters and stacks of filters. */
public interface MediumContract {

  /** An empty medium, the same one all through a test. */
  Medium medium() throws IOException;

  @Test
  default void a_file_that_was_never_written_is_not_there_and_reads_as_zeros() throws IOException {
    assertThat(medium().files()).isEmpty();
    assertThat(medium().length("none")).isZero();
    assertThat(read("none", 100, 50)).containsOnly(0);
    assertThat(medium().files()).isEmpty();
  }

  @Test
  default void what_was_written_is_read() throws IOException {
    byte[] data = new byte[300_000];
    new Random(2).nextBytes(data);
    write("file", 777, data);
    assertThat(read("file", 777, data.length)).isEqualTo(data);
    assertThat(medium().length("file")).isEqualTo(777 + data.length);
    assertThat(medium().files()).containsExactly("file");
  }

  @Test
  default void a_hole_and_what_lies_past_the_end_read_as_zeros() throws IOException {
    write("file", 200_000, new byte[] {1, 2, 3});
    assertThat(read("file", 0, 200_000)).containsOnly(0);
    assertThat(read("file", 200_000, 6)).containsExactly(1, 2, 3, 0, 0, 0);
    assertThat(read("file", 5_000_000, 6)).containsOnly(0);
  }

  @Test
  default void an_overwrite_changes_its_own_bytes_alone() throws IOException {
    write("file", 0, new byte[] {1, 1, 1, 1, 1});
    write("file", 1, new byte[] {2, 2});
    assertThat(read("file", 0, 5)).containsExactly(1, 2, 2, 1, 1);
    assertThat(medium().length("file")).isEqualTo(5);
  }

  @Test
  default void buffers_are_written_one_behind_the_other_and_not_moved() throws IOException {
    ByteBuffer small = ByteBuffer.wrap(new byte[] {9, 1, 2, 9}).position(1).limit(3);
    ByteBuffer large = ByteBuffer.allocateDirect(400_000);
    large.put(399_999, (byte) 7);
    medium().write("file", 10, List.of(small, large, small), Purpose.DATA);
    assertThat(read("file", 10, 3)).containsExactly(1, 2, 0);
    assertThat(read("file", 400_011, 3)).containsExactly(7, 1, 2);
    assertThat(small.position()).isEqualTo(1);
    assertThat(small.remaining()).isEqualTo(2);
    assertThat(large.remaining()).isEqualTo(400_000);
  }

  @Test
  default void more_buffers_than_fit_into_one_write_are_all_written() throws IOException {
    List<ByteBuffer> data = new ArrayList<>();
    ByteBuffer expected = ByteBuffer.allocate(1100 * 300 + 150_000);
    for (int i = 0; i < 1100; i++) {
      ByteBuffer piece = i % 3 == 0 ? ByteBuffer.allocate(300) : ByteBuffer.allocateDirect(300);
      while (piece.hasRemaining()) {
        piece.put((byte) (i + piece.position()));
      }
      data.add(piece.flip());
      expected.put(piece.duplicate());
    }
    byte[] onTheHeap = new byte[150_000];
    new Random(4).nextBytes(onTheHeap);
    data.add(ByteBuffer.wrap(onTheHeap));
    expected.put(onTheHeap);
    medium().write("file", 5, data, Purpose.DATA);
    assertThat(read("file", 5, expected.capacity())).isEqualTo(expected.array());
  }

  @Test
  default void a_buffer_outside_the_heap_is_filled_between_position_and_limit() throws IOException {
    write("file", 0, new byte[] {1, 2, 3});
    ByteBuffer into = ByteBuffer.allocateDirect(8).put(7, (byte) 9).position(1).limit(7);
    medium().read("file", 1, into, Purpose.DATA);
    byte[] found = new byte[8];
    into.clear().get(0, found);
    assertThat(found).containsExactly(0, 2, 3, 0, 0, 0, 0, 9);
  }

  @Test
  default void a_read_moves_nothing() throws IOException {
    write("file", 0, new byte[] {1, 2, 3});
    ByteBuffer into = ByteBuffer.allocate(5).position(1).limit(3);
    medium().read("file", 1, into, Purpose.DATA);
    assertThat(into.array()).containsExactly(0, 2, 3, 0, 0);
    assertThat(into.position()).isEqualTo(1);
    assertThat(into.limit()).isEqualTo(3);
  }

  @Test
  default void a_deleted_file_is_gone_and_may_be_made_again() throws IOException {
    write("file", 0, new byte[] {1, 2, 3});
    medium().sync("file", Purpose.DATA);
    medium().delete("file");
    medium().delete("never there");
    assertThat(medium().files()).isEmpty();
    assertThat(read("file", 0, 3)).containsOnly(0);
    write("file", 1, new byte[] {4});
    assertThat(read("file", 0, 3)).containsExactly(0, 4, 0);
  }

  private byte[] read(String file, long offset, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    Arrays.fill(into.array(), (byte) 0x55);
    medium().read(file, offset, into, Purpose.DATA);
    return into.array();
  }

  private void write(String file, long offset, byte[] data) throws IOException {
    medium().write(file, offset, List.of(ByteBuffer.wrap(data)), Purpose.DATA);
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;

class UnmapTest {

  private final Bench bench = new Bench();

  private static byte[] list(BlockExtent... extents) {
    StringBuilder list =
        new StringBuilder(
            "%04X %04X 00000000".formatted(6 + 16 * extents.length, 16 * extents.length));
    for (BlockExtent extent : extents) {
      list.append("%016X %08X 00000000".formatted(extent.lba(), extent.count()));
    }
    return hex(list.toString());
  }

  private TestTask.Result unmap(byte[] list) {
    return bench.send("42 00 00000000 00 %04X 00".formatted(list.length), list);
  }

  @Test
  void blocks_of_all_descriptors_are_given_back_in_one_operation() {
    Bench.expectGood(bench.send("2A 00 00000000 00 0020 00", Bench.pattern(32, 1)));
    bench.store.journal().clear();
    Bench.expectGood(
        unmap(list(new BlockExtent(0, 8), new BlockExtent(9, 0), new BlockExtent(24, 8))));
    assertThat(bench.store.journal())
        .containsExactly(
            new BlockOperation.Unmap(
                List.of(new BlockExtent(0, 8), new BlockExtent(24, 8)), Durability.APPENDED));
    assertThat(bench.data("28 00 00000000 00 0008 00")).containsOnly(0);
    bench.allocator.assertAllReleased();
  }

  @Test
  void nothing_to_unmap_is_no_error() {
    Bench.expectGood(bench.send("42 00 00000000 00 0000 00"));
    Bench.expectGood(unmap(list()));
    Bench.expectGood(unmap(list(new BlockExtent(Bench.BLOCKS, 0), new BlockExtent(0, 0))));
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void a_descriptor_beyond_the_end_refuses_them_all_and_is_pointed_at() {
    Bench.expect(
        unmap(list(new BlockExtent(0, 8), new BlockExtent(Bench.BLOCKS - 1, 2))),
        "05 21 00",
        "800018");
    Bench.expect(unmap(list(new BlockExtent(-1, 1))), "05 21 00", "800008");
    Bench.expect(unmap(list(new BlockExtent(1L << 63, 0xFFFF_FFFFL))), "05 21 00", "800008");
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void more_descriptors_or_blocks_than_the_limits_page_allows_are_refused() {
    List<BlockExtent> extents = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      extents.add(new BlockExtent(i, 1));
    }
    Bench.expectGood(unmap(list(extents.toArray(BlockExtent[]::new))));
    extents.add(new BlockExtent(0, 1));
    Bench.expect(unmap(list(extents.toArray(BlockExtent[]::new))), "05 26 00", "800002");
    extents.clear();
    for (int i = 0; i < 53; i++) {
      extents.add(new BlockExtent(0, Bench.BLOCKS - 200));
    }
    assertThat(52 * (Bench.BLOCKS - 200)).isLessThanOrEqualTo(1 << 20);
    Bench.expect(
        unmap(list(extents.toArray(BlockExtent[]::new))),
        "05 26 00",
        "80%04X".formatted(8 + 52 * 16 + 8));
  }

  @Test
  void a_list_that_is_shorter_than_it_says_is_a_length_error() {
    for (int length = 1; length < 8; length++) {
      Bench.expect(unmap(new byte[length]), "05 1A 00");
    }
    Bench.expect(unmap(hex("0016 0010 00000000 00")), "05 1A 00");
    Bench.expect(bench.send("42 00 00000000 00 0018 00", new byte[8]), "05 1A 00");
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void blocks_cannot_be_anchored() {
    Bench.expect(bench.send("42 01 00000000 00 0000 00"), "05 24 00", Bench.atBit(1, 0));
    Bench.expect(
        bench.send("41 10 00000000 00 0001 00", Bench.pattern(1, 1)),
        "05 24 00",
        Bench.atBit(1, 4));
    Bench.expect(
        bench.send("93 18 0000000000000000 00000001 00 00", Bench.pattern(1, 1)),
        "05 24 00",
        Bench.atBit(1, 4));
  }
}

package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.AtomicLimits;

/** The user data of blocks that carry protection information. */
class UserDataTest {

  private final MemoryBlocks whole = new MemoryBlocks(Geometry.ofData(512, 100, 1));
  private final BlockStore data = UserData.of(whole);

  private static BlockOutcome run(BlockStore store, BlockOperation operation) {
    List<BlockOutcome> outcome = new ArrayList<>();
    store.submit(operation, outcome::add);
    return outcome.getFirst();
  }

  private byte[] read(int lba, int blocks) {
    ByteBuffer into = ByteBuffer.allocate(blocks * 512);
    assertThat(run(data, new BlockOperation.Read(lba, into))).isEqualTo(BlockOutcome.DONE);
    return into.array();
  }

  @Test
  void a_store_without_protection_information_is_itself() {
    MemoryBlocks plain = new MemoryBlocks(512, 10);
    assertThat(UserData.of(plain)).isSameAs(plain);
  }

  @Test
  void what_is_written_gets_tuples_and_is_read_without_them() {
    assertThat(data.geometry()).isEqualTo(new Geometry(512, 100));
    byte[] blocks = Bench.pattern(3, 1);
    List<ByteBuffer> pieces =
        List.of(ByteBuffer.wrap(blocks, 0, 700).slice(), ByteBuffer.wrap(blocks, 700, 836).slice());
    run(data, new BlockOperation.Write(7, pieces, Durability.APPENDED));
    assertThat(read(7, 3)).isEqualTo(blocks);
    assertThat(read(6, 1)).containsOnly(0);
    Bench bench = new Bench(Bench.profile(AtomicLimits.NONE), whole);
    byte[] wire = bench.data("28 20 00000007 00 0003 00");
    assertThat(HexFormat.of().formatHex(ProtectedBench.tuple(wire, 2))).endsWith("ffff00000009");
  }

  @Test
  void compare_and_write_compares_the_data_alone() {
    ByteBuffer old = ByteBuffer.wrap(Bench.pattern(2, 1));
    ByteBuffer next = ByteBuffer.wrap(Bench.pattern(2, 2));
    run(data, new BlockOperation.AtomicWrite(7, List.of(old), Durability.APPENDED));
    BlockOperation compare =
        new BlockOperation.CompareAndWrite(7, old, List.of(next), Durability.APPENDED);
    assertThat(run(data, compare)).isEqualTo(BlockOutcome.DONE);
    assertThat(read(7, 2)).isEqualTo(Bench.pattern(2, 2));
    assertThat(run(data, compare)).isEqualTo(new BlockOutcome.Miscompare(0));
    assertThat(read(7, 2)).isEqualTo(Bench.pattern(2, 2));
  }
}

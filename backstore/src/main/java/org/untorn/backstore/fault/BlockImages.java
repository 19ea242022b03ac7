package org.untorn.backstore.fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;

/**
 * The contents of single blocks of a volume, by their addresses; a block that is not mapped is
 * {@link Unflushed#UNMAPPED}.
 */
final class BlockImages {

  /** How much is written at once. */
  private static final int PIECE_BYTES = 1 << 20;

  private final BlockStore volume;

  BlockImages(BlockStore volume) {
    this.volume = volume;
  }

  /** What a change of these blocks makes of them; without data they are unmapped. */
  SortedMap<Long, byte[]> of(List<BlockExtent> extents, List<ByteBuffer> data) {
    int blockLength = volume.geometry().blockLength();
    SortedMap<Long, byte[]> contents = new TreeMap<>();
    for (BlockExtent extent : extents) {
      for (long lba = extent.lba(); lba < extent.lba() + extent.count(); lba++) {
        contents.put(lba, data.isEmpty() ? Unflushed.UNMAPPED : new byte[blockLength]);
      }
    }
    if (!data.isEmpty()) {
      fill(contents, data);
    }
    return contents;
  }

  private static void fill(SortedMap<Long, byte[]> contents, List<ByteBuffer> data) {
    List<ByteBuffer> left = data.stream().map(ByteBuffer::duplicate).toList();
    int buffer = 0;
    for (byte[] content : contents.values()) {
      int at = 0;
      while (at < content.length) {
        ByteBuffer from = left.get(buffer);
        int length = Math.min(content.length - at, from.remaining());
        from.get(content, at, length);
        at += length;
        buffer += from.hasRemaining() ? 0 : 1;
      }
    }
  }

  /**
   * Reads what blocks hold.
   *
   * @param known what is known of it, and need not be read
   * @param then gets the contents of those that are mapped, and of all that are known; and the
   *     failure if there was one
   */
  void read(
      List<BlockExtent> extents,
      Map<Long, byte[]> known,
      BiConsumer<Map<Long, byte[]>, BlockOutcome> then) {
    Map<Long, byte[]> contents = new HashMap<>();
    FirstFailure result = new FirstFailure();
    Serial serial = new Serial();
    for (BlockExtent extent : extents) {
      if (anyUnknown(extent, known)) {
        serial.add(done -> read(extent, contents, result, done));
      }
    }
    serial.add(
        done -> {
          contents.putAll(known);
          then.accept(contents, result.outcome());
          done.run();
        });
  }

  /**
   * Reads which blocks hold something else than before, and what.
   *
   * @param then gets that, and the failure if there was one
   */
  void changed(
      List<BlockExtent> extents,
      Map<Long, byte[]> before,
      BiConsumer<SortedMap<Long, byte[]>, BlockOutcome> then) {
    read(
        extents,
        Map.of(),
        (found, outcome) -> {
          SortedMap<Long, byte[]> contents = of(extents, List.of());
          contents.putAll(found);
          contents
              .entrySet()
              .removeIf(one -> Arrays.equals(one.getValue(), held(before, one.getKey())));
          then.accept(contents, outcome);
        });
  }

  private static byte[] held(Map<Long, byte[]> before, long lba) {
    return before.getOrDefault(lba, Unflushed.UNMAPPED);
  }

  private static boolean anyUnknown(BlockExtent extent, Map<Long, byte[]> known) {
    for (long lba = extent.lba(); lba < extent.lba() + extent.count(); lba++) {
      if (!known.containsKey(lba)) {
        return true;
      }
    }
    return false;
  }

  private void read(
      BlockExtent extent, Map<Long, byte[]> contents, FirstFailure result, Runnable done) {
    int runs = Math.toIntExact(extent.count());
    volume.submit(
        new BlockOperation.Status(extent.lba(), extent.count(), runs),
        status -> {
          if (status instanceof BlockOutcome.Mapping(List<BlockOutcome.Mapping.Run> all)) {
            readMapped(all, contents, result, done);
          } else {
            result.note(status);
            done.run();
          }
        });
  }

  private void readMapped(
      List<BlockOutcome.Mapping.Run> runs,
      Map<Long, byte[]> contents,
      FirstFailure result,
      Runnable done) {
    int blockLength = volume.geometry().blockLength();
    Serial serial = new Serial();
    for (BlockOutcome.Mapping.Run run : runs) {
      if (run.mapped()) {
        byte[] bytes = new byte[Math.toIntExact(run.count() * blockLength)];
        serial.add(
            next ->
                volume.submit(
                    new BlockOperation.Read(run.lba(), ByteBuffer.wrap(bytes)),
                    outcome -> {
                      result.note(outcome);
                      next.run();
                    }));
        serial.add(
            next -> {
              for (int i = 0; i < run.count(); i++) {
                byte[] block = new byte[blockLength];
                System.arraycopy(bytes, i * blockLength, block, 0, blockLength);
                contents.put(run.lba() + i, block);
              }
              next.run();
            });
      }
    }
    serial.add(
        next -> {
          done.run();
          next.run();
        });
  }

  /** Writes contents over the volume; completes with the first failure, if there is one. */
  void write(SortedMap<Long, byte[]> contents, BlockStore.Completion then) {
    FirstFailure result = new FirstFailure();
    Serial serial = new Serial();
    for (BlockOperation piece : pieces(contents)) {
      serial.add(
          done ->
              volume.submit(
                  piece,
                  outcome -> {
                    result.note(outcome);
                    done.run();
                  }));
    }
    serial.add(
        done -> {
          then.completed(result.outcome());
          done.run();
        });
  }

  /** One operation for each run of blocks that are all mapped or all not. */
  private static List<BlockOperation> pieces(SortedMap<Long, byte[]> contents) {
    List<BlockOperation> pieces = new ArrayList<>();
    List<ByteBuffer> run = new ArrayList<>();
    long first = 0;
    Optional<Boolean> mapped = Optional.empty();
    for (Map.Entry<Long, byte[]> block : contents.entrySet()) {
      boolean isMapped = block.getValue().length > 0;
      boolean goesOn =
          block.getKey() == first + run.size()
              && mapped.filter(before -> before == isMapped).isPresent()
              && (long) run.size() * block.getValue().length < PIECE_BYTES;
      if (!goesOn) {
        piece(first, run, mapped).ifPresent(pieces::add);
        run = new ArrayList<>();
        first = block.getKey();
        mapped = Optional.of(isMapped);
      }
      run.add(ByteBuffer.wrap(block.getValue()));
    }
    piece(first, run, mapped).ifPresent(pieces::add);
    return pieces;
  }

  private static Optional<BlockOperation> piece(
      long lba, List<ByteBuffer> run, Optional<Boolean> mapped) {
    return mapped.map(
        isMapped ->
            isMapped
                ? new BlockOperation.Write(lba, run, Durability.APPENDED)
                : new BlockOperation.Unmap(
                    List.of(new BlockExtent(lba, run.size())), Durability.APPENDED));
  }

  /** How several operations ended that come one after the other. */
  private static final class FirstFailure {
    private volatile BlockOutcome outcome = BlockOutcome.DONE;

    void note(BlockOutcome one) {
      if (outcome instanceof BlockOutcome.Done) {
        outcome = one;
      }
    }

    BlockOutcome outcome() {
      return outcome;
    }
  }
}

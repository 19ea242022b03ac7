package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The blocks of one volume of the pool: turns operations into reads of roots and records. It moves
 * blocks of {@link Geometry#storedLength}; where that is not their length, {@link PaddedBlocks} is
 * over it.
 */
final class VolumeStore implements BlockStore {

  /** A longer plain write is several records, so that none keeps the others waiting for long. */
  private static final int PLAIN_RECORD_BYTES = 1 << 20;

  private final Volume volume;
  private final Log log;
  private final Committer committer;
  private final RootReader reader;

  /** What one record can hold; a volume keeps its block length. */
  private final int maximumBlocks;

  VolumeStore(Volume volume, Log log, Committer committer, RootReader reader) {
    this.volume = volume;
    this.log = log;
    this.committer = committer;
    this.reader = reader;
    this.maximumBlocks =
        SegmentLayout.maximumBlocks(log.segmentBytes(), volume.visible().geometry().storedLength());
  }

  @Override
  public Geometry geometry() {
    return volume.visible().geometry();
  }

  private int blockLength() {
    return geometry().storedLength();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    checkShape(operation);
    Optional<BlockOutcome> refusal = refusal(operation);
    if (refusal.isPresent()) {
      Completions.complete(completion, refusal.get());
      return;
    }
    if (!isInRange(operation)) {
      Completions.complete(completion, new BlockOutcome.OutOfRange());
      return;
    }
    switch (operation) {
      case BlockOperation.Read read ->
          Completions.complete(completion, read(read.lba(), read.into()));
      case BlockOperation.Status status -> Completions.complete(completion, status(status));
      case BlockOperation.Flush flush -> committer.commit(completion);
      case BlockOperation.Write write ->
          write(
              write.lba(),
              write.data(),
              plainRecordBytes(),
              durable(write.durability(), completion));
      case BlockOperation.AtomicWrite write ->
          write(
              write.lba(),
              write.data(),
              Integer.MAX_VALUE,
              durable(write.durability(), completion));
      case BlockOperation.CompareAndWrite compare ->
          compareAndWrite(compare, durable(compare.durability(), completion));
      case BlockOperation.Unmap unmap ->
          log.submit(
              new Append(
                  new Change.Unmap(volume.id(), List.copyOf(unmap.extents())),
                  List.of(),
                  durable(unmap.durability(), completion)));
    }
  }

  private Optional<BlockOutcome> refusal(BlockOperation operation) {
    if (volume.deleted()) {
      return Optional.of(gone());
    }
    return switch (operation) {
      case BlockOperation.Read read -> refusalOfRead();
      case BlockOperation.Status status -> refusalOfRead();
      case BlockOperation.Flush flush -> log.refusal();
      case BlockOperation.Write write -> refusalOfChange();
      case BlockOperation.AtomicWrite write -> refusalOfChange();
      case BlockOperation.CompareAndWrite compare -> refusalOfChange();
      case BlockOperation.Unmap unmap -> refusalOfChange();
    };
  }

  /** What was published before the log stopped is as readable as ever. */
  private Optional<BlockOutcome> refusalOfRead() {
    return log.stopped().isPresent() ? Optional.empty() : log.refusal();
  }

  private Optional<BlockOutcome> refusalOfChange() {
    if (log.refusal().isPresent()) {
      return log.refusal();
    }
    return volume.writable()
        ? Optional.empty()
        : Optional.of(new BlockOutcome.WriteFailed(volume.name() + " is a snapshot"));
  }

  private BlockOutcome read(long lba, ByteBuffer into) {
    BlockOutcome outcome = reader.read(volume, lba, into);
    return volume.deleted() ? gone() : outcome;
  }

  private BlockOutcome gone() {
    return new BlockOutcome.Stopped("volume " + volume.name() + " was deleted");
  }

  private BlockOutcome status(BlockOperation.Status status) {
    StatusRuns runs = new StatusRuns(status);
    reader.ranges(volume, status.lba(), status.count(), runs);
    return runs.outcome();
  }

  /** Completes when what the record did is as durable as was asked for. */
  private Completion durable(Durability durability, Completion completion) {
    return switch (durability) {
      case APPENDED -> completion;
      case STABLE ->
          outcome -> {
            if (outcome instanceof BlockOutcome.Done) {
              committer.commit(completion);
            } else {
              completion.completed(outcome);
            }
          };
    };
  }

  private int plainRecordBytes() {
    int blockLength = blockLength();
    return Math.min(PLAIN_RECORD_BYTES / blockLength, maximumBlocks) * blockLength;
  }

  private void write(long lba, List<ByteBuffer> data, int recordBytes, Completion completion) {
    long length = BlockOperation.length(data);
    if (length == 0) {
      Completions.complete(completion, BlockOutcome.DONE);
      return;
    }
    if (length <= recordBytes) {
      log.submit(new Append(change(lba, data), data, completion));
      return;
    }
    int parts = Math.toIntExact((length + recordBytes - 1) / recordBytes);
    Completion part = Completions.join(parts, completion);
    Slices slices = new Slices(data);
    long at = lba;
    for (int i = 0; i < parts; i++) {
      List<ByteBuffer> piece = slices.next(recordBytes);
      log.submit(new Append(change(at, piece), piece, part));
      at += recordBytes / blockLength();
    }
  }

  private Change.Write change(long lba, List<ByteBuffer> data) {
    int blockLength = blockLength();
    int blocks = Math.toIntExact(BlockOperation.length(data) / blockLength);
    PieceLayout layout = PieceLayout.of(lba, blocks, blockLength);
    return new Change.Write(volume.id(), lba, layout, Checksum.ofPieces(data, layout));
  }

  private void compareAndWrite(BlockOperation.CompareAndWrite compare, Completion completion) {
    int blockLength = blockLength();
    long count = compare.expected().remaining() / blockLength;
    if (count == 0) {
      Completions.complete(completion, BlockOutcome.DONE);
      return;
    }
    log.claim(
        new Claim(
            volume.id(),
            compare.lba(),
            count,
            claim -> compareClaimed(compare, claim, completion)));
  }

  private void compareClaimed(
      BlockOperation.CompareAndWrite compare, Claim claim, Completion completion) {
    BlockOutcome outcome;
    try {
      outcome = compare(compare);
      if (!isInRange(compare)) {
        // It shrank while this waited for its turn: what was compared is not there any more.
        outcome = new BlockOutcome.OutOfRange();
      } else if (outcome instanceof BlockOutcome.Done) {
        Change change = change(compare.lba(), compare.data());
        log.submit(new Append(change, compare.data(), Optional.of(claim), completion));
        return;
      }
    } catch (Throwable failure) {
      outcome = new BlockOutcome.WriteFailed(failure.toString());
    }
    log.release(claim);
    Completions.complete(completion, outcome);
  }

  private BlockOutcome compare(BlockOperation.CompareAndWrite compare) {
    ByteBuffer found = ByteBuffer.allocate(compare.expected().remaining());
    BlockOutcome outcome = read(compare.lba(), found);
    int difference = found.mismatch(compare.expected());
    return outcome instanceof BlockOutcome.Done && difference >= 0
        ? new BlockOutcome.Miscompare(difference)
        : outcome;
  }

  private void checkShape(BlockOperation operation) {
    switch (operation) {
      case BlockOperation.Read read -> checkBlocks(read.into().remaining());
      case BlockOperation.Write write -> checkBlocks(bytes(write.data()));
      case BlockOperation.AtomicWrite write -> checkOneRecord(bytes(write.data()));
      case BlockOperation.CompareAndWrite compare -> {
        checkOneRecord(bytes(compare.data()));
        if (compare.expected().remaining() != bytes(compare.data())) {
          throw new IllegalArgumentException("what is compared is not as long as what is written");
        }
      }
      case BlockOperation.Unmap unmap -> {
        int bytes = unmap.extents().size() * Change.Unmap.EXTENT_BYTES;
        if (bytes > SegmentLayout.maximumBody(log.segmentBytes())) {
          throw new IllegalArgumentException(unmap.extents().size() + " extents in one unmap");
        }
      }
      case BlockOperation.Status status -> {}
      case BlockOperation.Flush flush -> {}
    }
  }

  private boolean isInRange(BlockOperation operation) {
    Geometry geometry = geometry();
    int blockLength = geometry.storedLength();
    return switch (operation) {
      case BlockOperation.Read read ->
          geometry.contains(read.lba(), read.into().remaining() / blockLength);
      case BlockOperation.Write write ->
          geometry.contains(write.lba(), bytes(write.data()) / blockLength);
      case BlockOperation.AtomicWrite write ->
          geometry.contains(write.lba(), bytes(write.data()) / blockLength);
      case BlockOperation.CompareAndWrite compare ->
          geometry.contains(compare.lba(), bytes(compare.data()) / blockLength);
      case BlockOperation.Unmap unmap ->
          unmap.extents().stream()
              .allMatch(extent -> geometry.contains(extent.lba(), extent.count()));
      case BlockOperation.Status status -> geometry.contains(status.lba(), status.count());
      case BlockOperation.Flush flush -> true;
    };
  }

  private static long bytes(List<ByteBuffer> data) {
    return BlockOperation.length(data);
  }

  private void checkOneRecord(long bytes) {
    checkBlocks(bytes);
    if (bytes / blockLength() > maximumBlocks) {
      throw new IllegalArgumentException(
          bytes
              + " bytes in one piece: segments of "
              + log.segmentBytes()
              + " bytes are too short");
    }
  }

  private void checkBlocks(long bytes) {
    int blockLength = blockLength();
    if (bytes % blockLength != 0) {
      throw new IllegalArgumentException(bytes + " bytes are no blocks of " + blockLength);
    }
  }
}

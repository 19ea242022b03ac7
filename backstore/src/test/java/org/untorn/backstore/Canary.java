package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Planted faults, each of which the {@link CrashSweep} must catch. */
final class Canary {
  private Canary() {}

  /** Forgets to sync the files whose names begin so. */
  record ForgottenSync(Medium below, String prefix) implements MediumFilter {
    @Override
    public void sync(String file, Purpose purpose) throws IOException {
      if (!file.startsWith(prefix)) {
        below.sync(file, purpose);
      }
    }
  }

  /**
   * Makes the checksums of each record that is read fit whatever the medium holds, as if nobody
   * checked them.
   */
  record MissingChecksum(Medium below) implements MediumFilter {
    @Override
    public void read(String file, long offset, ByteBuffer into, Purpose purpose)
        throws IOException {
      below.read(file, offset, into, purpose);
      if (SegmentLayout.isSegment(file)) {
        for (int at = into.position(); at < into.limit(); at += Location.UNIT_BYTES) {
          int length = Math.min(Location.UNIT_BYTES, into.limit() - at);
          forge(file, offset + at - into.position(), into.slice(at, length));
        }
      }
    }

    private void forge(String file, long offset, ByteBuffer head) throws IOException {
      Optional<RecordHeader> header =
          RecordHeader.parse(head).filter(each -> each.type() == RecordType.WRITE);
      if (header.isEmpty() || RecordHeader.paddedBytes(header.get().bodyBytes()) > head.limit()) {
        return;
      }
      ByteBuffer payload = ByteBuffer.allocate(header.get().payloadBytes());
      below.read(file, offset + head.limit(), payload, Purpose.DATA);
      ByteBuffer body = head.slice(RecordHeader.BYTES, header.get().bodyBytes());
      PieceLayout layout = PieceLayout.of(header.get().lba(), body.getInt(4), body.getInt(0));
      int[] forged = Checksum.ofPieces(List.of(payload), layout);
      Change change = new Change.Write(header.get().volume(), header.get().lba(), layout, forged);
      header.get().put(head.duplicate(), change);
    }
  }

  /** Writes the protection information of blocks after their data, as if it had its own place. */
  record LateTuples(BlockStore below) implements BlockStore {
    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      if (operation instanceof BlockOperation.AtomicWrite write
          && geometry().protection() != 0
          && geometry().contains(write.lba(), BlockOperation.length(write.data()) / length())) {
        below.submit(
            new BlockOperation.AtomicWrite(
                write.lba(), List.of(withOldTuples(write)), Durability.APPENDED),
            outcome -> below.submit(operation, completion));
      } else {
        below.submit(operation, completion);
      }
    }

    private ByteBuffer withOldTuples(BlockOperation.AtomicWrite write) {
      ByteBuffer mixed = ByteBuffer.allocate((int) BlockOperation.length(write.data()));
      Operations.run(below, new BlockOperation.Read(write.lba(), mixed));
      ByteBuffer fresh = ByteBuffer.allocate(mixed.capacity());
      write.data().forEach(buffer -> fresh.put(buffer.duplicate()));
      for (int at = 0; at < mixed.capacity(); at += length()) {
        mixed.put(at, fresh, at, geometry().dataLength());
      }
      return mixed;
    }

    private int length() {
      return geometry().blockLength();
    }
  }

  /**
   * Lets writes and syncs of one kind of file wait until others have come, as if they stood behind
   * them in the program; only the first of all is not late.
   */
  static final class LateFile implements MediumFilter {
    private final Medium below;
    private final String late;
    private final String overtaking;
    private final int patience;
    private final List<Late> waiting = new ArrayList<>();
    private int overtaken;
    private boolean first = true;

    /**
     * Files whose names begin with {@code late} wait for so many syncs of those that begin with
     * {@code overtaking}.
     */
    LateFile(Medium below, String late, String overtaking, int patience) {
      this.below = below;
      this.late = late;
      this.overtaking = overtaking;
      this.patience = patience;
    }

    @Override
    public Medium below() {
      return below;
    }

    private interface Late {
      void carryOut() throws IOException;
    }

    @Override
    public synchronized void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
        throws IOException {
      if (first || !file.startsWith(late)) {
        below.write(file, offset, data, purpose);
        return;
      }
      ByteBuffer copy = ByteBuffer.allocate((int) BlockOperation.length(data));
      data.forEach(buffer -> copy.put(buffer.duplicate()));
      copy.flip();
      waiting.add(() -> below.write(file, offset, List.of(copy), purpose));
    }

    @Override
    public synchronized void sync(String file, Purpose purpose) throws IOException {
      if (!first && file.startsWith(late)) {
        waiting.add(() -> below.sync(file, purpose));
        return;
      }
      below.sync(file, purpose);
      first &= !file.startsWith(late);
      if (file.startsWith(overtaking)) {
        overtaken++;
      }
      if (overtaken >= patience) {
        for (Late each : waiting) {
          each.carryOut();
        }
        waiting.clear();
        overtaken = 0;
      }
    }
  }

  /** Reports a failed sync as if it had ended well. */
  record SwallowedFailure(Medium below) implements MediumFilter {
    @Override
    public void sync(String file, Purpose purpose) throws IOException {
      try {
        below.sync(file, purpose);
      } catch (IOException swallowed) {
        // That is the fault.
      }
    }
  }

  /** Writes nothing where the same bytes can be read, as if a recovery wrote nothing back. */
  record SkippedRewrite(Medium below) implements MediumFilter {
    @Override
    public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
        throws IOException {
      ByteBuffer found = ByteBuffer.allocate((int) BlockOperation.length(data));
      below.read(file, offset, found, purpose);
      ByteBuffer wanted = ByteBuffer.allocate(found.capacity());
      data.forEach(buffer -> wanted.put(buffer.duplicate()));
      boolean isThere = below.length(file) >= offset + found.capacity();
      if (!isThere || !found.equals(wanted.flip())) {
        below.write(file, offset, data, purpose);
      }
    }
  }

  /** Acknowledges what shall be stable as soon as it is appended. */
  record EarlyAcknowledgement(BlockStore below) implements BlockStore {
    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      switch (operation) {
        case BlockOperation.Write w ->
            below.submit(
                new BlockOperation.Write(w.lba(), w.data(), Durability.APPENDED), completion);
        case BlockOperation.AtomicWrite w ->
            below.submit(
                new BlockOperation.AtomicWrite(w.lba(), w.data(), Durability.APPENDED), completion);
        case BlockOperation.Unmap unmap ->
            below.submit(
                new BlockOperation.Unmap(unmap.extents(), Durability.APPENDED), completion);
        case BlockOperation.Flush flush -> completion.completed(BlockOutcome.DONE);
        case BlockOperation.CompareAndWrite compare -> below.submit(compare, completion);
        case BlockOperation.Read read -> below.submit(read, completion);
        case BlockOperation.Status status -> below.submit(status, completion);
      }
    }
  }

  /** Acknowledges each write at once, and carries it out when the next one comes. */
  static final class LateWrites implements BlockStore {
    private final BlockStore below;
    private final AtomicReference<Optional<BlockOperation>> late =
        new AtomicReference<>(Optional.empty());

    LateWrites(BlockStore below) {
      this.below = below;
    }

    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      if (operation instanceof BlockOperation.Write) {
        late.getAndSet(Optional.of(operation)).ifPresent(each -> below.submit(each, outcome -> {}));
        completion.completed(BlockOutcome.DONE);
      } else {
        below.submit(operation, completion);
      }
    }
  }

  /** Reads, compares and writes one after the other. */
  record SplitComparison(BlockStore below) implements BlockStore {
    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      if (!(operation instanceof BlockOperation.CompareAndWrite compare)) {
        below.submit(operation, completion);
        return;
      }
      ByteBuffer found = ByteBuffer.allocate(compare.expected().remaining());
      below.submit(
          new BlockOperation.Read(compare.lba(), found),
          outcome -> {
            int difference = found.mismatch(compare.expected());
            if (difference >= 0) {
              completion.completed(new BlockOutcome.Miscompare(difference));
            } else {
              below.submit(
                  new BlockOperation.AtomicWrite(
                      compare.lba(), compare.data(), compare.durability()),
                  completion);
            }
          });
    }
  }
}

package org.untorn.conformance.kill;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.testkit.Ready;

/**
 * Writers that keep a disk busy until its target dies: each has a session of its own and several
 * writes under way, atomic and plain, short and long, some with FUA, all over each other.
 */
final class Load {

  private static final int WRITERS = 2;
  private static final int DEPTH = 6;
  private static final int LONGEST = 512;
  private static final long PATIENCE_SECONDS = 60;

  private static final int READ_16 = 0x88;
  private static final int WRITE_16 = 0x8A;
  private static final int WRITE_ATOMIC_16 = 0x9C;
  private static final int FUA = 0x08;

  private final Ledger ledger;
  private final Random random;
  private final boolean lie;
  private final CountDownLatch half;
  private final CountDownLatch answers;
  private final CountDownLatch running = new CountDownLatch(WRITERS * DEPTH);
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final List<InitiatorSession> sessions = new ArrayList<>();

  /**
   * A load that is not under way yet.
   *
   * @param answers what {@link #awaitAnswers} waits for
   * @param lie whether plain writes are noted as if they were atomic
   */
  Load(Ledger ledger, long seed, int answers, boolean lie) {
    this.ledger = ledger;
    this.random = new Random(seed);
    this.half = new CountDownLatch(answers / 2);
    this.answers = new CountDownLatch(answers);
    this.lie = lie;
  }

  /** Logs all writers in and lets them write. */
  void start(Ready target) {
    for (int writer = 1; writer <= WRITERS; writer++) {
      sessions.add(login(target, writer));
    }
    for (int i = 0; i < WRITERS * DEPTH; i++) {
      write(1 + i % WRITERS);
    }
  }

  /** Waits for half of the answers that were asked for. */
  void awaitHalf() throws InterruptedException {
    await(half, "answers");
  }

  /** Waits for as many answers as were asked for. */
  void awaitAnswers() throws InterruptedException {
    await(answers, "answers");
  }

  /**
   * Waits until all writers have seen the target die.
   *
   * @throws AssertionError if one of them met anything else
   */
  void awaitEnd() throws InterruptedException {
    await(running, "the end of the load");
    sessions.forEach(InitiatorSession::close);
    if (!wrong.isEmpty()) {
      throw new AssertionError(wrong.toString());
    }
  }

  private void await(CountDownLatch latch, String what) throws InterruptedException {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("no " + what + " in " + PATIENCE_SECONDS + " s: " + wrong);
    }
  }

  private void write(int writer) {
    boolean atomic = random(5) < 3;
    int blocks = 1 + random(random(4) == 0 ? LONGEST : 32);
    int lba = random(ledger.blocks() - 2 * LONGEST);
    if (atomic) {
      blocks = (blocks + 7) / 8 * 8;
      lba = lba / 8 * 8;
    }
    int flags = random(10) == 0 ? FUA : 0;
    Ledger.Write write = ledger.sent(writer, lba, blocks, atomic || lie);
    byte[] cdb = cdb(atomic ? WRITE_ATOMIC_16 : WRITE_16, flags, lba, blocks);
    var _ =
        sessions
            .get(writer - 1)
            .submit(Command.write(0, cdb, write.data()))
            .handle(
                (result, failure) -> {
                  if (failure == null && result.isGood()) {
                    ledger.answered(write);
                    half.countDown();
                    answers.countDown();
                    write(writer);
                    return result;
                  }
                  if (!(failure instanceof InitiatorException)) {
                    wrong.add(write + ": " + (failure == null ? result.senseCode() : failure));
                  }
                  running.countDown();
                  return result;
                });
  }

  private int random(int bound) {
    synchronized (random) {
      return random.nextInt(bound);
    }
  }

  /** The whole disk, read back. */
  static byte[] read(Ready target, int blocks) {
    ByteArrayOutputStream disk = new ByteArrayOutputStream(blocks * Stamp.BLOCK_BYTES);
    try (InitiatorSession session = login(target, 0)) {
      List<CompletableFuture<CommandResult>> pieces = new ArrayList<>();
      for (int lba = 0; lba < blocks; lba += 2048) {
        int count = Math.min(2048, blocks - lba);
        Command read = Command.read(0, cdb(READ_16, 0, lba, count), count * Stamp.BLOCK_BYTES);
        pieces.add(session.submit(read));
      }
      for (CompletableFuture<CommandResult> piece : pieces) {
        CommandResult result = piece.join();
        if (!result.isGood()) {
          throw new AssertionError("reading the disk back: " + result.senseCode());
        }
        disk.writeBytes(result.dataIn());
      }
    }
    return disk.toByteArray();
  }

  /** A session whose unit attentions are taken. */
  private static InitiatorSession login(Ready target, int writer) {
    LoginOptions options =
        LoginOptions.to(target.target()).from("iqn.2026-11.org.untorn:writer" + writer, 1 + writer);
    InitiatorSession session = InitiatorSession.login(target.address(), options);
    Command testUnitReady = Command.of(0, new byte[16]);
    for (int i = 0; i < 10; i++) {
      if (session.execute(testUnitReady).isGood()) {
        return session;
      }
    }
    throw new AssertionError("the unit does not become ready");
  }

  private static byte[] cdb(int opcode, int flags, long lba, int blocks) {
    ByteBuffer cdb = ByteBuffer.allocate(16);
    cdb.put((byte) opcode).put((byte) flags).putLong(lba).putInt(blocks);
    return cdb.array();
  }
}

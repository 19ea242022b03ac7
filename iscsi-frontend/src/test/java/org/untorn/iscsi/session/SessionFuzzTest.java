package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.Mutator;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.Wire;

/** A live session under abuse: whatever comes, nothing is left when its connection has ended. */
class SessionFuzzTest {

  private static final long SEED = 0xBADC0DE;
  private static final int SESSIONS = 120;

  @Test
  void mutated_pdus_leave_nothing_behind() {
    SplittableRandom random = new SplittableRandom(SEED);
    Mutator mutator = new Mutator(random, Opcode.Sender.INITIATOR, 300);
    for (int session = 0; session < SESSIONS; session++) {
      try (Harness harness = Harness.loggedIn()) {
        for (int i = 0; i < 100 && harness.channel.isActive(); i++) {
          ByteBuf stream = Unpooled.buffer();
          mutator.append(stream);
          harness.sendBytes(stream);
          harness.ignoreAll();
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ", session " + session, e);
      }
    }
  }

  /** PDUs that a session takes, in an order that makes no sense. */
  @Test
  void legal_pdus_in_a_senseless_order_leave_nothing_behind() {
    Random random = new Random(SEED);
    int answered = 0;
    for (int session = 0; session < SESSIONS; session++) {
      try (Harness harness =
          Harness.loggedIn("InitialR2T=No", "MaxOutstandingR2T=3", "MaxBurstLength=1024")) {
        for (int i = 0; i < 200 && harness.channel.isActive(); i++) {
          harness.sendBytes(Wire.encode(false, false, List.of(any(harness, random))));
          if (random.nextInt(10) == 0) {
            harness.target.letGo(random.nextInt(2000));
            harness.collect();
          }
          harness.ignoreAll();
        }
        answered += harness.channel.isActive() ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ", session " + session, e);
      }
    }
    assertThat(answered).isGreaterThan(SESSIONS / 2);
  }

  private static Pdu any(Harness harness, Random random) {
    int tag = random.nextInt(12);
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> command(harness, random, tag);
      case 3, 4, 5 ->
          new DataOut(
              random.nextBoolean(),
              0,
              tag,
              random.nextInt(4) == 0 ? Pdu.RESERVED_TAG : random.nextInt(40),
              0,
              random.nextInt(3),
              random.nextInt(8) * 512,
              Unpooled.wrappedBuffer(new byte[random.nextInt(5) * 256]));
      case 6 ->
          new TaskManagementRequest(
              random.nextBoolean(),
              1 + random.nextInt(6),
              random.nextInt(3) == 0 ? 1L << 48 : 0,
              50,
              tag,
              harness.cmdSN(),
              0,
              harness.cmdSN() - random.nextInt(4),
              0);
      default ->
          new NopOut(true, 0, 60, Pdu.RESERVED_TAG, harness.cmdSN(), 0, Unpooled.EMPTY_BUFFER);
    };
  }

  private static ScsiCommand command(Harness harness, Random random, int tag) {
    int[] opcodes = {
      MemoryTarget.TEST_UNIT_READY,
      MemoryTarget.READ_10,
      MemoryTarget.WRITE_10,
      MemoryTarget.WRITE_10,
      MemoryTarget.HELD,
      0x7F,
      0xFF
    };
    byte[] cdb =
        MemoryTarget.cdb(
            opcodes[random.nextInt(opcodes.length)], random.nextInt(100), random.nextInt(9));
    if (cdb[0] == 0x7F) {
      cdb = Arrays.copyOf(cdb, 8 + random.nextInt(256));
      cdb[7] = (byte) (cdb.length - 8);
    }
    boolean write = random.nextBoolean();
    int cmdSN = random.nextInt(20) == 0 ? random.nextInt() : harness.nextCmdSN();
    return new ScsiCommand(
        false,
        random.nextBoolean(),
        !write,
        write,
        random.nextInt(5),
        0,
        tag,
        random.nextInt(10) * 512,
        cmdSN,
        0,
        ScsiCommand.head(cdb),
        ScsiCommand.extension(cdb),
        Unpooled.wrappedBuffer(new byte[write ? random.nextInt(3) * 512 : 0]));
  }
}

package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.IscsiOptions;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Limits;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;

/** Crowds before the login, and what is left of a session that is in already. */
class FrontDoorTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:door";
  private static final int HALF_OPEN = 256;

  private final List<SocketChannel> crowd = new ArrayList<>();
  private final IscsiServer server =
      IscsiServer.start(
          IscsiOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .with(new Limits(1024, HALF_OPEN, Duration.ofSeconds(2), 0, 32, 8 << 20, 1 << 20)),
          Map.of(TARGET, new MemoryTarget(64)));

  @AfterEach
  void close() throws IOException {
    for (SocketChannel one : crowd) {
      one.close();
    }
    server.close();
  }

  /** Reads per second until something is over, but for a quarter of a second at least. */
  private static double rate(InitiatorSession session, BooleanSupplier over) {
    byte[] read = MemoryTarget.cdb(MemoryTarget.READ_10, 0, 1);
    long start = System.nanoTime();
    long reads = 0;
    while (!over.getAsBoolean() || System.nanoTime() - start < 250_000_000) {
      assertThat(session.execute(Command.read(0, read, 512)).status()).isZero();
      reads++;
    }
    return reads * 1e9 / (System.nanoTime() - start);
  }

  private static long direct() {
    return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  private static long heap() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Runs a crowd beside a session that reads on, and says what is left of its rate. */
  private void crowded(String what, Crowd abuse) {
    try (InitiatorSession session =
        InitiatorSession.login(server.address(), LoginOptions.to(TARGET))) {
      double alone = rate(session, () -> true);
      long directBefore = direct();
      CompletableFuture<Void> over = CompletableFuture.runAsync(() -> run(abuse));
      double crowded = rate(session, over::isDone);
      over.join();
      long grown = direct() - directBefore;
      System.out.printf(
          "%s: a session keeps %.0f of %.0f reads/s; direct memory %+d KiB, heap %d MiB in use%n",
          what, crowded, alone, grown >> 10, heap() >> 20);
      assertThat(crowded).isPositive();
      assertThat(grown).isLessThan(64L << 20);
      assertThat(server.connections()).isLessThanOrEqualTo(HALF_OPEN + 1);
    }
  }

  private interface Crowd {
    void run() throws Exception;
  }

  private static void run(Crowd abuse) {
    try {
      abuse.run();
    } catch (Exception e) {
      throw new AssertionError("the crowd could not gather", e);
    }
  }

  @Test
  void of_two_thousand_half_open_logins_a_few_are_kept_and_sessions_go_on() {
    crowded(
        "2,000 half-open logins",
        () -> {
          for (int i = 0; i < 2000; i++) {
            crowd.add(SocketChannel.open(server.address()));
          }
        });
  }

  @Test
  void two_hundred_slow_senders_are_cut_off_in_time_and_sessions_go_on() {
    crowded(
        "200 slow senders",
        () -> {
          for (int i = 0; i < 200; i++) {
            crowd.add(SocketChannel.open(server.address()));
          }
          dribble().get(60, TimeUnit.SECONDS);
        });
    assertThat(server.connections()).isLessThanOrEqualTo(1);
  }

  /** A login request that never ends, byte by byte, until the server has closed them all. */
  private CompletableFuture<Void> dribble() {
    CompletableFuture<Void> over = new CompletableFuture<>();
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    var _ =
        clock.scheduleWithFixedDelay(
            () -> {
              if (crowd.stream().filter(FrontDoorTest::isCutOff).count() == crowd.size()) {
                over.complete(null);
              }
            },
            0,
            100,
            TimeUnit.MILLISECONDS);
    return over.whenComplete((_, _) -> clock.shutdown());
  }

  private static boolean isCutOff(SocketChannel one) {
    try {
      one.write(ByteBuffer.wrap(new byte[] {0}));
      return false;
    } catch (IOException _) {
      return true;
    }
  }
}

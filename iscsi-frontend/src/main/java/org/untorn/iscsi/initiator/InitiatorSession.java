package org.untorn.iscsi.initiator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import org.untorn.iscsi.login.TextKey;
import org.untorn.iscsi.login.TextPairs;
import org.untorn.iscsi.pdu.BadPdu;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.InitiatorPdu;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;
import org.untorn.iscsi.pdu.TextRequest;
import org.untorn.iscsi.pdu.TextResponse;

/**
 * A session with a target, as an initiator has it: sends commands, asked-for and unasked-for data,
 * keeps the command window, answers pings.
 *
 * <p>Safe for use by many threads; its state belongs to the connection's event loop. Commands
 * beyond the window wait. A Reject of any of its PDUs ends the session: this initiator sends none
 * that should be.
 */
public final class InitiatorSession implements AutoCloseable {

  /** How long blocking calls wait. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RawConnection connection;
  private final Map<String, String> negotiated;
  private final DataOutSender sender;
  private final int tsih;
  private final Map<Integer, PendingCommand> commands = new HashMap<>();
  private final Map<Integer, CompletableFuture<TargetPdu>> others = new HashMap<>();
  private final Deque<IntFunction<InitiatorPdu>> waiting = new ArrayDeque<>();
  private int cmdSN;
  private int maxCmdSN;
  private int expStatSN;
  private int lastTag = 1;
  private boolean gone;

  private InitiatorSession(
      RawConnection connection, LoginOptions options, LoginDialog.Result login) {
    this.connection = connection;
    this.negotiated = new HashMap<>(options.keys());
    this.negotiated.remove(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH.key());
    this.negotiated.putAll(login.answers());
    this.sender =
        new DataOutSender(
            connection,
            number(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH),
            Math.min(number(TextKey.FIRST_BURST_LENGTH), number(TextKey.MAX_BURST_LENGTH)),
            value(TextKey.IMMEDIATE_DATA).equals("Yes"),
            value(TextKey.INITIAL_R2T).equals("Yes"));
    this.tsih = login.last().tsih();
    this.cmdSN = login.last().numbers().expCmdSN();
    this.maxCmdSN = login.last().numbers().maxCmdSN();
    this.expStatSN = login.last().numbers().statSN() + 1;
    connection.digests(
        value(TextKey.HEADER_DIGEST).equals("CRC32C"), value(TextKey.DATA_DIGEST).equals("CRC32C"));
    String mine = options.keys().get(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH.key());
    if (mine != null) {
      connection.maxDataSegmentLength(Integer.parseInt(mine));
    }
    connection.whenClosed(() -> connection.execute(() -> fail("the connection is closed")));
    connection.listen(this::receive);
  }

  /**
   * Connects and logs in.
   *
   * @throws InitiatorException if the target refuses
   */
  public static InitiatorSession login(InetSocketAddress address, LoginOptions options) {
    RawConnection connection = RawConnection.open(address);
    try {
      return new InitiatorSession(connection, options, new LoginDialog(connection, options).run());
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** The TargetName and TargetAddress pairs that a node tells in a discovery session. */
  public static List<TextPairs.Pair> discover(InetSocketAddress address) {
    try (InitiatorSession session = login(address, LoginOptions.discovery())) {
      List<TextPairs.Pair> found = session.text("SendTargets=All\0");
      session.logout();
      return found;
    }
  }

  /** What was negotiated, or what holds without. */
  public String value(TextKey key) {
    String value = negotiated.getOrDefault(key.key(), key.initial());
    return value.equals("Irrelevant") || value.equals("Reject") ? key.initial() : value;
  }

  private int number(TextKey key) {
    return Integer.parseInt(value(key));
  }

  /** The session handle that the target gave. */
  public int tsih() {
    return tsih;
  }

  /** Sends a command and waits for its end. */
  public CommandResult execute(Command command) {
    return await(submit(command));
  }

  /** Sends a command, as soon as the window lets it. */
  public CompletableFuture<CommandResult> submit(Command command) {
    CompletableFuture<CommandResult> result = new CompletableFuture<>();
    connection.execute(
        () -> {
          int tag = ++lastTag;
          PendingCommand pending = new PendingCommand(command, result);
          commands.put(tag, pending);
          enqueue(sn -> sender.start(pending.command(), tag, sn, expStatSN));
        });
    return result;
  }

  /** The tag of the command that was submitted last. */
  public int lastTag() {
    CompletableFuture<Integer> tag = new CompletableFuture<>();
    connection.execute(() -> tag.complete(lastTag));
    return await(tag);
  }

  /** Asks for a task management function and returns its response code (RFC 7143 11.6.1). */
  public int manage(int function, long lun, int referencedTag, int refCmdSN) {
    TaskManagementResponse response =
        (TaskManagementResponse)
            request(
                (tag, sn) ->
                    new TaskManagementRequest(
                        true, function, lun, tag, referencedTag, sn, expStatSN, refCmdSN, 0),
                true);
    return response.response();
  }

  /** Sends a ping and returns what came back. */
  public byte[] ping(byte[] data) {
    NopIn answer =
        (NopIn)
            request(
                (tag, sn) ->
                    new NopOut(
                        false,
                        0,
                        tag,
                        Pdu.RESERVED_TAG,
                        sn,
                        expStatSN,
                        Unpooled.wrappedBuffer(data)),
                false);
    byte[] echoed = new byte[answer.data().readableBytes()];
    answer.data().readBytes(echoed);
    answer.release();
    return echoed;
  }

  /** Sends text and returns the target's, put together from all its responses. */
  public List<TextPairs.Pair> text(String text) {
    StringBuilder said = new StringBuilder();
    int transferTag = Pdu.RESERVED_TAG;
    String next = text;
    while (true) {
      int currentTag = transferTag;
      ByteBuf data = Unpooled.copiedBuffer(next, StandardCharsets.UTF_8);
      TextResponse response =
          (TextResponse)
              request(
                  (tag, sn) ->
                      new TextRequest(false, true, false, 0, tag, currentTag, sn, expStatSN, data),
                  false);
      said.append(TextPairs.text(response.data()));
      response.release();
      if (response.isFinal()) {
        return TextPairs.parse(said.toString()).orElseThrow();
      }
      transferTag = response.targetTransferTag();
      next = "";
    }
  }

  /** Closes the session as the protocol has it, and returns the response code (11.15.1). */
  public int logout() {
    LogoutResponse response =
        (LogoutResponse)
            request(
                (tag, sn) ->
                    new LogoutRequest(false, LogoutRequest.CLOSE_SESSION, tag, 0, sn, expStatSN),
                false);
    return response.response();
  }

  @Override
  public void close() {
    connection.close();
  }

  /** Makes a request of a tag and a CmdSN. */
  private interface RequestFactory {
    InitiatorPdu make(int tag, int cmdSN);
  }

  private TargetPdu request(RequestFactory factory, boolean immediate) {
    CompletableFuture<TargetPdu> answer = new CompletableFuture<>();
    connection.execute(
        () -> {
          int tag = ++lastTag;
          others.put(tag, answer);
          if (gone) {
            fail("the connection is closed");
          } else if (immediate) {
            connection.write(factory.make(tag, cmdSN));
            connection.flush();
          } else {
            enqueue(sn -> factory.make(tag, sn));
          }
        });
    return await(answer);
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new InitiatorException("the session failed: " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new InitiatorException("the target does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InitiatorException("interrupted while waiting for the target", e);
    }
  }

  private void enqueue(IntFunction<InitiatorPdu> request) {
    waiting.add(request);
    if (gone) {
      fail("the connection is closed");
    } else {
      sendWaiting();
      connection.flush();
    }
  }

  private void sendWaiting() {
    while (!waiting.isEmpty() && maxCmdSN - cmdSN >= 0) {
      connection.write(waiting.remove().apply(cmdSN++));
    }
  }

  private void receive(Received received) {
    if (!(received instanceof TargetPdu pdu)) {
      fail("a PDU that is none: " + ((BadPdu) received).fault());
      received.release();
      return;
    }
    if (pdu.numbers().maxCmdSN() - maxCmdSN > 0) {
      maxCmdSN = pdu.numbers().maxCmdSN();
    }
    dispatch(pdu);
    sendWaiting();
  }

  private void dispatch(TargetPdu pdu) {
    switch (pdu) {
      case DataIn in -> {
        PendingCommand pending = commands.get(in.initiatorTaskTag());
        if (in.hasStatus()) {
          expStatSN++;
          commands.remove(in.initiatorTaskTag());
        }
        if (pending != null) {
          pending.accept(in);
        }
        in.release();
      }
      case ScsiResponse response -> {
        expStatSN++;
        PendingCommand pending = commands.remove(response.initiatorTaskTag());
        if (pending != null) {
          pending.accept(response);
        }
        response.release();
      }
      case R2T r2t -> answer(r2t);
      case NopIn nop when nop.initiatorTaskTag() == Pdu.RESERVED_TAG -> answer(nop);
      case Reject reject -> {
        fail("the target rejected a PDU: " + reject.reason());
        reject.release();
      }
      case TargetPdu other -> {
        expStatSN++;
        CompletableFuture<TargetPdu> answer = others.remove(other.initiatorTaskTag());
        if (answer == null || !answer.complete(other)) {
          other.release();
        }
      }
    }
  }

  private void answer(R2T r2t) {
    PendingCommand pending = commands.get(r2t.initiatorTaskTag());
    if (pending != null) {
      connection.write(sender.answer(pending.command(), r2t, expStatSN));
    }
  }

  private void answer(NopIn nop) {
    nop.release();
    if (nop.targetTransferTag() != Pdu.RESERVED_TAG) {
      connection.write(
          new NopOut(
              true,
              nop.lun(),
              Pdu.RESERVED_TAG,
              nop.targetTransferTag(),
              cmdSN,
              expStatSN,
              Unpooled.EMPTY_BUFFER));
    }
  }

  private void fail(String why) {
    gone = true;
    InitiatorException exception = new InitiatorException(why);
    commands.values().forEach(pending -> pending.fail(exception));
    others.values().forEach(answer -> answer.completeExceptionally(exception));
    commands.clear();
    others.clear();
    waiting.clear();
  }
}

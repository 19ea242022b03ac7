package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.untorn.iscsi.login.AccessControl;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.Wire;

/**
 * A target's connection without a socket: PDUs go in, PDUs come out, time passes when the test says
 * so, every buffer is counted, and an exception that the connection caught is not forgotten.
 */
final class Harness implements AutoCloseable {

  static final String NAME = "iqn.2026-11.org.untorn:disk0";
  static final String INITIATOR = "iqn.2026-11.org.untorn:tester";
  static final long ISID = 0x80_0000_000001L;

  final MemoryTarget target = new MemoryTarget(4096);
  final SessionRegistry registry;
  final DataBudget budget;
  final EmbeddedChannel channel;
  final Connection connection;
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  private final EmbeddedChannel decoder;
  private final PduDecoder pdus = new PduDecoder(Opcode.Sender.TARGET);
  private final Deque<TargetPdu> received = new ArrayDeque<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private int cmdSN = 1;

  Harness() {
    this(AccessControl.open());
  }

  /** A target that lets in whom {@code access} lets in. */
  Harness(AccessControl access) {
    this(ConnectionOptions.DEFAULT, new DataBudget(64 << 20, 16 << 20), access);
  }

  Harness(ConnectionOptions options, DataBudget budget) {
    this(options, budget, AccessControl.open());
  }

  private Harness(ConnectionOptions options, DataBudget budget, AccessControl access) {
    this.budget = budget;
    log.start();
    logger().addAppender(log);
    registry =
        new SessionRegistry(
            Map.of(NAME, target), new TargetAddresses.OfConnection(), List::of, 100, 0, access);
    channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel.freezeTime();
    connection =
        Connection.accept(channel, new PortalGroup(registry, 1, options, budget)).orElseThrow();
    pdus.maxDataSegmentLength(1 << 20);
    decoder = new EmbeddedChannel(pdus);
    decoder.config().setAllocator(new UnpooledByteBufAllocator(false, true));
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(Connection.class);
  }

  /** A connection in the full feature phase of a normal session, with these keys negotiated. */
  static Harness loggedIn(String... keys) {
    Harness harness = new Harness();
    harness.login(keys);
    return harness;
  }

  LoginResponse login(String... keys) {
    StringBuilder text = new StringBuilder();
    text.append("InitiatorName=" + INITIATOR + "\0SessionType=Normal\0TargetName=" + NAME + "\0");
    for (String key : keys) {
      text.append(key).append('\0');
    }
    send(loginRequest(true, 1, 3, text.toString()));
    LoginResponse response = expect(LoginResponse.class);
    assertThat(response.statusClass()).isZero();
    String all = String.join("\0", keys);
    pdus.digests(all.contains("HeaderDigest=CRC32C"), all.contains("DataDigest=CRC32C"));
    return response;
  }

  static LoginRequest loginRequest(boolean transit, int from, int to, String text) {
    return new LoginRequest(
        transit,
        false,
        from,
        to,
        0,
        0,
        ISID,
        0,
        77,
        5,
        1,
        0,
        Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }

  /** The CmdSN of the next command. */
  int nextCmdSN() {
    return cmdSN++;
  }

  /** The CmdSN that the next command will have, not used up. */
  int cmdSN() {
    return cmdSN;
  }

  /** Sends PDUs as one read. */
  void send(Pdu... all) {
    sendBytes(Wire.encode(false, false, List.of(all)));
  }

  /** Sends bytes as one read. */
  void sendBytes(ByteBuf bytes) {
    channel.writeInbound(bytes);
    collect();
  }

  /** Runs what the event loop was given, and takes what came out. */
  void collect() {
    channel.runPendingTasks();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      decoder.writeInbound(Unpooled.copiedBuffer(part));
      part.release();
    }
    for (TargetPdu pdu = decoder.readInbound(); pdu != null; pdu = decoder.readInbound()) {
      received.add(pdu);
    }
  }

  /** The next PDU that came out, which must be of a kind. */
  <T extends TargetPdu> T expect(Class<T> kind) {
    assertThat(received.peek()).isInstanceOf(kind);
    return kind.cast(received.remove());
  }

  void expectNothing() {
    assertThat(received).isEmpty();
  }

  /** All that came out, for the caller to release. */
  List<TargetPdu> takeAll() {
    List<TargetPdu> all = List.copyOf(received);
    received.clear();
    return all;
  }

  /** Throws away what came out. */
  void ignoreAll() {
    received.forEach(Pdu::release);
    received.clear();
  }

  /** A command without AHS and immediate data, with a CmdSN of its own. */
  ScsiCommand command(int tag, byte[] cdb, int length, boolean read, boolean write) {
    return command(tag, cdb, length, read, write, Unpooled.EMPTY_BUFFER, true);
  }

  ScsiCommand command(
      int tag, byte[] cdb, int length, boolean read, boolean write, ByteBuf data, boolean last) {
    return new ScsiCommand(
        false, last, read, write, 1, 0, tag, length, nextCmdSN(), 0, cdb, List.of(), data);
  }

  static DataOut data(int tag, int transferTag, int dataSN, int offset, byte[] data, boolean last) {
    return new DataOut(last, 0, tag, transferTag, 0, dataSN, offset, Unpooled.wrappedBuffer(data));
  }

  /** The bytes of buffers that are not released. */
  long buffered() {
    return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
  }

  /** Ends the connection; nothing may be left of it. */
  @Override
  public void close() {
    ignoreAll();
    channel.close().syncUninterruptibly();
    collect();
    ignoreAll();
    decoder.finishAndReleaseAll();
    channel.finishAndReleaseAll();
    logger().detachAppender(log);
    assertThat(log.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
    assertThat(target.liveTasks()).as("tasks left").isZero();
    assertThat(budget.reserved()).as("bytes reserved").isZero();
    assertThat(buffered()).as("bytes of buffers left").isZero();
    assertThat(registry.sessions()).isEmpty();
  }
}

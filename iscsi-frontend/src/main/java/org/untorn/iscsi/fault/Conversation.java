package org.untorn.iscsi.fault;

import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.untorn.core.CommandCode;
import org.untorn.core.LunField;
import org.untorn.iscsi.fault.Passing.Direction;
import org.untorn.iscsi.fault.WireFault.Digest;
import org.untorn.iscsi.login.TextPairs;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.PduEncoder;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.SnackRequest;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;

/**
 * What one connection has shown: who speaks with which target, and what the tasks are that PDUs
 * belong to. A task that is never answered is forgotten when {@value #TASKS} newer ones have come.
 * Owned by the channel's event loop.
 */
final class Conversation {

  private static final int TASKS = 4096;

  /** The longest login text, in bytes, that names are looked for in. */
  private static final int LOGIN_TEXT = 32 << 10;

  /** The kinds of PDUs as rules have them, like {@code scsi-response}. */
  private static final ClassValue<String> KINDS =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return type.getSimpleName()
              .replaceAll("([a-z])([A-Z])", "$1-$2")
              .toLowerCase(Locale.ROOT);
        }
      };

  /** A command or a function, by its initiator task tag. */
  private record Task(OptionalInt lun, Optional<CommandCode> code, OptionalInt function) {
    static final Task NONE = new Task(OptionalInt.empty(), Optional.empty(), OptionalInt.empty());
  }

  private final PduEncoder encoder;
  private final ByteArrayOutputStream loginText = new ByteArrayOutputStream();
  private String initiator = "";
  private String target = "";

  private final Map<Integer, Task> tasks =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Task> eldest) {
          return size() > TASKS;
        }
      };

  /**
   * One that begins.
   *
   * @param encoder knows which digests are in use
   */
  Conversation(PduEncoder encoder) {
    this.encoder = encoder;
  }

  /** Takes note of a PDU, and says what is known of it. */
  Passing pass(Direction direction, Received received) {
    Task task = Task.NONE;
    switch (received) {
      case LoginRequest request -> login(request);
      case ScsiCommand command -> {
        task =
            new Task(
                LunField.decode(command.lun()),
                Optional.of(CommandCode.of(command.cdb())),
                OptionalInt.empty());
        tasks.put(command.initiatorTaskTag(), task);
      }
      case TaskManagementRequest request -> {
        task =
            new Task(
                LunField.decode(request.lun()),
                Optional.empty(),
                OptionalInt.of(request.function()));
        tasks.put(request.initiatorTaskTag(), task);
      }
      case DataOut out -> task = of(out.initiatorTaskTag());
      case SnackRequest snack -> task = of(snack.initiatorTaskTag());
      case R2T r2t -> task = of(r2t.initiatorTaskTag());
      case DataIn in ->
          task = in.hasStatus() ? ended(in.initiatorTaskTag()) : of(in.initiatorTaskTag());
      case ScsiResponse response -> task = ended(response.initiatorTaskTag());
      case TaskManagementResponse response -> task = ended(response.initiatorTaskTag());
      case Received _ -> {}
    }
    return new Passing(
        direction,
        KINDS.get(received.getClass()),
        initiator,
        target,
        task.lun,
        task.code,
        task.function,
        digests(received));
  }

  private Task of(int tag) {
    return tasks.getOrDefault(tag, Task.NONE);
  }

  private Task ended(int tag) {
    Task task = tasks.remove(tag);
    return task == null ? Task.NONE : task;
  }

  /** Takes note of the names, once the text is whole (RFC 7143 6.1, the C bit). */
  private void login(LoginRequest request) {
    byte[] part = ByteBufUtil.getBytes(request.data());
    loginText.write(part, 0, Math.min(part.length, LOGIN_TEXT - loginText.size()));
    if (request.continues()) {
      return;
    }
    String text = loginText.toString(StandardCharsets.UTF_8);
    loginText.reset();
    for (TextPairs.Pair pair : TextPairs.parse(text).orElse(List.of())) {
      if (pair.key().equals("InitiatorName")) {
        initiator = pair.value();
      } else if (pair.key().equals("TargetName")) {
        target = pair.value();
      }
    }
  }

  /** The digest of a PDU that is meant, if it has it: this one, or the first that there is. */
  Optional<Digest> digest(Received pdu, Optional<Digest> which) {
    return digests(pdu).stream()
        .filter(digest -> which.isEmpty() || which.get() == digest)
        .findFirst();
  }

  private Set<Digest> digests(Received received) {
    EnumSet<Digest> digests = EnumSet.noneOf(Digest.class);
    if (encoder.hasHeaderDigest()) {
      digests.add(Digest.HEADER);
    }
    if (encoder.hasDataDigest() && received instanceof Pdu pdu && pdu.data().isReadable()) {
      digests.add(Digest.DATA);
    }
    return digests;
  }
}

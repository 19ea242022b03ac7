package org.untorn.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.untorn.core.AdditionalSense;
import org.untorn.core.Nexus;
import org.untorn.core.Outcome;
import org.untorn.core.SenseData;
import org.untorn.core.Task;
import org.untorn.core.TaskManagement;

/**
 * A SCSI target of a few commands on a byte array, LUN 0, blocks of 512 bytes: enough to move data
 * both ways. Commands of opcode {@link #HELD} wait until the test lets them go.
 */
final class MemoryTarget implements ScsiTarget {

  static final int BLOCK = 512;
  static final int TEST_UNIT_READY = 0x00;
  static final int READ_10 = 0x28;
  static final int WRITE_10 = 0x2A;

  /** Vendor-specific here: ends when the test says so. */
  static final int HELD = 0xC0;

  private final byte[] medium;
  private final Map<Long, Task> live = new ConcurrentHashMap<>();
  private final List<Runnable> postponed = new ArrayList<>();

  private byte[] lastCdb = new byte[0];

  /** Whether commands and functions wait, before anything is done, until {@link #goOn}. */
  boolean postponing;

  final List<Task> held = new CopyOnWriteArrayList<>();
  final List<String> events = new CopyOnWriteArrayList<>();

  MemoryTarget(int blocks) {
    this.medium = new byte[blocks * BLOCK];
  }

  static byte[] cdb(int opcode, int lba, int blocks) {
    byte[] cdb = new byte[16];
    cdb[0] = (byte) opcode;
    for (int i = 0; i < 4; i++) {
      cdb[2 + i] = (byte) (lba >>> (24 - 8 * i));
    }
    cdb[7] = (byte) (blocks >>> 8);
    cdb[8] = (byte) blocks;
    return cdb;
  }

  /** The CDB of the last command that was carried out. */
  byte[] lastCdb() {
    return lastCdb;
  }

  int liveTasks() {
    return live.size();
  }

  @Override
  public void nexusEstablished(Nexus nexus) {
    events.add("established " + nexus.initiatorPort() + " " + nexus.targetPort());
  }

  @Override
  public ScsiTarget showing(SortedMap<Integer, Integer> luns) {
    throw new UnsupportedOperationException("it has one unit");
  }

  @Override
  public void nexusLost(Nexus nexus) {
    events.add("lost " + nexus.initiatorPort() + " " + nexus.targetPort());
    terminate(nexus);
  }

  @Override
  public void execute(Task task) {
    lastCdb = task.cdb();
    if (postponing) {
      postponed.add(() -> carryOut(task));
    } else {
      carryOut(task);
    }
  }

  /** Carries out what was postponed, and postpones no more. */
  void goOn() {
    postponing = false;
    postponed.forEach(Runnable::run);
    postponed.clear();
  }

  private void carryOut(Task task) {
    byte[] cdb = task.cdb();
    int lba = ((cdb[4] & 0xFF) << 8) | (cdb[5] & 0xFF);
    int length = (((cdb[7] & 0xFF) << 8) | (cdb[8] & 0xFF)) * BLOCK;
    live.put(task.tag(), task);
    switch (cdb[0] & 0xFF) {
      case TEST_UNIT_READY -> complete(task, Outcome.GOOD);
      case READ_10 -> read(task, lba * BLOCK, length);
      case WRITE_10 -> task.receiveDataOut(length, data -> write(task, lba * BLOCK, data));
      case HELD -> held.add(task);
      default ->
          complete(
              task,
              Outcome.checkCondition(
                  SenseData.illegalRequest(AdditionalSense.INVALID_COMMAND_OPERATION_CODE), false));
    }
  }

  private void read(Task task, int start, int length) {
    ByteBuf data = task.allocator().directBuffer(Math.max(1, length));
    complete(task, new Outcome.Good(data.writeBytes(medium, start, length)));
  }

  private void write(Task task, int start, ByteBuf data) {
    data.getBytes(data.readerIndex(), medium, start, data.readableBytes());
    data.release();
    complete(task, Outcome.GOOD);
  }

  private void complete(Task task, Outcome outcome) {
    live.remove(task.tag());
    task.complete(outcome);
  }

  /** Forgets a held command: its answer is on its way. */
  Task forget() {
    Task task = held.removeFirst();
    live.remove(task.tag());
    return task;
  }

  /** Lets the held commands end with this many bytes of data. */
  void letGo(int bytes) {
    List<Task> tasks = new ArrayList<>(held);
    held.clear();
    tasks.forEach(task -> complete(task, new Outcome.Good(Unpooled.buffer().writeZero(bytes))));
  }

  @Override
  public void manage(TaskManagement function, Consumer<TaskManagement.Response> then) {
    if (postponing) {
      postponed.add(() -> carryOut(function, then));
    } else {
      carryOut(function, then);
    }
  }

  private void carryOut(TaskManagement function, Consumer<TaskManagement.Response> then) {
    events.add(function.getClass().getSimpleName());
    switch (function) {
      case TaskManagement.AbortTask(Nexus nexus, long lun, long tag) -> {
        Task task = live.remove(tag);
        if (task != null) {
          held.remove(task);
          task.terminate();
        }
        then.accept(lunResponse(lun));
      }
      case TaskManagement.AbortTaskSet(Nexus nexus, long lun) -> {
        terminate(nexus);
        then.accept(lunResponse(lun));
      }
      case TaskManagement.ClearTaskSet(Nexus nexus, long lun) -> {
        terminate(nexus);
        then.accept(lunResponse(lun));
      }
      case TaskManagement.LogicalUnitReset(Nexus nexus, long lun) -> {
        terminate(nexus);
        then.accept(lunResponse(lun));
      }
      case TaskManagement.TargetReset(Nexus nexus, boolean cold) -> {
        terminate(nexus);
        then.accept(TaskManagement.Response.FUNCTION_COMPLETE);
      }
      case TaskManagement.ClearAca _ -> then.accept(TaskManagement.Response.FUNCTION_REJECTED);
      case TaskManagement.NexusReset(Nexus nexus) -> {
        terminate(nexus);
        then.accept(TaskManagement.Response.FUNCTION_COMPLETE);
      }
      case TaskManagement.QueryTask(Nexus _, long _, long tag) ->
          then.accept(
              live.containsKey(tag)
                  ? TaskManagement.Response.FUNCTION_SUCCEEDED
                  : TaskManagement.Response.FUNCTION_COMPLETE);
      case TaskManagement.QueryTaskSet _ ->
          then.accept(
              live.isEmpty()
                  ? TaskManagement.Response.FUNCTION_COMPLETE
                  : TaskManagement.Response.FUNCTION_SUCCEEDED);
      case TaskManagement.QueryAsynchronousEvent _ ->
          then.accept(
              new TaskManagement.Response(TaskManagement.Service.FUNCTION_SUCCEEDED, 0x162900));
    }
  }

  private static TaskManagement.Response lunResponse(long lun) {
    return lun == 0
        ? TaskManagement.Response.FUNCTION_COMPLETE
        : TaskManagement.Response.INCORRECT_LOGICAL_UNIT_NUMBER;
  }

  private void terminate(Nexus nexus) {
    for (Task task : List.copyOf(live.values())) {
      if (task.nexus().equals(nexus)) {
        live.remove(task.tag());
        held.remove(task);
        task.terminate();
      }
    }
  }
}

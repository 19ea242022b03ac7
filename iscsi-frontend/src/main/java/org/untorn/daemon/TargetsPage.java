package org.untorn.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.untorn.core.Command;
import org.untorn.core.CommandCounters.Count;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.session.SessionJson;
import org.untorn.iscsi.session.SessionInfo;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.LinuxAtomicLimits;

/**
 * The resource {@code /targets}: for each target its sessions, and for each of its logical units
 * what it is, its limits, and what it was asked. All lengths are in logical blocks unless they are
 * called bytes.
 *
 * @param targets their names
 * @param luns all units, now
 * @param sessions the sessions of all targets, now
 */
record TargetsPage(
    Portal portal,
    List<String> targets,
    List<ServedLun> luns,
    Supplier<List<SessionInfo>> sessions) {

  private static final String WRITES_ATOMIC = "WRITE ATOMIC(";
  private static final String PLAIN_WRITES = "WRITE(";

  String json() {
    return Json.object(
        json -> {
          json.writeStringField("portal", portal.reachable().toString());
          json.writeArrayFieldStart("targets");
          for (String target : targets) {
            json.writeStartObject();
            target(json, target);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private void target(JsonGenerator json, String target) throws IOException {
    json.writeStringField("name", target);
    json.writeArrayFieldStart("sessions");
    for (SessionInfo session : sessions.get()) {
      if (session.targetName().equals(target)) {
        json.writeStartObject();
        SessionJson.write(json, session, Instant.now());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("luns");
    for (ServedLun lun : sorted(target)) {
      json.writeStartObject();
      lun(json, lun);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The units of a target by number: those that were added later may have a lower one. */
  private List<ServedLun> sorted(String target) {
    return luns.stream()
        .filter(lun -> lun.target().equals(target))
        .sorted(Comparator.comparingInt(lun -> lun.config().number()))
        .toList();
  }

  private void lun(JsonGenerator json, ServedLun lun) throws IOException {
    json.writeNumberField("lun", lun.config().number());
    json.writeStringField("url", portal.url(lun.target(), lun.config().number()));
    json.writeStringField("volume", lun.config().volume());
    json.writeStringField("serialNumber", lun.identity().serialNumber());
    json.writeStringField("naa", "%016x".formatted(lun.identity().naa()));
    json.writeNumberField("blockSize", lun.config().blockSize());
    json.writeNumberField("physicalBlockSize", lun.config().physicalBlockSize());
    json.writeNumberField("blocks", lun.store().geometry().blocks());
    if (lun.store().geometry().protection() != 0) {
      json.writeNumberField("protection", lun.store().geometry().protection());
    }
    json.writeObjectFieldStart("limits");
    json.writeNumberField(
        "maximumTransferLength", lun.disk().profile().limits().maximumTransferLength());
    json.writeObjectFieldStart("atomic");
    limits(json, lun.disk().profile().atomic());
    json.writeEndObject();
    json.writeObjectFieldStart("linux");
    linux(json, lun.linux());
    json.writeEndObject();
    json.writeEndObject();
    counters(json, lun.disk().counters().snapshot());
  }

  private static void limits(JsonGenerator json, AtomicLimits atomic) throws IOException {
    json.writeNumberField("max", atomic.maximumTransferLength());
    json.writeNumberField("alignment", atomic.alignment());
    json.writeNumberField("granularity", atomic.granularity());
    json.writeNumberField("maxWithBoundary", atomic.maximumTransferLengthWithBoundary());
    json.writeNumberField("boundaryMax", atomic.maximumBoundarySize());
  }

  /** What a Linux initiator's /sys/block/X/queue will show, or why it shows zeros. */
  private static void linux(JsonGenerator json, LinuxAtomicLimits limits) throws IOException {
    switch (limits) {
      case LinuxAtomicLimits.Offered(long unitMin, long unitMax, long max) -> {
        json.writeNumberField("atomic_write_unit_min_bytes", unitMin);
        json.writeNumberField("atomic_write_unit_max_bytes", unitMax);
        json.writeNumberField("atomic_write_max_bytes", max);
      }
      case LinuxAtomicLimits.Dropped(String why) -> json.writeStringField("dropped", why);
    }
  }

  /** The rows that anything was asked of, and WRITE ATOMIC against WRITE, of every length. */
  private static void counters(JsonGenerator json, List<Count> counts) throws IOException {
    json.writeObjectFieldStart("writes");
    sum(json, "atomic", counts, row -> row.name().startsWith(WRITES_ATOMIC));
    sum(json, "plain", counts, row -> row.name().startsWith(PLAIN_WRITES));
    json.writeEndObject();
    json.writeArrayFieldStart("commands");
    for (Count count : counts) {
      if (count.commands() > 0) {
        json.writeStartObject();
        json.writeStringField("opcode", Metrics.opcode(count.command()));
        json.writeStringField("name", count.command().name());
        numbers(json, count.commands(), count.blocks(), count.errors());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void sum(
      JsonGenerator json, String name, List<Count> counts, Predicate<Command> rows)
      throws IOException {
    List<Count> chosen = counts.stream().filter(count -> rows.test(count.command())).toList();
    json.writeObjectFieldStart(name);
    numbers(
        json,
        chosen.stream().mapToLong(Count::commands).sum(),
        chosen.stream().mapToLong(Count::blocks).sum(),
        chosen.stream().mapToLong(Count::errors).sum());
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, long commands, long blocks, long errors)
      throws IOException {
    json.writeNumberField("commands", commands);
    json.writeNumberField("blocks", blocks);
    json.writeNumberField("errors", errors);
  }
}

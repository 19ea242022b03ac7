package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A logical unit of a target, as it was when it was asked for. Counts are those since the test
 * began.
 *
 * @param number its LUN
 * @param url as libiscsi, QEMU and sg3_utils take it
 * @param blockSize bytes of a logical block
 * @param blocks its capacity
 * @param atomicWrites WRITE ATOMIC(16)
 * @param plainWrites WRITE(6), (10), (12) and (16)
 * @param commands what each command was asked, by its name in the standards: {@code READ(16)}
 */
public record Lun(
    String target,
    int number,
    String url,
    String volume,
    int blockSize,
    long blocks,
    Count atomicWrites,
    Count plainWrites,
    Map<String, Count> commands) {

  public Lun {
    commands = Map.copyOf(commands);
  }

  /** Reads a unit of {@code /targets}. */
  static Lun of(String target, JsonNode json) {
    Map<String, Count> commands = new LinkedHashMap<>();
    json.path("commands")
        .forEach(one -> commands.merge(one.path("name").asText(), Count.of(one), (a, _) -> a));
    return new Lun(
        target,
        json.path("lun").asInt(),
        json.path("url").asText(),
        json.path("volume").asText(),
        json.path("blockSize").asInt(),
        json.path("blocks").asLong(),
        Count.of(json.at("/writes/atomic")),
        Count.of(json.at("/writes/plain")),
        commands);
  }

  /** How often a command was asked; none if it never was. */
  public Count count(String command) {
    return commands.getOrDefault(command, Count.NONE);
  }

  /** The same, without what was before. */
  Lun since(Lun before) {
    Map<String, Count> rest = new LinkedHashMap<>();
    commands.forEach((name, count) -> rest.put(name, count.since(before.count(name))));
    rest.values().removeIf(Count.NONE::equals);
    return new Lun(
        target,
        number,
        url,
        volume,
        blockSize,
        blocks,
        atomicWrites.since(before.atomicWrites),
        plainWrites.since(before.plainWrites),
        rest);
  }
}
